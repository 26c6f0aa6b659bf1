import SQLite
import StoreTestSupport
import Tensors
import TestSupport
import Testing

@testable import RegistryStore

struct ImportTests {
  /// So many layers of 100 numbers, of which some have other numbers.
  static func layers(_ count: Int, changed: Set<Int> = []) throws -> StateDict {
    try StateDict(
      (0..<count).map { layer in ("\(layer).weight", Tensor((0..<100).map { Float(layer * 1000 + $0 + (changed.contains(layer) ? 1 : 0)) }))
      })
  }

  private static func source(_ stateDict: StateDict, load: ((Int) throws -> Tensor)? = nil) -> StateDictImport {
    StateDictImport(file: "f.pt", model: "m", tensors: stateDict.entries.map { ($0.name, $0.tensor.dtype, $0.tensor.shape) }) { index in
      try load?(index) ?? stateDict.entries[index].tensor
    }
  }

  /// 400 bytes are one layer; nothing is kept, as of a large state_dict.
  private static func limits(batch: Int = 256 << 20, kept: Int = 0, window: Int = 32 << 20) -> ImportLimits {
    ImportLimits(batch: batch, kept: kept, window: window)
  }

  @Test("of forty layers with one changed, one is added")
  func deduplicated() throws {
    let stored = try StoredRegistry()
    let first = try stored.registry.importStateDict(Self.source(Self.layers(40)))
    let second = try stored.registry.importStateDict(Self.source(Self.layers(40, changed: [17])))
    #expect(first.newTensorCount == 40 && second.newTensorCount == 1 && second.version == 2)
    #expect(try stored.count("SELECT count(*) FROM tensors") == 41)
    #expect(first.parameterCount == 4000 && first.byteCount == 16000)
  }

  @Test("a tensor that occurs twice in one file is stored once")
  func tied() throws {
    let stored = try StoredRegistry()
    let tensor = Tensor([1, 2, 3] as [Float])
    let result = try stored.registry.importStateDict(Self.source(StateDict([("a", tensor), ("b", tensor)])))
    #expect(result.newTensorCount == 1 && result.tensorCount == 2 && result.parameterCount == 6)
    #expect(try stored.count("SELECT count(*) FROM tensors") == 1)
  }

  @Test("a source that was written to while it was read is refused as a whole, though each tensor could be read")
  func changed() throws {
    let stored = try StoredRegistry()
    struct Changed: Error {}
    var source = try Self.source(Self.layers(3))
    source.checkUnchanged = { throw Changed() }
    #expect(throws: Changed.self) { try stored.registry.importStateDict(source) }
    #expect(try stored.count("SELECT (SELECT count(*) FROM tensors) + (SELECT count(*) FROM runs)") == 0)
  }

  @Test("in batches of any size the same version comes out", arguments: [1, 400, 401, 799, 800, 3999, 4000, 15_999, 16_000])
  func batches(batch: Int) throws {
    let stored = try StoredRegistry()
    let stateDict = try Self.layers(40)
    for (kept, window) in [(0, 0), (0, 1000), (0, 1 << 20), (15_999, 1000), (16_000, 1000)] {
      let limits = Self.limits(batch: batch, kept: kept, window: window)
      let result = try stored.registry.importStateDict(Self.source(stateDict), limits: limits)
      let record = try stored.registry.version(VersionName(model: "m", .number(result.version)))
      #expect(try stored.registry.stateDict(record) == stateDict)
      #expect(record.stateDictDigest == stateDict.digest.hex && record.trainLoss == nil && record.storedArchitecture == nil)
      #expect(result.newTensorCount == (window == 0 ? 40 : 0))
    }
    #expect(try stored.count("SELECT count(*) FROM tensors") == 40)
  }

