import Foundation
import SQLite
import StoreTestSupport
import Tensors
import TestSupport
import Testing

@testable import RegistryStore

/// What gc, verify, delete and restore do with logged runs, their parts, files, experiments and notes.
@Suite("keeping logged runs")
struct LoggedKeepingTests {
  let stored: StoredRegistry
  var registry: Registry { stored.registry }

  init() throws { stored = try StoredRegistry() }

  private func version(_ number: Float = 1, files: [String] = []) throws -> LoggedVersion {
    var version = LoggedVersion(try StateDict([(name: "w", tensor: Tensor([number, 1]))]))
    for name in files {
      let file = stored.folder.path(name)
      try Data(name.utf8).write(to: URL(fileURLWithPath: file))
      version.files.append((file: file, name: name))
    }
    return version
  }

  private func problems() throws -> [String] {
    try stored.reopened().verify().problems.map { "\($0.kind.rawValue): \($0.place): \($0.what)" }
  }

  private func count(_ table: String) throws -> Int { try stored.count("SELECT count(*) FROM \(table)") }

  // MARK: gc

  @Test("gc removes deleted runs with their files, notes and metrics; what a live one has stays")
  func garbage() throws {
    let first = try registry.startRun(experiment: "old")
    try first.add(bytes: [1, 2], as: "mine.bin")
    try first.add(bytes: [7], as: "shared.bin")
    try first.add(note: "x")
    try first.log("loss", step: 0, 1)
    try first.end()
    let second = try registry.startRun(model: "m")
    try second.add(bytes: [7], as: "s.bin")
    try second.finish(version(files: ["t.json"]))
    try registry.writing { try registry.connection.execute("UPDATE experiments SET deleted_at = ? WHERE name = 'old'", Timestamp.now.text) }
    #expect(try registry.garbage().experiments == 0, "a run is left in it")
    try registry.delete(versions: [], runs: [1])
    let told = try registry.garbage()
    let report = try registry.collectGarbage(compacting: false)
    for report in [told, report] {
      #expect(report.runs == 1 && report.experiments == 1 && report.files == 1 && report.fileBytes == 2 && report.metrics == 1)
      #expect(report.unfinished == 0 && report.bytes == 2 + "loss".count + 26)
    }
    #expect(try count("run_files") == 1 && count("dated_notes") == 0 && count("metrics_latest") == 0 && count("contents") == 2)
    #expect(try problems().isEmpty && registry.garbage().isEmpty)
    try registry.delete(versions: [VersionName("m/1")], runs: [2])
    #expect(try registry.collectGarbage().files == 2)
    #expect(try count("contents") == 0 && count("version_files") == 0 && problems().isEmpty)
  }

  @Test("gc leaves a deleted run alone while its writer lives")
  func deletedWhileWritten() throws {
    let run = try registry.startRun()
    try run.add(bytes: [1], as: "a")
    // Plain SQL may delete it.
    try Connection(path: stored.path, mode: .readWrite).execute("UPDATE runs SET deleted_at = '2026-01-01T00:00:00.000Z'")
    #expect(try registry.collectGarbage().isEmpty)
    try stored.abandon(run: 1)
    #expect(try registry.collectGarbage().runs == 1)
  }

  @Test("a run with several versions goes with the last of them")
  func severalVersions() throws {
    let run = try registry.startRun(model: "m")
    for number in 1...3 { try run.save(version(Float(number))) }
    try run.end()
    try registry.delete(versions: [VersionName("m/1"), VersionName("m/3")])
    #expect(try registry.collectGarbage().versions == 2)
    try registry.delete(versions: [VersionName("m/2")], runs: [1])
    let report = try registry.collectGarbage()
    #expect(report.versions == 1 && report.runs == 1 && report.tensors == 1)
  }

  // MARK: delete and restore

  @Test("a run whose writer has gone is deleted as an interrupted one, and comes back with its files")
  func deleteAndRestore() throws {
    let run = try registry.startRun()
    try run.log("loss", step: 0, 1)
    try run.add(bytes: [1], as: "a.bin")
    expect(.stillRunning) { try registry.delete(versions: [], runs: [1]) }
    try stored.abandon(run: 1)
    try registry.delete(versions: [], runs: [1])
    #expect(try registry.query(SQLQuery("SELECT count(*) FROM artifacts")).table.rows == [[.integer(0)]])
    expect(.deletedRun) { try registry.continueRun(1) }
    try registry.restore(versions: [], runs: [1])
    let record = try registry.run(1)
    #expect(record.status == .interrupted && record.files.map(\.path) == ["a.bin"] && record.metrics.count == 1)
    let again = try registry.continueRun(1)
    try again.log("loss", 2)
    try again.end()
    #expect(try problems().isEmpty)
  }

  @Test("a run's parts stay when it is deleted, and stand alone once gc has removed it")
  func parts() throws {
    let whole = try registry.startRun()
    var info = RunInfo(name: "part")
    info.parentRun = whole.run
    let part = try registry.startRun(info)
    try part.end()
    try whole.end()
    try registry.delete(versions: [], runs: [whole.run])
    #expect(try registry.run(part.run).parentRun == whole.run)
    #expect(try registry.query(SQLQuery("SELECT run FROM run_list")).table.rows == [[.integer(2)]])
    _ = try registry.collectGarbage()
    #expect(try registry.run(part.run).parentRun == nil && problems().isEmpty)
  }

