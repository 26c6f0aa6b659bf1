import Foundation
import SQLite
import StoreTestSupport
import Tensors
import TestSupport
import Testing

@testable import RegistryStore

/// Tensors that are stored in pieces; here of some bytes, in use of megabytes.
@Suite("tensors in pieces")
struct PiecesTests {
  private let stored: StoredRegistry

  init() throws {
    stored = try StoredRegistry()
    stored.registry.pieceSizes = .small
  }

  /// Bytes that don't repeat soon.
  static func tensor(_ count: Int, seed: Int = 0) -> Tensor {
    Tensor((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 3 &+ seed &* 7) })
  }

  /// A source that gives large tensors in parts of so many bytes.
  static func source(_ stateDict: StateDict, part: Int = 50, willRead: @escaping (Int) throws -> Void = { _ in }) -> StateDictImport {
    var source = StateDictImport(
      file: "f.pt", model: "m", tensors: stateDict.entries.map { ($0.name, $0.tensor.dtype, $0.tensor.shape) }
    ) { stateDict.entries[$0].tensor }
    source.read = { index, body in
      try willRead(index)
      let data = stateDict.entries[index].tensor.data
      for start in stride(from: 0, to: data.count, by: part) {
        try data[start..<min(start + part, data.count)].withUnsafeBytes { try body($0) }
      }
    }
    return source
  }

  private func latest(_ registry: Registry? = nil) throws -> VersionRecord {
    try (registry ?? stored.registry).version(VersionName(model: "m", .latest))
  }

  @Test("come back as they were, whatever their size and however they came", arguments: [1, 50, 64, 200, 1000])
  func roundTrip(part: Int) throws {
    let stateDict = try StateDict([0, 100, 101, 127, 128, 129, 191, 192, 193, 1000].map { ("\($0)", Self.tensor($0)) })
    let result = try stored.registry.importStateDict(Self.source(stateDict, part: part))
    #expect(result.newTensorCount == 10 && result.byteCount == 2161)
    let record = try latest()
    #expect(record.stateDictDigest == stateDict.digest.hex)
    #expect(try stored.reopened().stateDict(record) == stateDict)
    for (tensor, entry) in zip(try stored.registry.storedTensors(record), stateDict.entries) {
      #expect(tensor.byteCount == entry.tensor.data.count && tensor.digest == entry.tensor.digest)
      var bytes: [UInt8] = []
      try stored.registry.readTensor(tensor, of: record) { bytes += $0 }
      #expect(bytes == entry.tensor.data)
    }
    #expect(try stored.count("SELECT count(*) FROM tensors WHERE content_id IS NOT NULL") == 8)
    #expect(try stored.count("SELECT sum(pieces = (byte_count + 63) / 64) FROM state_dict WHERE data IS NULL") == 8)
    #expect(try stored.count("SELECT max(length(data)) FROM content_pieces") == 64)
    let found = try stored.reopened().verify()
    #expect(found.isSound && found.checked.contains { $0 == ("contents", 8) })
  }

  @Test("are stored once, with the digest of a whole one: neither an equal row nor equal bytes of another shape are stored again")
  func deduplicated() throws {
    let wide = try Tensor(dtype: .uint8, shape: [2, 100], data: Self.tensor(200).data)
    let whole = try stored.reopened(.write).importStateDict(Self.source(StateDict([("w", Self.tensor(300))])))
    #expect(whole.newTensorCount == 1)
    let stateDict = try StateDict([("w", Self.tensor(300)), ("a", Self.tensor(200)), ("b", Self.tensor(200)), ("wide", wide)])
    let result = try stored.registry.importStateDict(Self.source(stateDict))
    #expect(result.newTensorCount == 2)
    #expect(try stored.registry.importStateDict(Self.source(stateDict)).newTensorCount == 0)
    #expect(try stored.count("SELECT count(*) FROM tensors") == 3)
    #expect(try stored.count("SELECT count(*) FROM contents") == 1)
    #expect(try stored.registry.stateDict(latest()) == stateDict)
    #expect(try stored.reopened().verify().isSound)
  }

  @Test("a source that gives other bytes when it is read again is refused, and nothing of it is left")
  func changing() throws {
    let (first, second) = (Self.tensor(1000), Self.tensor(1000, seed: 1))
    var reads = 0
    var source = Self.source(try StateDict([("w", first)]))
    source.read = { _, body in
      reads += 1
      try (reads == 1 ? first : second).data.withUnsafeBytes { try body($0) }
    }
    #expect(throws: StoreError.changedFile("f.pt", tensor: "w")) { try stored.registry.importStateDict(source) }
    source.read = { _, body in try first.data.prefix(999).withUnsafeBytes { try body($0) } }
    #expect(throws: StoreError.changedFile("f.pt", tensor: "w")) { try stored.registry.importStateDict(source) }
    #expect(try stored.count("SELECT (SELECT count(*) FROM contents) + (SELECT count(*) FROM tensors) + (SELECT count(*) FROM runs)") == 0)
  }

  @Test("what another process collects while it is being stored, or before the version names it, is stored again")
  func collected() throws {
    let stateDict = try StateDict([("a", Self.tensor(500)), ("b", Self.tensor(700)), ("c", Self.tensor(10))])
    let gc = try stored.reopened(.write)
    var (reads, collections) = (0, 0)
    let source = Self.source(stateDict) { _ in
      reads += 1
      // Both are hashed; then 'a' is read to be stored, and once more; and with what of 'b' has begun 'a' goes too, which nothing names yet.
      guard reads == 3 || reads == 5 else { return }
      let report = try gc.collectGarbage()
      collections += report.unfinished + report.tensors
    }
    _ = try stored.registry.importStateDict(source)
    #expect(collections == 3 && reads == 7)
    #expect(try stored.registry.stateDict(latest()) == stateDict)
    #expect(try stored.count("SELECT count(*) FROM contents") == 2)
    #expect(try stored.reopened().verify().isSound)
  }

  @Test("pieces that the schema refuses at the seal are stored again")
  func refusedAtTheSeal() throws {
    let tensor = Self.tensor(1000)
    let shell = try Connection(path: stored.path, mode: .readWrite)
    var spoils = 1
    var source = Self.source(try StateDict([("w", tensor)]))
    source.read = { _, body in
      try tensor.data.prefix(500).withUnsafeBytes { try body($0) }
      // As many pieces as before, of which one is shorter.
      if try spoils > 0 && stored.count("SELECT count(*) FROM content_pieces") == 6 {
        spoils -= 1
        try shell.execute("DELETE FROM content_pieces WHERE position = 5")
        try shell.execute("INSERT INTO content_pieces (content_id, position, data) SELECT id, 5, x'00' FROM contents")
      }
      try tensor.data.dropFirst(500).withUnsafeBytes { try body($0) }
    }
    _ = try stored.registry.importStateDict(source)
    #expect(spoils == 0)
    #expect(try stored.registry.stateDict(latest())["w"] == tensor && stored.reopened().verify().isSound)
  }

  @Test("an import ends however often another process collects: its last attempt is one transaction", arguments: [1, 2])
  func neverStarved(tensors: Int) throws {
    let stateDict = try StateDict((0..<tensors).map { ("\($0)", Self.tensor(500, seed: $0)) })
    let gc = try stored.reopened(.write)
    let registry = stored.registry
    var collections = 0
    let source = Self.source(stateDict) { _ in
      // Within a transaction of the import it would wait for its end.
      guard !registry.connection.isInTransaction else { return }
      collections += try gc.collectGarbage(compacting: false).isEmpty ? 0 : 1
    }
    _ = try registry.importStateDict(source)
    #expect(collections >= Registry.collectionsBorne)
    #expect(try registry.stateDict(latest()) == stateDict)
    #expect(try stored.count("SELECT count(*) FROM contents") == tensors && stored.reopened().verify().isSound)
  }

  @Test(
    "pieces that are missing, or aren't those that were written, are found at the next write or the seal",
    arguments: [
      "DELETE FROM content_pieces WHERE position = 0", "DELETE FROM content_pieces WHERE position = 2",
      "DELETE FROM contents", "DELETE FROM content_pieces WHERE position = 5; INSERT INTO content_pieces VALUES (9, 1, 5, x'00')",
    ])
  func spoilt(sql: String) throws {
    var writer = try ContentWriter(stored.registry, ownTransactions: true)
    try Self.tensor(500).data.withUnsafeBytes { try writer.append($0) }
    let shell = try Connection(path: stored.path, mode: .readWrite)
    for statement in sql.split(separator: ";") { try shell.execute(String(statement)) }
    let error = #expect(throws: (any Error).self) {
      let digest = try writer.finish()
      _ = try stored.registry.writing { try writer.seal(digest) }
    }
    if sql.contains("INSERT") {
      #expect((error as? StoreError)?.code == .ruleBroken, "\(error as Any)")
    } else {
      #expect(error is CollectedContents)
    }
    #expect(try stored.count("SELECT count(*) FROM contents WHERE digest IS NOT NULL") == 0)
  }

  @Test("a tensor is read in steps of any length, across its windows", arguments: [1, 7, 191, 192, 193, 500, 5000])
  func steps(length: Int) throws {
    let tensor = Self.tensor(1000)
    _ = try stored.registry.importStateDict(Self.source(StateDict([("w", tensor)])))
    let row = try #require(try stored.registry.storedTensors(latest()).first)
    var reader = TensorReader(stored.registry, row, title: "w")
    var bytes: [UInt8] = []
    while let part = try reader.next(length) {
      #expect(part.count == min(length, 1000 - bytes.count))
      bytes += part
    }
    #expect(bytes == tensor.data)
  }

  @Test("what a killed import leaves is nobody's: verify is content, gc takes it")
  func killed() throws {
    let kept = try StateDict([("w", Self.tensor(300))])
    _ = try stored.registry.importStateDict(Self.source(kept))
    var writer = try ContentWriter(stored.registry, ownTransactions: true)
    try Self.tensor(500, seed: 3).data.withUnsafeBytes { try writer.append($0) }
    #expect(try stored.count("SELECT count(*) FROM content_pieces WHERE content_id = 2") == 6, "all but what is still in memory")
    #expect(try stored.reopened().verify().isSound)
    #expect(try stored.registry.garbage().unfinished == 1 && stored.registry.garbage().bytes == 384)
    let report = try stored.registry.collectGarbage()
    #expect(report.unfinished == 1 && report.bytes == 384 && report.tensors == 0)
    #expect(throws: CollectedContents.self) { try Self.tensor(500).data.withUnsafeBytes { try writer.append($0) } }
    #expect(try stored.registry.stateDict(latest()) == kept)
    #expect(try stored.count("SELECT count(*) FROM contents") == 1)
  }

  @Test("gc takes those of a deleted version, and leaves what another holds")
  func garbage() throws {
    _ = try stored.registry.importStateDict(Self.source(StateDict([("a", Self.tensor(300)), ("b", Self.tensor(400))])))
    _ = try stored.registry.importStateDict(Self.source(StateDict([("a", Self.tensor(300))])))
    _ = try stored.registry.delete(versions: [VersionName("m/1")])
    #expect(try stored.registry.garbage().bytes == 400)
    let report = try stored.registry.collectGarbage()
    #expect(report.tensors == 1 && report.bytes == 400 && report.unfinished == 0)
    #expect(try stored.count("SELECT count(*) FROM content_pieces") == 5)
    #expect(try stored.reopened().verify().isSound)
  }

  @Test("what was unsealed by a gc that was killed is collected by the next one, and stored anew meanwhile")
  func halfCollected() throws {
    let stateDict = try StateDict([("a", Self.tensor(300))])
    _ = try stored.registry.importStateDict(Self.source(stateDict))
    _ = try stored.registry.delete(versions: [VersionName("m/1")])
    let plan = try stored.registry.snapshot { try GarbagePlan(stored.registry.connection, deletedUpTo: "9999") }
    #expect(plan.pieces.count == 5 && plan.contents.count == 1)
    let shell = try Connection(path: stored.path, mode: .readWrite)
    for sql in [
      "DELETE FROM model_versions", "DELETE FROM tensors", "UPDATE contents SET digest = NULL, byte_count = NULL",
      "DELETE FROM content_pieces WHERE position = 4",
    ] { try shell.execute(sql) }
    _ = try stored.registry.importStateDict(Self.source(stateDict))
    #expect(try stored.registry.stateDict(latest()) == stateDict)
    #expect(try stored.registry.collectGarbage().unfinished == 1)
    #expect(try stored.count("SELECT count(*) FROM contents") == 1)
  }

  /// Two tensors that differ a little, of each type.
  private static func pair(_ dtype: DType, _ count: Int) throws -> (Tensor, Tensor) {
    var generator = MersenneTwister(seed: 7)
    let bytes = (0..<count * dtype.size).map { _ in UInt8(truncatingIfNeeded: generator.next()) & 0x3f }
    var others = bytes
    for place in stride(from: 0, to: others.count, by: 37) { others[place] ^= 0x11 }
    return (try Tensor(dtype: dtype, shape: [count], data: bytes), try Tensor(dtype: dtype, shape: [count], data: others))
  }

  @Test("compare gives to the bit what whole ones give", arguments: [DType.float32, .float64, .bfloat16, .uint8, .int64, .complex128])
  func comparison(dtype: DType) throws {
    let (a, b) = try Self.pair(dtype, 300_000)
    let expected = try TensorDifference(a, b)
    // Wider than a window of elements.
    stored.registry.pieceSizes = PieceSizes(largestRow: 1000, piece: 100_000, window: 300_000)
    for tensor in [a, b] { _ = try stored.registry.importStateDict(Self.source(StateDict([("w", tensor)]), part: 1 << 20)) }
    let versions = try (1...2).map { try stored.registry.version(VersionName("m/\($0)")) }
    let found = try stored.registry.compareTensors(versions[0], versions[1])
    #expect(found[0].status == .changed && found[0].difference == expected && expected.changedCount > 1000)
  }

  @Test("large rows of older files are read through the window too")
  func rows() throws {
    let plain = try stored.reopened(.write)
    let dicts = try [0, 1].map { try StateDict([("w", Self.tensor(1000, seed: $0))]) }
    for stateDict in dicts { _ = try plain.importStateDict(Self.source(stateDict)) }
    #expect(try stored.count("SELECT count(*) FROM contents") == 0)
    #expect(try stored.registry.verify().isSound)
    let versions = try (1...2).map { try stored.registry.version(VersionName("m/\($0)")) }
    var parts: [Int] = []
    try stored.registry.readTensor(stored.registry.storedTensors(versions[0])[0], of: versions[0]) { parts.append($0.count) }
    #expect(parts == [192, 192, 192, 192, 192, 40])
    let found = try stored.registry.compareTensors(versions[0], versions[1])
    #expect(try found[0].difference == TensorDifference(dicts[0].entries[0].tensor, dicts[1].entries[0].tensor))
    try stored.tamper("tensors", "UPDATE tensors SET data = zeroblob(length(data)) WHERE id = 2")
    #expect(try stored.registry.verify().problems.map(\.what) == ["the data is not what was stored: its digest is another"])
    #expect(throws: StoreError.rotten(what: "tensor 'w' of m/2", path: stored.path)) {
      try stored.registry.compareTensors(versions[0], versions[1])
    }
  }

  @Test("merge brings them into a file that isn't there yet")
  func mergeIntoNew() throws {
    let stateDict = try StateDict([("w", Self.tensor(1000)), ("b", Self.tensor(3))])
    _ = try stored.registry.importStateDict(Self.source(stateDict))
    let ours = try Registry(path: stored.folder.path("new.db"), access: .create)
    ours.pieceSizes = .small
    _ = try ours.merge(stored.path, batchBytes: 0)
    #expect(try ours.stateDict(latest(ours)) == stateDict && ours.verify().isSound)
  }

  @Test("merge takes them along, cut as this registry cuts", arguments: [256 << 20, 500, 0])
  func merge(batchBytes: Int) throws {
    let stateDict = try StateDict([("a", Self.tensor(300)), ("b", Self.tensor(90)), ("c", Self.tensor(1000)), ("d", Self.tensor(20))])
    _ = try stored.registry.importStateDict(Self.source(stateDict))
    let ours = try StoredRegistry()
    ours.registry.pieceSizes = PieceSizes(largestRow: 400, piece: 128, window: 128)
    let report = try ours.registry.merge(stored.path, batchBytes: batchBytes)
    #expect(report.tensors == 4 && report.tensorBytes == 1410)
    #expect(try ours.registry.stateDict(latest(ours.registry)) == stateDict)
    #expect(try ours.count("SELECT count(*) FROM content_pieces") == 8)
    #expect(try ours.reopened().verify().isSound)
    #expect(try ours.registry.merge(stored.path, batchBytes: batchBytes).isEmpty)
    let copy = ours.folder.path("copy.db")
    _ = try ours.registry.backup(to: copy)
    #expect(try Registry(path: copy).stateDict(latest(Registry(path: copy))) == stateDict)
  }

  struct Damage: Sendable, CustomTestStringConvertible {
    let table: String
    let sql: String
    var testDescription: String { sql }
  }

  @Test(
    "damage is found by verify, and never given as right",
    arguments: [
      Damage(table: "content_pieces", sql: "UPDATE content_pieces SET data = zeroblob(length(data)) WHERE position = 2"),
      Damage(table: "content_pieces", sql: "UPDATE content_pieces SET data = CAST(data || x'00' AS BLOB) WHERE position = 4"),
      Damage(table: "content_pieces", sql: "DELETE FROM content_pieces WHERE position = 1"),
      Damage(table: "content_pieces", sql: "UPDATE content_pieces SET position = 9 WHERE position = 4"),
      Damage(table: "content_pieces", sql: "UPDATE content_pieces SET position = 3 - position WHERE position IN (0, 3)"),
      Damage(table: "content_pieces", sql: "INSERT INTO content_pieces (content_id, position, data) VALUES (1, 5, x'00')"),
      Damage(table: "contents", sql: "UPDATE contents SET byte_count = 1000000000000"),
      Damage(table: "contents", sql: "UPDATE contents SET digest = NULL, byte_count = NULL"),
      Damage(table: "contents", sql: "UPDATE contents SET digest = printf('%064x', 1)"),
      Damage(table: "tensors", sql: "UPDATE tensors SET shape = '[150,2]'"),
      Damage(table: "tensors", sql: "UPDATE tensors SET shape = '[1000000000000]'"),
      Damage(table: "tensors", sql: "UPDATE tensors SET content_id = 9"),
    ])
  func damage(_ damage: Damage) throws {
    let stateDict = try StateDict([("w", Self.tensor(300))])
    _ = try stored.registry.importStateDict(Self.source(stateDict))
    if damage.sql.contains("3 - position") {
      // A key is unique at every moment.
      try stored.tamper(damage.table, "UPDATE content_pieces SET position = 1000 - position")
      try stored.tamper(
        damage.table, "UPDATE content_pieces SET position = CASE position WHEN 1000 THEN 3 WHEN 997 THEN 0 ELSE 1000 - position END")
    } else {
      try stored.tamper(damage.table, damage.sql, foreignKeys: false)
    }
    let registry = try stored.reopened()
    #expect(try !registry.verify().isSound)
    let isHarmless = damage.sql.contains("(1, 5,") || damage.sql.contains("printf")
    if isHarmless {
      #expect(try registry.stateDict(latest(registry)) == stateDict)
      return
    }
    #expect(throws: StoreError.self) { try registry.stateDict(latest(registry)) }
    #expect(throws: StoreError.self) {
      let record = try latest(registry)
      for tensor in try registry.storedTensors(record) { try registry.readTensor(tensor, of: record) { _ in } }
    }
  }
}