  @Test("tensors that are large enough for blobs of their own come back", arguments: [65_535, 65_536, 3_000_000])
  func large(size: Int) throws {
    let stored = try StoredRegistry()
    let stateDict = try StateDict(
      (0..<4).map { place in ("\(place)", Tensor((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ place) })) })
    _ = try stored.registry.importStateDict(Self.source(stateDict), limits: Self.limits(batch: 1 << 20))
    let record = try stored.registry.version(VersionName(model: "m", .latest))
    #expect(try stored.registry.stateDict(record) == stateDict)
    for (tensor, entry) in zip(try stored.registry.storedTensors(record), stateDict.entries) {
      #expect(tensor.name == entry.name && tensor.byteCount == size)
      #expect(try stored.registry.tensor(tensor, of: record) == entry.tensor)
    }
  }

  struct Broken: Error {}

  @Test("a source that fails leaves nothing, not even a file", arguments: [0, 20, 39])
  func failing(place: Int) throws {
    let folder = try TemporaryFolder()
    let registry = try Registry(path: folder.path("new.db"), access: .create)
    let stateDict = try Self.layers(40)
    let source = Self.source(stateDict) { index in
      if index == place { throw Broken() }
      return stateDict.entries[index].tensor
    }
    #expect(throws: Broken.self) { try registry.importStateDict(source, limits: Self.limits(batch: 400)) }
    #expect(throws: StoreError.missingFile(path: folder.path("new.db"))) { try Registry(path: folder.path("new.db")) }
  }

  @Test("a source that gives other bytes when it is read again is refused, and no version is stored", arguments: [400, 1 << 20])
  func changing(batch: Int) throws {
    let stored = try StoredRegistry()
    let stateDict = try Self.layers(40)
    var reads = 0
    let source = Self.source(stateDict) { index in
      reads += 1
      return index == 39 && reads > 40 ? Tensor([Float](repeating: 0, count: 100)) : stateDict.entries[index].tensor
    }
    let error = StoreError.changedFile("f.pt", tensor: "39.weight")
    #expect(throws: error) { try stored.registry.importStateDict(source, limits: Self.limits(batch: batch)) }
    #expect(try stored.count("SELECT (SELECT count(*) FROM model_versions) + (SELECT count(*) FROM runs)") == 0)
    // What came before in batches of its own waits for gc; the false tensor isn't among it.
    #expect(try stored.count("SELECT count(*) FROM tensors") == (batch == 400 ? 39 : 0))
    // And is taken up by the next import.
    #expect(try stored.registry.importStateDict(Self.source(stateDict)).newTensorCount == (batch == 400 ? 1 : 40))
  }

  @Test("a source that fits in memory is read once, a larger one once more for what is new", arguments: [(16_000, 40), (15_999, 80)])
  func reads(kept: Int, expected: Int) throws {
    let stored = try StoredRegistry()
    let stateDict = try Self.layers(40)
    var reads = 0
    let source = Self.source(stateDict) { index in
      reads += 1
      return stateDict.entries[index].tensor
    }
    _ = try stored.registry.importStateDict(source, limits: Self.limits(kept: kept))
    #expect(reads == expected)
    #expect(try stored.registry.stateDict(stored.registry.version(VersionName(model: "m", .latest))) == stateDict)
  }

  @Test("a tensor that isn't the announced one is refused")
  func otherShape() throws {
    let stored = try StoredRegistry()
    let source = StateDictImport(file: "f", tensors: [("w", .float32, [3])]) { _ in Tensor([1, 2] as [Float]) }
    #expect(throws: StoreError.changedFile("f", tensor: "w")) { try stored.registry.importStateDict(source) }
  }

  @Test("what another process collects between two batches is stored again")
  func collected() throws {
    let stored = try StoredRegistry()
    let stateDict = try Self.layers(10)
    let gc = try Connection(path: stored.path, mode: .readWrite, busyLimit: .milliseconds(0))
    var collections = 0
    let source = Self.source(stateDict) { index in
      // Only between the transactions does it get the lock; within one it finds the file busy.
      if (try? gc.execute("DELETE FROM tensors WHERE id NOT IN (SELECT tensor_id FROM version_tensors)")) != nil { collections += 1 }
      return stateDict.entries[index].tensor
    }
    _ = try stored.registry.importStateDict(source, limits: Self.limits(batch: 1000))
    #expect(collections > 0)
    let record = try stored.registry.version(VersionName(model: "m", .latest))
    #expect(try stored.registry.stateDict(record) == stateDict)
  }

  @Test("tags keep their types, and a NaN becomes a text")
  func tags() throws {
    let stored = try StoredRegistry()
    var source = Self.source(try Self.layers(1))
    source.tags = [
      ("a", .integer(1)), ("b", .real(0.5)), ("c", .real(.nan)), ("d", .real(-.infinity)), ("a", .text("later")), ("e\0f", .text("g\0h")),
    ]
    let result = try stored.registry.importStateDict(source)
    let record = try stored.registry.version(VersionName(model: "m", .latest))
    let tags = try stored.registry.versionTags(record)
    #expect(tags.map(\.key) == ["a", "b", "c", "d", "e\0f"] && result.tags.map(\.key) == tags.map(\.key))
    #expect(tags.map(\.value) == [.text("later"), .real(0.5), .text("NaN"), .real(-.infinity), .text("g\0h")])
    source.tags = [("", .integer(1))]
    #expect(throws: StoreError.namelessTag) { try stored.registry.importStateDict(source) }
  }

  @Test("the run is sealed, and its params are what was told")
  func run() throws {
    let stored = try StoredRegistry()
    var source = Self.source(try Self.layers(2))
    source.params = [("file", .text("f.pt")), ("format", .text("pt"))]
    source.note = "why"
    let result = try stored.registry.importStateDict(source)
    let run = try stored.registry.run(result.run)
    #expect(run.kind == .import && run.status == .finished && run.note == "why" && run.dataset == nil && run.seed == nil)
    #expect(run.params.map(\.key) == ["file", "format"])
    #expect(try stored.count("SELECT count(*) FROM runs WHERE digest IS NOT NULL AND ended_at >= started_at") == 1)
    try stored.tamper("params", "UPDATE params SET value = 'g.pt' WHERE key = 'file'")
    #expect(throws: StoreError.rotten(what: "the record of run 1", path: stored.path)) { try stored.registry.run(1) }
  }

  @Test("digests come in the order of the tensors, however many wait", arguments: [0, 1, 5000, Int.max])
  func digester(window: Int) throws {
    let tensors: [Tensor] = (0..<300).map { (index: Int) -> Tensor in
      let count = index % 7 == 0 ? 40_000 : index
      return Tensor([UInt8](repeating: UInt8(index % 251), count: count))
    }
    let digester = TensorDigester(window: window)
    for tensor in tensors { digester.add(tensor) }
    #expect(digester.digests() == tensors.map(\.digest))
    digester.add(tensors[5])
    #expect(digester.digests().count == 301)
  }
}