  // MARK: verify

  struct Damage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let table: String
    let sql: String
    let says: [String]

    init(_ name: String, _ table: String, _ sql: String, _ says: String...) {
      (testDescription, self.table, self.sql, self.says) = (name, table, sql, says)
    }
  }

  /// Run 1 has a file, run 2 is a part of it; m/1 is of run 1 with two files; run 3 is logged without a model.
  static let damages = [
    Damage(
      "half of a file's bytes", "content_pieces", "UPDATE content_pieces SET data = x'00' WHERE content_id = 1",
      "content: contents id 1 (a.bin of run 1): its pieces are not the 3 bytes that were stored"),
    Damage(
      "another byte of a file", "content_pieces", "UPDATE content_pieces SET data = x'010204' WHERE content_id = 1",
      "content: contents id 1 (a.bin of run 1): the data is not what was stored: its digest is another"),
    Damage(
      "a run's file without contents", "run_files", "UPDATE run_files SET content_id = 99",
      "artifact: run_files: a.bin of run 1: there are no such contents"),
    Damage(
      "contents of a run's file unsealed", "contents", "UPDATE contents SET digest = NULL, byte_count = NULL WHERE id = 1",
      "artifact: run_files: a.bin of run 1: its contents were never finished"),
    Damage(
      "a version without a file", "version_files", "DELETE FROM version_files WHERE path = 't.json'",
      "version: model_versions id 1 (m/1): file_count is 2, there are 1"),
    Damage(
      "a version with a file more", "version_files", "INSERT INTO version_files VALUES (1, 'x', 1)",
      "version: model_versions id 1 (m/1): file_count is 2, there are 3"),
    Damage(
      "a version with another file", "version_files", "UPDATE version_files SET content_id = 1 WHERE path = 't.json'",
      "version: model_versions id 1 (m/1): version m/1 is not what was stored"),
    Damage(
      "a version's step", "model_versions", "UPDATE model_versions SET step = 6",
      "version: model_versions id 1 (m/1): version m/1 is not what was stored"),
    Damage(
      "a version's source", "model_versions", "UPDATE model_versions SET source = 'y'",
      "version: model_versions id 1 (m/1): version m/1 is not what was stored"),
    Damage(
      "the newest value of a metric", "metrics_latest", "UPDATE metrics_latest SET value = 9",
      "run: runs id 1 (m): metrics_latest has not the newest value of 'loss'"),
    Damage(
      "a newest value of no metric", "metrics_latest", "INSERT INTO metrics_latest VALUES (3, 'ghost', 1, 1, 1)",
      "run: runs id 3 (?): metrics_latest has not the newest value of 'ghost'"),
    Damage("no newest value", "metrics_latest", "DELETE FROM metrics_latest", "metrics_latest has not the newest value of 'loss'"),
    Damage(
      "a newest value of no run", "metrics_latest", "INSERT INTO metrics_latest VALUES (99, 'ghost', 1, 1, 1)",
      "reference: metrics_latest: it refers to a row of runs that isn't there"),
    Damage("a spelling", "params", "UPDATE params SET text = '0.100'", "run: runs id 1 (m): the record of run 1 is not what was stored"),
    Damage(
      "a run that is a part of its part", "runs", "UPDATE runs SET parent_run_id = 2 WHERE id = 1",
      "run: runs id 1 (m): it is a part of itself", "run: runs id 2 (?): it is a part of itself"),
    Damage(
      "a part of no run", "runs", "UPDATE runs SET parent_run_id = 99 WHERE id = 2",
      "reference: runs id 2: it refers to a row of runs that isn't there"),
    Damage(
      "a run of no experiment", "runs", "UPDATE runs SET experiment_id = 99 WHERE id = 2",
      "reference: runs id 2: it refers to a row of experiments that isn't there"),
    Damage(
      "a version whose run has no model", "runs", "UPDATE runs SET model_id = NULL WHERE id = 1",
      "version: model_versions id 1 (m/1): its run is of another model"),
    Damage(
      "no Default", "experiments", "DELETE FROM experiments WHERE id = 0",
      "experiment: experiments: there is no experiment Default of number 0"),
    Damage(
      "a note about nothing", "dated_notes", "UPDATE dated_notes SET subject_id = 99",
      "note: dated_notes id 1: it is about run 99, which isn't there"),
    Damage(
      "a dataset of no run", "run_datasets", "UPDATE run_datasets SET run_id = 99",
      "reference: run_datasets: it refers to a row of runs that isn't there"),
  ]

  @Test("verify tells of every damage, with its place", arguments: damages)
  func damage(_ damage: Damage) throws {
    let first = try registry.startRun(model: "m", params: ["lr": ParamValue(written: "0.10")])
    try first.log("loss", step: 5, 1)
    try first.add(bytes: [1, 2, 3], as: "a.bin")
    try first.add(note: "x")
    try first.add(dataset: RunDataset(name: "d", digest: "d"))
    var content = try version(files: ["t.json", "v.json"])
    (content.step, content.source) = (5, "x")
    try first.finish(content)
    var info = RunInfo()
    info.parentRun = 1
    try registry.startRun(info).end()
    try registry.startRun().end()
    try #require(try problems().isEmpty)
    try stored.tamper(damage.table, damage.sql, foreignKeys: false)
    let found = try problems()
    for text in damage.says { #expect(found.contains { $0.contains(text) }, "found: \(found)") }
  }
}
