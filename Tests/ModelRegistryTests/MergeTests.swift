import Datasets
import Foundation
import SQLite
import StoreTestSupport
import TestSupport
import Testing
import Training

@testable import ModelRegistry
@testable import RegistryStore

@Suite("merge")
struct MergeTests {
  let ours: StoredRegistry
  let theirs: StoredRegistry

  /// Ours has neural-net/1 and the alias champion; theirs has neural-net/1, /2 (fine-tuned from /1) and iris/1.
  init() throws {
    ours = try StoredRegistry()
    theirs = try StoredRegistry()
    try ours.train()
    try theirs.train()
    try theirs.train(parent: "1")
    try theirs.train(model: "iris", data: BlobsSource(trainSamples: 12, testSamples: 6, seed: 3), datasetName: "others")
    try ours.write("INSERT INTO model_aliases VALUES (1, 'champion', 1)")
    try theirs.write(
      """
      INSERT INTO model_aliases VALUES (1, 'champion', 2), (1, 'prod', 1);
      INSERT INTO tags VALUES (1, 'who', 'me'); INSERT INTO version_tags VALUES (2, 'stage', 0.5); INSERT INTO model_tags VALUES (2, 'k', 1);
      UPDATE models SET note = 'flowers' WHERE id = 2; UPDATE runs SET note = 'the second' WHERE id = 2;
      UPDATE datasets SET note = 'three' WHERE id = 2
      """)
  }

  private func merge(isDryRun: Bool = false, batchBytes: Int = 256 << 20) throws -> MergeReport {
    try ours.reopened(.write).merge(theirs.path, isDryRun: isDryRun, batchBytes: batchBytes)
  }

  @Test("takes everything in under the next numbers, and says so", arguments: [256 << 20, 1000, 0])
  func takesIn(batchBytes: Int) throws {
    let before = try Data(contentsOf: URL(fileURLWithPath: theirs.path))
    let report = try merge(batchBytes: batchBytes)
    #expect(report.versions.map(\.theirs) == ["neural-net/1", "neural-net/2", "iris/1"])
    #expect(report.versions.map(\.ours) == ["neural-net/2", "neural-net/3", "iris/1"])
    #expect(report.models == ["iris"] && report.runs == 3 && report.datasets == 1)
    #expect(report.aliases.map(\.name) == ["neural-net@prod"] && report.aliases.map(\.ours) == ["neural-net/2"])
    #expect(report.keptAliases == [.init(name: "neural-net@champion", ours: "neural-net/1", theirs: "neural-net/3")])
    let merged = try ours.reopened()
    #expect(try merged.verify().isSound)
    for (theirs, ours) in report.versions.map({ ($0.theirs, $0.ours) }) {
      let (there, here) = try (self.theirs.reopened().version(VersionName(theirs)), merged.version(VersionName(ours)))
      #expect(there.uuid == here.uuid && there.stateDictDigest == here.stateDictDigest && there.testLoss == here.testLoss)
      #expect(there.metrics == here.metrics && here.metric("f1") != nil)
      #expect(try merged.loadPredictor(here).net.bits == self.theirs.reopened().loadPredictor(there).net.bits)
      let (run, other) = try (merged.run(here.run), self.theirs.reopened().run(there.run))
      #expect(run.uuid == other.uuid && run.note == other.note && run.metrics.count == other.metrics.count)
      #expect(run.tags.map(\.key) == other.tags.map(\.key))
      #expect(try merged.dataset(ofRun: here.run) == self.theirs.reopened().dataset(ofRun: there.run))
    }
    #expect(try merged.run(merged.version(VersionName("3")).run).parent == "neural-net/2")
    #expect(try ours.count("SELECT count(*) FROM version_tags WHERE key = 'stage' AND value = 0.5 AND version_id = 3") == 1)
    #expect(try ours.count("SELECT count(*) FROM models JOIN model_tags ON model_id = id WHERE note = 'flowers' AND value = 1") == 1)
    #expect(try ours.count("SELECT count(*) FROM datasets WHERE note = 'three'") == 1)
    #expect(try ours.count("SELECT count(*) FROM alias_events WHERE reason = 'merged from \(theirs.path)' AND actor LIKE '%@%'") == 1)
    #expect(try Data(contentsOf: URL(fileURLWithPath: theirs.path)) == before)
  }

  @Test("a second time there is nothing to do, and nothing is written")
  func twice() throws {
    _ = try merge()
    let before = try Data(contentsOf: URL(fileURLWithPath: ours.path))
    let second = try merge()
    #expect(second.isEmpty && second.versions.isEmpty && second.known == 6)
    #expect(second.keptAliases.map(\.name) == ["neural-net@champion"])
    #expect(try Data(contentsOf: URL(fileURLWithPath: ours.path)) == before)
  }

  @Test("a dry run tells the same and writes nothing")
  func dryRun() throws {
    let before = try Data(contentsOf: URL(fileURLWithPath: ours.path))
    let told = try merge(isDryRun: true)
    #expect(try Data(contentsOf: URL(fileURLWithPath: ours.path)) == before)
    #expect(try told == merge())
  }

