import Foundation
import SQLite
import StoreTestSupport
import Tensors
import Testing

@testable import RegistryStore

@Suite("gc")
struct GarbageTests {
  private let synthetic: Synthetic
  private var registry: Registry { synthetic.registry }

  init() throws { synthetic = try Synthetic() }

  private func name(_ version: Int) -> VersionName { synthetic.name(version) }

  @Test("removes deleted versions and runs, and the tensors that nothing else holds")
  func removes() throws {
    try synthetic.version([1, 2])
    try synthetic.version([2, 3])
    let failed = try synthetic.run()
    try registry.delete(versions: [name(2)], runs: [2, failed])
    let tensors = try synthetic.count("SELECT count(*) FROM tensors")
    let report = try registry.collectGarbage()
    #expect(report.versions == 1 && report.runs == 2 && report.tensors == 1 && report.datasets == 0 && report.models == 0)
    #expect(report.metrics == 1)
    #expect(report.bytes == 8 + "train_loss".count + 26)
    #expect(try synthetic.count("SELECT count(*) FROM tensors") == tensors - 1)
    #expect(try registry.stateDict(registry.version(name(1))) == Synthetic.stateDict([1, 2]))
    #expect(try registry.garbage().isEmpty)
    for table in ["params", "metrics"] { #expect(try synthetic.count("SELECT count(*) FROM \(table) WHERE run_id <> 1") == 0) }
  }

  @Test("a dry run tells the same, and changes not a byte")
  func dryRun() throws {
    try synthetic.version([1, 2])
    try synthetic.version([2, 3], dataset: 1)
    try registry.delete(versions: [name(1), name(2)], runs: [1])
    try registry.connection.execute("DELETE FROM dataset_names WHERE name = 'd0'")
    let before = try Data(contentsOf: URL(fileURLWithPath: registry.path))
    let told = try synthetic.stored.reopened(.read).garbage()
    #expect(try Data(contentsOf: URL(fileURLWithPath: registry.path)) == before)
    var done = try registry.collectGarbage(compacting: false)
    #expect(done.fileBytesAfter >= told.fileBytesBefore)
    done.fileBytesAfter = told.fileBytesAfter
    #expect(done == told)
    #expect(told.versions == 2 && told.runs == 1 && told.datasets == 1)
  }

  @Test("leaves the parents of what lives, and their parents, until their last child is gone")
  func parents() throws {
    try synthetic.version([1])
    try synthetic.version([2], parent: registry.version(name(1)))
    try synthetic.version([3], parent: registry.version(name(2)))
    try registry.delete(versions: [name(1), name(2)], runs: [1, 2])
    let report = try registry.collectGarbage()
    #expect(report.isEmpty)
    #expect(report.keptParents == ["neural-net/1", "neural-net/2"])
    #expect(try registry.run(3).parent == "neural-net/2")
    #expect(try registry.restore(versions: [name(1)]).map(\.title) == ["run 1", "neural-net/1"])
    try registry.delete(versions: [name(1), name(3)], runs: [1])
    #expect(try registry.garbage().versions == 1, "run 3 lives: its parents stay, its version goes")
    try registry.delete(versions: [], runs: [3])
    #expect(try registry.collectGarbage().versions == 3)
    #expect(try synthetic.count("SELECT count(*) FROM runs") == 0)
  }

  @Test("leaves a failed run's parent; a model goes unless it had a version, a tag or a note")
  func models() throws {
    try synthetic.version([1])
    let parent = try registry.version(name(1))
    let runs = try ["a", "b", "c"].map { try synthetic.run(model: $0, parent: parent) }
    try registry.updateTags(of: .model("b"), setting: [("k", .integer(1))])
    try registry.setNote("mine", of: .model("c"))
    try registry.delete(versions: [name(1)], runs: [1] + runs.dropFirst())
    #expect(try registry.collectGarbage().runs == 2)
    try registry.delete(versions: [], runs: [runs[0]])
    let report = try registry.collectGarbage()
    #expect(report.runs == 2 && report.versions == 1 && report.models == 1)
    #expect(try synthetic.texts("SELECT name FROM models ORDER BY name") == ["b", "c", "neural-net"])
  }

  @Test("a dataset stays while a run was trained on it, and while it has a name, which is told")
  func datasets() throws {
    try synthetic.version(dataset: 0)
    try synthetic.version(dataset: 1)
    try registry.connection.execute("DELETE FROM dataset_names WHERE name = 'd0'")
    #expect(try registry.garbage().unusedDatasets.isEmpty)
    try registry.delete(versions: [name(1), name(2)], runs: [1, 2])
    let report = try registry.collectGarbage()
    #expect(report.datasets == 1 && report.unusedDatasets == ["d1"])
    #expect(try registry.datasetContent(id: registry.datasetRecord("d1").id).digest == Synthetic.datasets[1].digest)
    #expect(try synthetic.count("SELECT count(*) FROM tensors WHERE id NOT IN (SELECT tensor_id FROM dataset_tensors)") == 0)
  }

  @Test("leaves alone what was deleted within so many days, and what that needs")
  func age() throws {
    try synthetic.version([1])
    try synthetic.version([2], parent: registry.version(name(1)))
    try synthetic.version([3])
    try registry.delete(versions: [name(1), name(2), name(3)], runs: [1, 2, 3])
    try registry.connection.executeScript(
      """
      UPDATE model_versions SET deleted_at = '2026-01-01T00:00:00.000Z' WHERE version <> 2;
      UPDATE runs SET deleted_at = '2026-01-01T00:00:00.000Z' WHERE id <> 2;
      """)
    let report = try registry.collectGarbage(olderThanDays: 7)
    #expect(report.versions == 1 && report.runs == 1 && report.keptParents == ["neural-net/1"])
    #expect(try registry.garbage(olderThanDays: 1_000_000).isEmpty)
    #expect(try registry.collectGarbage().versions == 2)
  }

  @Test("makes the file smaller when over a tenth of it is free; page size, application id and all digests stay")
  func compaction() throws {
    try synthetic.version([1])
    try synthetic.version(Array(10..<3000))
    try registry.setAlias(AliasName("champion"), to: name(1))
    try registry.delete(versions: [name(2)], runs: [2])
    let kept = try registry.collectGarbage(compacting: false)
    #expect(kept.tensors == 2990 && kept.compaction == .none && kept.fileBytesAfter == kept.fileBytesBefore)
    let report = try registry.collectGarbage()
    #expect(report.isEmpty && report.compaction == .done && report.fileBytesAfter < report.fileBytesBefore * 9 / 10)
    let size = try FileManager.default.attributesOfItem(atPath: registry.path)[.size] as? Int
    #expect(size == report.fileBytesAfter)
    #expect(try synthetic.count("PRAGMA page_size") == 16384)
    #expect(try synthetic.count("PRAGMA application_id") == 0x6d72_6567)
    #expect(try synthetic.count("PRAGMA freelist_count") == 0)
    #expect(try synthetic.texts("PRAGMA integrity_check") == ["ok"])
    let reopened = try synthetic.stored.reopened()
    #expect(try reopened.stateDict(reopened.version(VersionName("champion"))) == Synthetic.stateDict([1]))
    #expect(try synthetic.version().version == 3)
  }

  @Test("what can't be made smaller is clean all the same")
  func busyCompaction() throws {
    try synthetic.version([1])
    try synthetic.version(Array(10..<3000))
    try registry.delete(versions: [name(2)], runs: [2])
    _ = try registry.collectGarbage(compacting: false)
    let reader = try Connection(path: registry.path, mode: .readOnly)
    try reader.transaction(.deferred) {
      _ = try reader.queryFirst("SELECT count(*) FROM runs") { row in try row.int(0) }
      #expect(try registry.compact(busyLimit: .milliseconds(20)) == .failed(.busy(path: registry.path)))
    }
    #expect(try registry.compact() == .done)
  }

  @Test("what was taken back or fine-tuned meanwhile stays: each row is looked at again under the lock")
  func meanwhile() throws {
    for number in 1...3 { try synthetic.version([number]) }
    let parent = try registry.version(name(2))
    try registry.delete(versions: [name(1), name(2), name(3)], runs: [1, 2, 3])
    let plan = try registry.snapshot { try GarbagePlan(registry.connection, deletedUpTo: "9999") }
    #expect(plan.versions.count == 3 && plan.runs.count == 3 && plan.tensors.count == 3)
    try registry.restore(versions: [name(1)])
    try synthetic.version([3], parent: parent)
    let report = try registry.remove(plan)
    #expect(report.versions == 1 && report.runs == 1 && report.tensors == 0)
    #expect(try registry.stateDict(registry.version(name(1))) == Synthetic.stateDict([1]))
    #expect(try registry.stateDict(registry.version(name(4))) == Synthetic.stateDict([3]))
    #expect(try synthetic.texts("PRAGMA foreign_key_check").isEmpty)
  }
}
