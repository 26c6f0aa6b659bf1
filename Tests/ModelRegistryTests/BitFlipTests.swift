import Datasets
import Foundation
import NeuralNets
import SQLite
import StoreTestSupport
import Tensors
import TestSupport
import Testing
import Training

@testable import ModelRegistry
@testable import RegistryStore

/// Random bits of a registry are flipped and its end is cut off, again and again: nothing crashes or hangs, nothing wrong is presented as
/// right, and `verify` finds whatever can't be read as it was.
@Suite("bit flips")
struct BitFlipTests {
  /// How many in all.
  static let count = Torture.count(200, full: 100_000)
  private static let parts = 4

  @Test("are found, and never believed", arguments: 0..<parts)
  func flips(part: Int) throws {
    let subject = try Subject()
    var generator = Generator(state: UInt64(part + 1))
    var (found, harmless) = (0, 0)
    for round in 0..<(Self.count / Self.parts) {
      let damage = Damage.random(in: subject.pristine, round: round, &generator)
      try subject.apply(damage)
      let outcome = subject.check()
      for problem in outcome.problems { Issue.record("\(damage): \(problem)") }
      if outcome.isSound { harmless += 1 } else { found += 1 }
      try subject.restore(damage)
    }
    // The test itself must be able to fail: most bytes that aren't zero mean something, and some don't.
    print("bit flips, part \(part): \(found + harmless) changes, \(found) found, \(harmless) without effect")
    #expect(found > 0 && harmless > 0)
    #expect(subject.check().isSound)
  }

  @Test("in metrics of logged runs, their newest values, files and pieces are found, and never believed")
  func loggedRuns() throws {
    let subject = try Subject()
    let tables = ["metrics_latest", "run_files", "version_files", "contents", "experiments", "dated_notes"]
    let offsets = try subject.bytes(of: tables)
    var (count, found) = (0, 0)
    for offset in offsets where Torture.isFull || offset % 24 == 0 {
      for bit in 0..<UInt8(8) where Torture.isFull || offset / 24 % 8 == bit {
        let damage = Damage.flip(offset: offset, mask: 1 << bit)
        try subject.apply(damage)
        let outcome = subject.check()
        for problem in outcome.problems { Issue.record("\(damage): \(problem)") }
        if !outcome.isSound { found += 1 }
        try subject.restore(damage)
        count += 1
      }
    }
    print("bit flips, tables of logged runs: \(count) changes, \(found) found")
    #expect(found > 20)
  }

  /// A hundred thousand flips met these once in ten thousand: an index that found nothing, an alias spelt as nobody had, and a version
  /// that seemed deleted.
  @Test("in an index by which versions or aliases are looked up don't hide one, and don't rename one")
  func indexes() throws {
    let subject = try Subject()
    let offsets = try subject.bytes(of: ["model_versions", "model_aliases", "checkpoints"])
    #expect(offsets.count > 50)
    var count = 0
    for offset in offsets where Torture.isFull || offset % 32 == 0 || offset % 0x4000 < 48 {
      for bit in 0..<UInt8(8) where Torture.isFull || offset % 8 == bit {
        let damage = Damage.flip(offset: offset, mask: 1 << bit)
        try subject.apply(damage)
        for problem in subject.check().problems { Issue.record("\(damage): \(problem)") }
        try subject.restore(damage)
        count += 1
      }
    }
    print("bit flips, indexes: \(count) changes")
  }

  @Test("in the metrics of a version are found, and never believed")
  func versionMetrics() throws {
    let subject = try Subject()
    let offsets = try subject.bytes(of: ["version_metrics"])
    #expect(offsets.count > 100)
    var found = 0
    for offset in offsets where Torture.isFull || offset % 8 == 0 {
      let damage = Damage.flip(offset: offset, mask: 1 << UInt8(offset / 8 % 8))
      try subject.apply(damage)
      let outcome = subject.check()
      for problem in outcome.problems { Issue.record("\(damage): \(problem)") }
      if !outcome.isSound { found += 1 }
      try subject.restore(damage)
    }
    #expect(found > 20)
  }

  @Test(
    "that cut the key of an index short are found, though SQLite's own check takes a short key for an equal one",
    arguments: ["versions_by_run", "runs_by_model", "version_tensors_by_tensor", "sqlite_autoindex_tensors_1"])
  func shortKeys(index: String) throws {
    let subject = try Subject()
    let offsets = try subject.headerSizes(ofIndex: index)
    #expect(offsets.count > 1)
    for offset in offsets {
      for bit in 0..<UInt8(8) where Torture.isFull || (offset + Int(bit)) % 4 == 0 {
        let damage = Damage.flip(offset: offset, mask: 1 << bit)
        try subject.apply(damage)
        for problem in subject.check().problems { Issue.record("\(damage): \(problem)") }
        // Not by SQLite's own check alone.
        #expect(try subject.verify().problems.contains { $0.place == "index \(index)" }, "\(damage)")
        try subject.restore(damage)
      }
    }
  }
}

