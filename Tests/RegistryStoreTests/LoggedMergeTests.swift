import Foundation
import SQLite
import StoreTestSupport
import Tensors
import TestSupport
import Testing

@testable import RegistryStore

/// What a merge takes of logged runs: experiments, params with their spelling, metrics of any step, files, datasets, notes, several versions.
@Suite("a merge of logged runs")
struct LoggedMergeTests {
  let ours: StoredRegistry
  let theirs: StoredRegistry
  private static let large = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }

  init() throws {
    (ours, theirs) = (try StoredRegistry(), try StoredRegistry())
    for registry in [ours.registry, theirs.registry] { registry.pieceSizes = .small }
  }

  private func weights(_ number: Float) throws -> StateDict {
    try StateDict([(name: "w", tensor: Tensor([number, 1, 2])), (name: "b", tensor: Tensor([Float](repeating: number, count: 100)))])
  }

  /// A sweep with a part, versions of two models, files, a dataset, notes and tags.
  private func log(_ stored: StoredRegistry) throws -> (whole: Int, part: Int) {
    let registry = stored.registry
    var info = RunInfo(model: "xor", experiment: "sweep", name: "all")
    (info.user, info.source, info.gitCommit, info.isDirty) = ("ann", "train.py", "abc123", true)
    let whole = try registry.startRun(
      info, params: ["lr": ParamValue(written: "0.10"), "layers": 3, "opt": "sgd"], tags: ["team": .text("blue")])
    for (step, value) in [(-3, 1.0), (5, .nan), (5, 0.5), (2, .infinity)] { try whole.log("loss", step: step, value) }
    try whole.add(bytes: Self.large, as: "plots/large.bin")
    try whole.add(bytes: Array("hello".utf8), as: "a.txt")
    var dataset = RunDataset(name: "data", digest: "d1")
    dataset.context = "train"
    try whole.add(dataset: dataset)
    try whole.add(note: "first")
    try whole.add(note: "second")
    let file = stored.folder.path("tokenizer.json")
    try Data("{}".utf8).write(to: URL(fileURLWithPath: file))
    var version = LoggedVersion(try weights(1))
    (version.step, version.source, version.description) = (5, "epoch 5", "good")
    version.files = [(file: file, name: "tokenizer.json")]
    version.metrics = ["f1": 0.5]
    try whole.save(version)
    var other = LoggedVersion()
    (other.model, other.files) = ("words", [(file: file, name: "t.json")])
    try whole.save(other)
    version = LoggedVersion(try weights(2))
    try whole.save(version)
    info = RunInfo(experiment: "sweep", name: "part")
    info.parentRun = whole.run
    let part = try registry.startRun(info)
    try part.log("loss", step: 0, 1)
    try part.end(.killed, error: "out of memory", exitCode: 137)
    try whole.end()
    return (whole.run, part.run)
  }

  private static let folders: [String?] = [nil, "files"]

  @Test("brings everything, and nothing the second time", arguments: [256 << 20, 0], folders)
  func whole(batchBytes: Int, folder: String?) throws {
    if let folder { try ours.registry.useFileFolder(folder) }
    let other = folder == nil ? try StoredRegistry() : theirs
    if folder == nil { try other.registry.useFileFolder("elsewhere") }
    other.registry.pieceSizes = .small
    // A number is another one here.
    try ours.registry.startRun(model: "xor").end()
    let run = try log(other)
    let before = try Data(contentsOf: URL(fileURLWithPath: other.path))
    let told = try ours.registry.merge(other.path, isDryRun: true)
    let report = try ours.registry.merge(other.path, batchBytes: batchBytes)
    #expect(report == told)
    #expect(report.experiments == ["sweep"] && report.models == ["words"] && report.runs == 2)
    #expect(report.versions.map(\.ours) == ["xor/1", "words/1", "xor/2"])
    #expect(report.files == 3 && report.fileBytes == 1007)
    #expect(try Data(contentsOf: URL(fileURLWithPath: other.path)) == before)
    let registry = try ours.reopened()
    let found = try registry.verify()
    #expect(found.isSound, "\(found.problems)")
    let (here, there) = (try registry.run(run.whole + 1), try other.reopened().run(run.whole))
    #expect(here.uuid == there.uuid && here.kind == .log && here.model == "xor" && here.experiment == "sweep" && here.name == "all")
    #expect(here.user == "ann" && here.source == "train.py" && here.gitCommit == "abc123" && here.isDirty == true)
    #expect(here.writtenParams.map(\.value) == there.writtenParams.map(\.value) && here.writtenParams[1].value.text == "0.10")
    #expect(here.tags.map(\.key) == ["team"] && here.status == .finished)
    #expect(try ours.metrics(run: run.whole + 1) == other.metrics(run: run.whole))
    #expect(here.files == there.files && here.files.map(\.path) == ["a.txt", "plots/large.bin"])
    #expect(here.datasets.map(\.name) == ["data"] && here.datasets[0].context == "train")
    #expect(here.notes == there.notes && here.notes.map(\.text) == ["first", "second"] && here.note == "second")
    #expect(here.childRuns == [run.part + 1])
    let part = try registry.run(run.part + 1)
    #expect(part.parentRun == run.whole + 1 && part.status == .killed && part.error == "out of memory" && part.exitCode == 137)
    let version = try registry.version(VersionName("xor/1"))
    #expect(version.step == 5 && version.source == "epoch 5" && version.description == "good" && version.metric("f1") == 0.5)
    #expect(version.files.map(\.path) == ["tokenizer.json"] && version.files[0].byteCount == 2)
    #expect(try registry.stateDict(version) == weights(1))
    #expect(try registry.version(VersionName("words/1")).tensorCount == 0)
    let merged = try Data(contentsOf: URL(fileURLWithPath: ours.path))
    let second = try ours.registry.merge(other.path, batchBytes: batchBytes)
    #expect(second.isEmpty && second.known == 5, "\(second)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: ours.path)) == merged)
  }

  @Test("a running run stays behind with its versions, and its part comes alone")
  func running() throws {
    let whole = try theirs.registry.startRun(model: "xor")
    try whole.save(LoggedVersion(try weights(1)))
    var info = RunInfo(experiment: "e")
    info.parentRun = whole.run
    try theirs.registry.startRun(info).end()
    let report = try ours.registry.merge(theirs.path)
    #expect(report.runs == 1 && report.running == 1 && report.versions.isEmpty && report.deleted == 0)
    #expect(try ours.reopened().run(1).parentRun == nil)
    try whole.end()
    let second = try ours.registry.merge(theirs.path)
    #expect(second.runs == 1 && second.versions.map(\.ours) == ["xor/1"])
    #expect(try ours.reopened().verify().isSound)
  }

  /// Ours is a copy of theirs, made before more happened.
  private func copied() throws -> StoredRegistry {
    let ours = try StoredRegistry()
    ours.registry.pieceSizes = .small
    _ = try ours.registry.merge(theirs.path)
    return ours
  }

  @Test("a run that went on there goes on here; one that went on here stays")
  func continued() throws {
    let run = try theirs.registry.startRun(model: "xor", params: ["lr": 0.1])
    try run.log("loss", step: 0, 1)
    try run.add(bytes: [1], as: "a.bin")
    try run.end(.failed, error: "no room")
    let ours = try copied()
    let again = try theirs.registry.continueRun(1)
    try again.log("loss", step: 0, 2)
    try again.log("loss", step: 1, 3)
    try again.log(params: ["more": 1])
    try again.add(bytes: [2], as: "a.bin")
    try again.add(bytes: [3], as: "b.bin")
    try again.finish(LoggedVersion(try weights(1)))
    // What went on in theirs and not in ours comes …
    let report = try ours.registry.merge(theirs.path)
    #expect(report.continued == ["run 1"] && report.runs == 0 && report.versions.map(\.ours) == ["xor/1"] && report.different.isEmpty)
    #expect(try ours.metrics(run: 1) == theirs.metrics(run: 1))
    let (here, there) = (try ours.reopened().run(1), try theirs.reopened().run(1))
    #expect(here.status == .finished && here.error == nil && here.endedAt == there.endedAt && here.params.map(\.key) == ["lr", "more"])
    #expect(here.files == there.files && here.files.count == 2)
    #expect(try ours.reopened().verify().isSound)
    #expect(try ours.registry.merge(theirs.path).isEmpty)
    // … and the other way round there is nothing to do.
    let more = try ours.registry.continueRun(1)
    try more.log("loss", step: 2, 4)
    try more.end()
    let back = try ours.registry.merge(theirs.path)
    #expect(back.isEmpty && back.different.isEmpty)
    #expect(try ours.metrics(run: 1).count == 4)
    #expect(try theirs.registry.merge(ours.path).continued == ["run 1"])
    #expect(try theirs.metrics(run: 1) == ours.metrics(run: 1))
  }

  @Test("a run that went on in both is two runs now: ours stays, and it is said")
  func different() throws {
    let run = try theirs.registry.startRun(params: ["lr": 0.1])
    try run.log("loss", step: 0, 1)
    try run.end()
    let ours = try copied()
    for (stored, value) in [(ours, 1.0), (theirs, 2.0)] {
      let run = try stored.registry.continueRun(1)
      try run.log("loss", step: 1, value)
      try run.end()
    }
    let report = try ours.registry.merge(theirs.path)
    #expect(report.isEmpty && report.different == ["run 1"])
    #expect(try ours.metrics(run: 1) == ["loss 0 0 1.0", "loss 1 0 1.0"])
  }

  @Test("a copy made while a run was written gets its end; one that is written here is left alone")
  func endedThere() throws {
    let run = try theirs.registry.startRun(model: "xor")
    try run.log("loss", step: 0, 1)
    try run.flush()
    let copy = ours.folder.path("copy.db")
    try theirs.registry.backup(to: copy)
    try run.log("loss", step: 1, 2)
    try run.end()
    let registry = try Registry(path: copy, access: .write)
    // Its writer is this very process.
    #expect(try registry.merge(theirs.path).different == ["run 1 of xor"])
    try registry.connection.execute("UPDATE runs SET process_start = process_start + 1")
    #expect(try registry.merge(theirs.path).continued == ["run 1"])
    #expect(try registry.run(1).status == .finished && registry.verify().isSound)
  }

  @Test("files, notes, tags and descriptions of what both have are put together; ours stay where both differ")
  func together() throws {
    let run = try theirs.registry.startRun(model: "xor", experiment: "e")
    try run.add(bytes: [1], as: "same.bin")
    try run.add(note: "old")
    try run.finish(LoggedVersion(try weights(1)))
    let ours = try copied()
    func write(_ stored: StoredRegistry, _ sql: String) throws {
      try Connection(path: stored.path, mode: .readWrite).executeScript(sql)
    }
    try write(ours, "DELETE FROM run_files")
    for (stored, byte) in [(ours, 1), (theirs, 2)] {
      let digest = digest(of: [UInt8(byte)])
      try write(
        stored,
        """
        INSERT OR IGNORE INTO contents (id) SELECT 90 WHERE NOT EXISTS (SELECT 1 FROM contents WHERE digest = '\(digest)');
        INSERT INTO content_pieces (content_id, position, data) SELECT 90, 0, x'0\(byte)' FROM contents WHERE id = 90;
        UPDATE contents SET digest = '\(digest)', byte_count = 1 WHERE id = 90;
        INSERT OR REPLACE INTO run_files (run_id, path, content_id) SELECT 1, 'both.bin', id FROM contents WHERE digest = '\(digest)'
        """)
    }
    try theirs.registry.writing { try theirs.registry.insertNote("new", at: "2990-01-01T00:00:00.000Z", of: .run, id: 1) }
    try write(theirs, "INSERT INTO experiment_tags VALUES (1, 'k', 1); UPDATE experiments SET note = 'n' WHERE id = 1")
    try write(theirs, "UPDATE model_versions SET description = 'theirs'")
    let report = try ours.registry.merge(theirs.path)
    #expect(report.addedFiles == 1 && report.keptFiles.map(\.name) == ["file both.bin of run 1"])
    #expect(report.tags == 1 && report.notes == 3 && report.keptNotes.isEmpty, "\(report)")
    let here = try ours.reopened().run(1)
    #expect(here.note == "new" && here.notes.map(\.text) == ["old", "new"] && here.files.map(\.path) == ["both.bin", "same.bin"])
    #expect(try ours.reopened().version(VersionName("xor/1")).description == "theirs")
    #expect(try ours.registry.merge(theirs.path).isEmpty)
    #expect(try ours.reopened().verify().isSound)
  }

  @Test("files are checked by their digest as they come")
  func damaged() throws {
    let run = try theirs.registry.startRun()
    try run.add(bytes: Self.large, as: "x")
    try run.end()
    try theirs.tamper("content_pieces", "UPDATE content_pieces SET data = zeroblob(length(data)) WHERE position = 3")
    expect(.unsoundSource) { try ours.registry.merge(theirs.path) }
    #expect(throws: StoreError.self) {
      try ours.registry.writing { try ours.registry.copyContents(digest(of: Self.large), from: theirs.registry) }
    }
    #expect(try ours.count("SELECT count(*) FROM runs") == 0)
  }

  /// Whatever is merged in whatever order, all have the same runs, metrics and files at the end.
  @Test("registries that are merged into each other, in any order, hold the same", arguments: 0..<Torture.count(6, full: 60))
  func everyOrder(seed: Int) throws {
    var generator = SplitMix64(seed: UInt64(seed))
    let all = try (0..<3).map { _ in try StoredRegistry() }
    for stored in all {
      for _ in 0..<Int.random(in: 1...2, using: &generator) {
        let run = try stored.registry.startRun(
          model: ["a", "b"].randomElement(using: &generator), experiment: ["e", "f"].randomElement(using: &generator))
        for step in 0..<Int.random(in: 1...3, using: &generator) { try run.log("m", step: step - 1, Double(step)) }
        if Bool.random(using: &generator) {
          try run.add(bytes: [UInt8.random(in: 0...2, using: &generator)], as: "f\(Int.random(in: 0...1, using: &generator))")
        }
        if Bool.random(using: &generator) { try run.save(LoggedVersion(try weights(Float(Int.random(in: 0...1, using: &generator))))) }
        try run.end()
      }
    }
    for _ in 0..<8 {
      let pair = all.shuffled(using: &generator)
      _ = try pair[0].registry.merge(pair[1].path)
      // Now and then a run goes on in one of them.
      let stored = all[0]
      if Int.random(in: 0..<4, using: &generator) == 0, try stored.count("SELECT count(*) FROM runs") > 0 {
        let run = try stored.registry.continueRun(1)
        try run.log("m", 7)
        try run.end()
      }
    }
    for _ in 0..<2 { for (a, b) in [(0, 1), (1, 2), (2, 0), (0, 2), (2, 1), (1, 0)] { _ = try all[a].registry.merge(all[b].path) } }
    func content(_ stored: StoredRegistry) throws -> [String] {
      try Connection(path: stored.path, mode: .readOnly).query(
        """
        SELECT 'run ' || uuid || status || coalesce(digest, '') FROM runs
        UNION SELECT 'file ' || uuid || path || c.digest FROM run_files AS f JOIN runs AS r ON r.id = f.run_id JOIN contents AS c ON c.id = f.content_id
        UNION SELECT 'version ' || v.uuid || m.name FROM model_versions AS v JOIN models AS m ON m.id = v.model_id
        UNION SELECT 'experiment ' || name FROM experiments ORDER BY 1
        """
      ) { row in try row.text(0) }
    }
    let first = try content(all[0])
    for stored in all {
      #expect(try content(stored) == first, "seed \(seed)")
      #expect(try stored.reopened().verify().isSound, "seed \(seed)")
    }
  }
}

/// As contents are named.
func digest(of bytes: [UInt8]) -> String {
  var builder = DigestBuilder()
  builder.update(bytes)
  return builder.finalize().hex
}

func write(_ bytes: [UInt8], to file: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: file)) }
