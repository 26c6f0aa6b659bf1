import Foundation
import TestSupport
import Testing

@testable import ForeignRuns

@Suite struct MLflowRefusalTests {
  private func database(changed sql: String, in folder: TemporaryFolder) throws -> String {
    let script = try String(contentsOfFile: Fixtures.path("foreign/mlflow-3-db/mlflow.sql"), encoding: .utf8)
    return try folder.database("\(script)\n\(sql)")
  }

  @Test(arguments: [
    (
      "ALTER TABLE metrics RENAME COLUMN is_nan TO nan",
      "was made by an MLflow that this program doesn't know (schema dc11669786a5): it has no 'metrics.is_nan'"
    ),
    ("DROP TABLE params", "was made by an MLflow that this program doesn't know (schema dc11669786a5): it has no 'params'"),
    ("DROP TABLE input_tags", "was made by an MLflow that this program doesn't know (schema dc11669786a5): it has no 'input_tags'"),
    (
      "ALTER TABLE logged_models RENAME COLUMN artifact_location TO x",
      "was made by an MLflow that this program doesn't know (schema dc11669786a5): it has no 'logged_models.artifact_location'"
    ),
    ("DROP TABLE alembic_version", "isn't a database of MLflow: it has no table 'alembic_version'"),
    (
      "DROP TABLE tags; CREATE VIEW tags AS SELECT '' AS key, '' AS value, '' AS run_uuid",
      "was made by an MLflow that this program doesn't know (schema dc11669786a5): it has no 'tags'"
    ),
    ("INSERT INTO alembic_version VALUES ('other')", "is in the middle of an upgrade (schemas 'dc11669786a5', 'other')"),
  ])
  func anUnknownSchemaIsRefusedWithWhatIsMissing(sql: String, problem: String) throws {
    let folder = try TemporaryFolder()
    let path = try database(changed: sql, in: folder)
    #expect(refusal { _ = try MLflowDatabase(path) }?.description == "'\(path)' \(problem)")
  }

  @Test func whatIsNoDatabaseIsRefused() throws {
    let folder = try TemporaryFolder()
    #expect(refusal { _ = try MLflowDatabase(folder.path("none.db")) }?.problem == .noSuchFile)
    #expect(refusal { _ = try MLflowDatabase(folder.url.path) }?.problem == .notAFile)
    let text = try folder.write("text.db", String(repeating: "no database ", count: 100))
    #expect(refusal { _ = try MLflowDatabase(text) }?.problem == .notMLflow(missing: "header of SQLite"))
    let other = try folder.database("CREATE TABLE t (a)", name: "other.db")
    #expect(refusal { _ = try MLflowDatabase(other) }?.problem == .notMLflow(missing: "table 'alembic_version'"))
  }

  @Test(arguments: [
    ("UPDATE runs SET start_time = 'soon'", "column 'start_time' holds text, not integer"),
    ("UPDATE metrics SET value = x'00' WHERE rowid = 1", "column 'value' holds blob, not real"),
    ("UPDATE params SET value = CAST(x'ff' AS TEXT)", "column 'value' holds text that is not UTF-8"),
    ("PRAGMA ignore_check_constraints=ON; UPDATE runs SET status = 'NEW'", "has the unknown status 'NEW'"),
  ])
  func aValueOfAnotherKindIsAnError(sql: String, problem: String) throws {
    let folder = try TemporaryFolder()
    let source = try MLflowDatabase(try database(changed: sql, in: folder))
    #expect(refusal { _ = try everything(in: source) }?.description.contains(problem) == true)
  }

  @Test func damagedPagesAreAnErrorOrAnotherValue() throws {
    let folder = try TemporaryFolder()
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: try database(changed: "", in: folder))))
    for start in stride(from: 100, to: bytes.count, by: bytes.count / 97) {
      var damaged = bytes
      for index in start..<min(start + 16, bytes.count) { damaged[index] ^= 0x5a }
      let path = try folder.write("damaged.db", bytes: damaged)
      do {
        let source = try MLflowDatabase(path)
        _ = try source.experiments()
        _ = try everything(in: source)
        _ = try source.models()
      } catch {
        #expect(error is ForeignError, "byte \(start)")
      }
    }
  }

  @Test func aBrokenRunOfAFolderIsLeftOutAndSaid() throws {
    let folder = try TemporaryFolder()
    try folder.copy(Fixtures.path("foreign/mlflow-2-files/mlruns"), to: "mlruns")
    let all = try MLflowFolder(folder.path("mlruns")).runs()
    let victim = try #require(FileManager.default.subpaths(atPath: folder.path("mlruns"))?.first { $0.hasSuffix("\(all[0].id)/meta.yaml") })
    try folder.write("mlruns/\(victim)", "run_id: !!python/name:os.system\n")
    let source = try MLflowFolder(folder.path("mlruns"))
    #expect(try source.runs().count == all.count - 1)
    #expect(source.remarks.count == 1 && source.remarks[0].isDamage)
  }

  @Test func linksInAFolderAreNotFollowed() throws {
    let folder = try TemporaryFolder()
    try folder.copy(Fixtures.path("foreign/mlflow-2-files/mlruns"), to: "mlruns")
    let secret = try folder.write("secret.txt", "secret")
    let source = try MLflowFolder(folder.path("mlruns"))
    let run = try #require(try source.runs().map { try source.run($0) }.first { $0.name == "sly-owl" })
    let artifacts = try source.place(of: run.id).folder + "/artifacts"
    for (name, target) in [("link.txt", secret), ("etc", "/etc")] {
      try FileManager.default.createSymbolicLink(atPath: "\(artifacts)/\(name)", withDestinationPath: target)
    }
    try FileManager.default.createSymbolicLink(atPath: "\(artifacts)/../params/secret", withDestinationPath: secret)
    let files = try source.files(of: run)
    #expect(files.skipped == ["etc", "link.txt"])
    #expect(files.files.count == 3)
    #expect(try source.run(ForeignRunHeader(uuid: run.uuid, id: run.id)).params.count == run.params.count)
  }

  @Test func aFolderWithoutExperimentsIsRefused() throws {
    let folder = try TemporaryFolder()
    #expect(refusal { _ = try MLflowFolder(folder.url.path) }?.problem == .notRuns)
    #expect(refusal { _ = try MLflowFolder(folder.path("none")) }?.problem == .noSuchFile)
  }

  @Test(arguments: ["", "1\n", "x 1 0\n", "1 x 0\n", "1 2 x\n", "1 2 3 4 5 6 7\n"])
  func aMetricsLineIsATimeAValueAndAStep(line: String) throws {
    let folder = try TemporaryFolder()
    try folder.copy(Fixtures.path("foreign/mlflow-2-files/mlruns"), to: "mlruns")
    let source = try MLflowFolder(folder.path("mlruns"))
    let run = try #require(try source.runs().map { try source.run($0) }.first { $0.name == "sly-owl" })
    let metrics = try source.place(of: run.id).folder + "/metrics"
    try Data("5 0.5 1\n7 0.25 -2 name digest\n9 0.5\n\(line)".utf8).write(to: URL(fileURLWithPath: "\(metrics)/val_loss"))
    let error = refusal {
      let found = try points(of: run, in: source).filter { $0.key == "val_loss" }
      #expect(found == [Point("val_loss", 1, 0.5, 5), Point("val_loss", -2, 0.25, 7), Point("val_loss", 0, 0.5, 9)])
    }
    #expect((error == nil) == line.isEmpty)
  }
}