private enum Damage {
  case flip(offset: Int, mask: UInt8)
  case truncation(Int)

  /// Mostly a byte that isn't zero: those are the ones that are used.
  static func random(in file: [UInt8], round: Int, _ generator: inout Generator) -> Damage {
    if round % 25 == 24 { return .truncation(Int.random(in: 0..<file.count, using: &generator)) }
    var offset = Int.random(in: 0..<file.count, using: &generator)
    if round % 10 == 0 {
      offset %= 2048  // the file's header and the root of the schema
    } else if round % 5 != 1 {
      while file[offset] == 0 { offset = Int.random(in: 0..<file.count, using: &generator) }
    }
    let mask = round % 3 == 0 ? UInt8.random(in: 1...255, using: &generator) : 1 << UInt8.random(in: 0..<8, using: &generator)
    return .flip(offset: offset, mask: mask)
  }
}

/// A small registry in memory's file system, and what is in it.
private final class Subject {
  let pristine: [UInt8]
  private let folder: URL
  private let path: String
  private let metrics: [[Value]]
  private let contents: [String]

  init() throws {
    let stored = try StoredRegistry()
    for seed in 0..<2 as Range<UInt64> {
      // Some of the second one's stand in pieces.
      if seed == 1 { stored.registry.pieceSizes = .small }
      try stored.train(
        Hyperparameters(epochs: 20, seed: seed), data: BlobsSource(trainSamples: 12, testSamples: 6, seed: seed),
        datasetName: "blobs-\(seed)")
    }
    try stored.train(parent: "1")
    try stored.interrupt()
    try stored.write("INSERT INTO model_aliases VALUES (1, 'champion', 1)")
    try Self.log(stored)
    pristine = Array(try Data(contentsOf: URL(fileURLWithPath: stored.path)))
    let parent =
      FileManager.default.isWritableFile(atPath: "/dev/shm") ? URL(fileURLWithPath: "/dev/shm") : FileManager.default.temporaryDirectory
    folder = parent.appending(path: "registry-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    path = folder.appending(path: "registry.db").path
    try Data(pristine).write(to: URL(fileURLWithPath: path))
    let registry = try Registry(path: path)
    metrics = try Self.rows(registry)
    contents = try Self.questions.map { question in try question(registry) }
  }

  /// A run of another program: params with their spelling, metrics, files in pieces, a version of tensors and files.
  private static func log(_ stored: StoredRegistry) throws {
    stored.registry.pieceSizes = .small
    let run = try stored.registry.startRun(
      RunInfo(model: "logged", experiment: "sweep", name: "all"), params: ["lr": ParamValue(written: "0.10"), "opt": "sgd"])
    for step in -20..<20 { try run.log(step: step, ["loss": Double(step), "val_loss": Double(step) / 3]) }
    try run.add(bytes: (0..<2000).map { UInt8(truncatingIfNeeded: $0 &* 37 | 1) }, as: "plots/large.bin")
    try run.add(note: "a note")
    let file = stored.folder.path("tokenizer.json")
    try Data((0..<500).map { UInt8(truncatingIfNeeded: $0 | 1) }).write(to: URL(fileURLWithPath: file))
    var version = LoggedVersion(try StateDict([("w", Tensor([Float](repeating: 1.5, count: 200)))]))
    (version.files, version.step, version.source) = ([(file: file, name: "tokenizer.json")], 19, "epoch 19")
    try run.finish(version)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Where these tables and their indexes have bytes that mean something; each is one page.
  func bytes(of tables: [String]) throws -> [Int] {
    let connection = try Connection(path: path, mode: .readOnly)
    let size = try connection.queryFirst("PRAGMA page_size") { row in try row.int(0) } ?? 0
    let names = tables.map { "'\($0)'" }.joined(separator: ", ")
    let sql = "SELECT rootpage FROM sqlite_schema WHERE rootpage > 0 AND tbl_name IN (\(names))"
    let pages = try connection.query(sql) { row in try row.int(0) }
    return pages.flatMap { page in ((page - 1) * size..<page * size).filter { pristine[$0] != 0 } }
  }

  func apply(_ damage: Damage) throws {
    switch damage {
    case .flip(let offset, let mask): try write(pristine[offset] ^ mask, at: offset)
    case .truncation(let length): guard truncate(path, length) == 0 else { throw POSIXError(.EIO) }
    }
  }

  func restore(_ damage: Damage) throws {
    switch damage {
    case .flip(let offset, _): try write(pristine[offset], at: offset)
    case .truncation: try Data(pristine).write(to: URL(fileURLWithPath: path))
    }
    for suffix in ["-wal", "-shm", "-journal"] { unlink(path + suffix) }
  }

  private func write(_ byte: UInt8, at offset: Int) throws {
    let file = open(path, O_WRONLY)
    defer { close(file) }
    var byte = byte
    guard pwrite(file, &byte, 1, offset) == 1 else { throw POSIXError(.EIO) }
  }

  /// Where the records of an index stand in the file: of each, the byte that tells how long its header is.  The index is one page.
  func headerSizes(ofIndex name: String) throws -> [Int] {
    let connection = try Connection(path: path, mode: .readOnly)
    let size = try connection.queryFirst("PRAGMA page_size") { row in try row.int(0) } ?? 0
    let root = try connection.queryFirst("SELECT rootpage FROM sqlite_schema WHERE name = ?", name) { row in try row.int(0) } ?? 0
    let page = (root - 1) * size
    // sqlite.org/fileformat2.html#b_tree_pages: a leaf of an index is of type 10; the cells' places stand behind 8 bytes of header.
    guard pristine[page] == 10 else { return [] }
    let cells = Int(pristine[page + 3]) << 8 | Int(pristine[page + 4])
    // Behind the payload's length, which is one byte here.
    return (0..<cells).map { page + (Int(pristine[page + 8 + 2 * $0]) << 8 | Int(pristine[page + 9 + 2 * $0])) + 1 }
  }

  /// What people ask: each answer is the one that it was, or an error.
  private static let questions: [@Sendable (Registry) throws -> String] = [
    { registry in try answer(registry, "1") }, { registry in try answer(registry, "2") }, { registry in try answer(registry, "3") },
    { registry in "\(try registry.version(VersionName("latest")))" }, { registry in "\(try registry.version(VersionName("champion")))" },
    { registry in try run(registry, 1) }, { registry in try run(registry, 2) }, { registry in try run(registry, 3) },
    { registry in try run(registry, 4) }, { registry in try checkpoint(registry, ofRun: 4) },
    { registry in try logged(registry) }, { registry in try version(registry) },
    { registry in "\(try registry.dataset(registry.datasetRecord("blobs-1")).tensors.digest)" },
  ]

  /// The weights, the losses, and what the version says of its own test data.
  private static func answer(_ registry: Registry, _ name: String) throws -> String {
    let record = try registry.version(VersionName(name))
    let predictor = try registry.loadPredictor(record)
    let dataset = try registry.dataset(ofRun: record.run)
    let outputs = try dataset.map { try predictor.outputs($0.x(.test)).rows.map(\.bitPattern) }
    let measured = "\(record.testLoss as Any) \(record.trainLoss as Any) \(record.metrics)"
    return "\(predictor.net.bits) \(measured) \(outputs as Any) \(dataset?.labels(.test) as Any)"
  }

  private static func run(_ registry: Registry, _ id: Int) throws -> String {
    let run = try registry.run(id)
    return "\(run.params) \(run.metrics) \(run.seed as Any)"
  }

  /// What seals cover: a run's files, notes and names are as free as its tags.
  private static func logged(_ registry: Registry) throws -> String {
    let run = try registry.run(5)
    return "\(run.writtenParams) \(run.metrics) \(run.uuid) \(run.status) \(run.startedAt)"
  }

  private static func version(_ registry: Registry) throws -> String {
    let version = try registry.version(VersionName("logged/1"))
    return "\(try registry.stateDict(version)) \(version.files) \(version.step as Any) \(version.source as Any)"
  }

  private static func checkpoint(_ registry: Registry, ofRun id: Int64) throws -> String {
    try registry.snapshot {
      let uuid = try registry.connection.queryFirst("SELECT uuid FROM runs WHERE id = ?", id) { row in try row.text(0) } ?? ""
      let state = try registry.checkpoint(run: id, uuid: uuid)
      if state == nil { try registry.checkAbsence(ofCheckpoint: id, uuid: uuid) }
      return "\(state as Any)"
    }
  }

  private static func rows(_ registry: Registry) throws -> [[Value]] {
    try [
      "SELECT key, value, run_id, text FROM params ORDER BY run_id, key",
      "SELECT key, step, value, time, run_id FROM metrics ORDER BY run_id, key, step",
    ]
    .flatMap { sql in try registry.connection.query(sql) { row in try (0..<row.columnCount).map { try row.value($0) } } }
  }

  func verify() throws -> Verification { try Registry(path: path).verify() }

  /// Everything is asked.  `problems` are what must never be.
  func check() -> (isSound: Bool, problems: [String]) {
    var problems: [String] = []
    var isUnharmed = true
    do {
      let registry = try Registry(path: path)
      for (question, expected) in zip(Self.questions, contents) {
        do {
          if try question(registry) != expected {
            problems.append("a wrong answer: \(try question(registry)) instead of \(expected)")
            isUnharmed = false
          }
        } catch is StoreError {
          isUnharmed = false
        }
      }
      for subject in ListSubject.allCases { _ = try? registry.list(subject) }
      let rows = try? Self.rows(registry)
      if rows != metrics { isUnharmed = false }
      let isSound = try registry.verify(limit: 5).isSound
      if isSound, !isUnharmed { problems.append("verify found nothing\(rows == metrics ? "" : " wrong with the params and metrics")") }
      return (isSound, problems)
    } catch is StoreError {
      return (false, problems)
    } catch {
      return (false, problems + ["an error of another kind: \(error)"])
    }
  }
}

/// SplitMix64: the same flips on every machine.
private struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