  @Test("there and back again: both have the same, once")
  func bothWays() throws {
    _ = try merge()
    let back = try theirs.reopened(.write).merge(ours.path)
    #expect(back.versions.map(\.theirs) == ["neural-net/1"] && back.versions.map(\.ours) == ["neural-net/3"])
    #expect(try merge().isEmpty)
    #expect(try theirs.reopened().verify().isSound)
    #expect(
      try ours.count("SELECT count(*) FROM tensors") == theirs.count("SELECT count(*) FROM tensors"))
  }

  @Test("into a file that isn't there yet makes it")
  func intoNew() throws {
    let path = ours.folder.path("new.db")
    let told = try Registry(path: path, access: .create).merge(theirs.path, isDryRun: true)
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(try Registry(path: path, access: .create).merge(theirs.path) == told)
    #expect(try Registry(path: path).verify().isSound)
  }

  @Test("deleted ones stay behind unless a live one comes of them; running ones stay behind")
  func deleted() throws {
    try theirs.write(
      """
      DELETE FROM model_aliases; UPDATE model_versions SET deleted_at = created_at WHERE id IN (1, 3);
      UPDATE runs SET deleted_at = ended_at WHERE id IN (1, 3);
      INSERT INTO runs (uuid, kind, model_id, status) VALUES ('00000000-0000-0000-0000-000000000001', 'train', 1, 'running');
      INSERT INTO runs (uuid, kind, model_id, status, ended_at, error)
        VALUES ('00000000-0000-0000-0000-000000000002', 'train', 1, 'interrupted', '2026-03-01T12:00:00.000Z', 'stopped')
      """)
    let report = try merge()
    #expect(report.versions.map(\.ours) == ["neural-net/2", "neural-net/3"])
    #expect(report.deleted == 2 && report.running == 1 && report.runs == 3)
    #expect(try ours.count("SELECT count(*) FROM model_versions WHERE deleted_at IS NOT NULL AND version = 2") == 1)
    #expect(try ours.count("SELECT count(*) FROM runs WHERE deleted_at IS NOT NULL") == 1)
    #expect(try ours.count("SELECT count(*) FROM runs WHERE status = 'interrupted' AND error = 'stopped'") == 1)
    #expect(try ours.reopened().verify().isSound)
    #expect(try merge().isEmpty)
  }

  @Test("a name of a dataset that means something else here stays ours, and theirs gets another")
  func datasetNames() throws {
    try theirs.write(
      "UPDATE dataset_names SET name = 'blobs-2' WHERE name = 'blobs'; UPDATE dataset_names SET name = 'blobs' WHERE name = 'others'")
    let report = try merge()
    let digest = try theirs.reopened().datasetRecord("blobs").digest
    #expect(report.keptNames.map(\.theirs) == ["blobs-\(digest.prefix(8))"])
    #expect(try ours.reopened().datasetRecord("blobs-\(digest.prefix(8))").digest == digest)
    #expect(try ours.reopened().datasetRecord("blobs").digest != digest)
    #expect(try merge().isEmpty)
  }

  @Test("a model that was renamed here goes on under its new name")
  func renamed() throws {
    _ = try merge()
    try ours.write("UPDATE models SET name = 'flowers' WHERE name = 'iris'")
    let known = try merge()
    #expect(known.models == ["iris"] && known.versions.isEmpty, "a model of that name is theirs, without versions")
    #expect(try ours.reopened().verify().isSound)
  }

  /// The second one's INSERT failed, and nothing could be merged at all.
  @Test("where two models of theirs are one here, the first alias of a name is taken and the second one told")
  func twoModelsInOne() throws {
    let there = try StoredRegistry()
    _ = try there.reopened(.write).merge(ours.path)
    try there.write("DELETE FROM model_aliases; UPDATE models SET name = 'old' WHERE name = 'neural-net'")
    try there.train()
    try there.write("INSERT INTO model_aliases VALUES (1, 'prod', 1), (2, 'prod', 2)")
    let report = try ours.reopened(.write).merge(there.path)
    #expect(report.aliases.map(\.ours) == ["neural-net/1"])
    #expect(report.keptAliases == [.init(name: "neural-net@prod", ours: "neural-net/1", theirs: "neural-net/2")])
    let second = try ours.reopened(.write).merge(there.path)
    #expect(second.isEmpty && second.keptAliases == report.keptAliases)
    #expect(try ours.reopened().verify().isSound)
  }

  /// They were dropped without a word.
  @Test("tags and notes of what both have come in where ours has none, and are told where they differ")
  func remarks() throws {
    _ = try merge()
    try theirs.write(
      """
      INSERT INTO tags VALUES (2, 'new', 1.5); UPDATE tags SET value = 'you' WHERE key = 'who';
      INSERT INTO version_tags VALUES (1, 'stage', 'test'); INSERT INTO model_tags VALUES (1, 'm', 2);
      UPDATE models SET note = 'roses' WHERE name = 'iris'; UPDATE models SET note = 'nets' WHERE name = 'neural-net';
      UPDATE runs SET note = 'the first' WHERE id = 1; UPDATE datasets SET note = 'blobs' WHERE id = 1
      """)
    let told = try merge(isDryRun: true)
    let report = try merge()
    #expect(told == report && !report.isEmpty)
    #expect(report.tags == 3 && report.notes == 3)
    #expect(report.keptTags == [.init(name: "tag who of run 2", ours: "me", theirs: "you")])
    #expect(report.keptNotes == [.init(name: "note of model iris", ours: "flowers", theirs: "roses")])
    #expect(try ours.count("SELECT count(*) FROM tags WHERE key = 'new' AND value = 1.5 AND run_id = 3") == 1)
    #expect(try ours.count("SELECT count(*) FROM version_tags WHERE value = 'test' AND version_id = 2") == 1)
    #expect(try ours.count("SELECT count(*) FROM models JOIN model_tags ON model_id = id WHERE note = 'nets' AND key = 'm'") == 1)
    #expect(try ours.count("SELECT count(*) FROM runs WHERE id = 2 AND note = 'the first'") == 1)
    #expect(try ours.count("SELECT count(*) FROM datasets WHERE note = 'blobs'") == 1)
    #expect(try ours.reopened().verify().isSound)
    let second = try merge()
    #expect(second.isEmpty && second.keptTags == report.keptTags && second.keptNotes == report.keptNotes)
  }

  @Test("a run that both have in different states stays as it is here, with what hangs on it")
  func differentStates() throws {
    _ = try merge()
    try ours.force(
      "runs",
      "UPDATE runs SET digest = NULL, status = 'interrupted' WHERE id = 2; DELETE FROM version_tensors; DELETE FROM model_aliases; DELETE FROM model_versions WHERE id > 1"
    )
    let report = try merge()
    #expect(report.different == ["run 1 of neural-net", "neural-net/1", "run 2 of neural-net", "neural-net/2"])
  }

  /// One read lock was held over all of it, and their writers timed out.
  @Test("their writers go on while their file is verified")
  func besideTheirWriters() throws {
    let writer = try Connection(path: theirs.path, mode: .readWrite, busyLimit: .milliseconds(20))
    var steps = 0
    let report = try ours.reopened(.write).merge(theirs.path) { step in
      steps += 1
      try writer.execute("UPDATE models SET note = ? WHERE name = 'iris'", "\(steps)")
    }
    #expect(steps > 10 && report.versions.count == 3)
    #expect(try ours.count("SELECT CAST(note AS INTEGER) FROM models WHERE name = 'iris'") == steps)
    #expect(try ours.reopened().verify().isSound)
  }

  /// Of the changes that `verify` is tested with, one of each kind: the file is verified as a whole.
  static let changes = [RotTests.versionChanges[1], RotTests.tensorChanges[0], RotTests.runChanges[0], RotTests.datasetChanges[1]]

  @Test("what is rotten there is an error, and nothing is stored here", arguments: changes)
  func rotten(change: RotTests.Change) throws {
    try theirs.tamper(change.table, change.sql)
    let before = try Data(contentsOf: URL(fileURLWithPath: ours.path))
    for batchBytes in [256 << 20, 0] {
      let error = #expect(throws: StoreError.self) { try merge(batchBytes: batchBytes) }
      #expect(error?.code == .unsoundSource && error?.path == theirs.path)
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: ours.path)) == before)
  }

  @Test("a file merged into itself, a newer schema and a tampered one are refused")
  func refused() throws {
    let link = ours.folder.path("link.db")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: ours.path)
    for path in [ours.path, link] {
      #expect(throws: StoreError.mergeOntoItself(path: path)) { try ours.reopened(.write).merge(path) }
    }
    try theirs.write("PRAGMA user_version = 9")
    #expect(throws: StoreError.newerSchema(path: theirs.path, found: 9, known: ModelRegistry.Schema.migrator.newest)) { try merge() }
    try theirs.write("PRAGMA user_version = \(ModelRegistry.Schema.migrator.newest); DROP TRIGGER versions_update")
    #expect(throws: StoreError.changedSchema(path: theirs.path, object: "trigger 'versions_update'", isAdded: false)) { try merge() }
  }
}

extension StoredRegistry {
  /// Runs SQL as a user of the stock shell could.
  func write(_ sql: String) throws { try Connection(path: path, mode: .readWrite).executeScript(sql) }

  /// A short training that goes on from a version.
  func train(parent: String) throws {
    let dataset = try Dataset(BlobsSource(trainSamples: 12, testSamples: 6))
    let experiment = try Experiment(dataset: dataset, hyperparameters: Hyperparameters(epochs: 3))
    let description = RunDescription(
      model: Registry.defaultModel, dataset: dataset, datasetName: "blobs", experiment: experiment,
      parent: try registry.version(VersionName(parent)))
    _ = try registry.train(experiment, description)
  }
}
