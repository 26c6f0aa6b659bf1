import Foundation
import TestSupport
import Testing

/// Plain SQL is an interface for reading.  A run that somebody makes with it all the same is named, and blocks nothing else.
@Suite("a run made by plain SQL")
struct StrayRunTests {
  static let uuid = "00000000-0000-4000-8000-000000000004"

  /// What is written, and what verify says of it.
  static let runs: [(name: String, columns: String, values: String, problem: String)] = [
    (
      "without a seal", "status, ended_at", "'finished', '2026-01-01T00:00:00.000Z'",
      "it is finished, but nothing seals its params and metrics"
    ),
    (
      "with a seal of its own", "status, ended_at, digest",
      "'finished', '2026-01-01T00:00:00.000Z', '\(String(repeating: "a", count: 64))'",
      "the record of run 4 is not what was stored"
    ),
  ]

  private func program(_ columns: String, _ values: String) throws -> Program {
    let program = try Program(copying: Shared.tutorial().program)
    let made = try program.command([
      "sqlite3", "registry.db", "INSERT INTO runs (id, uuid, kind, model_id, \(columns)) VALUES (4, '\(Self.uuid)', 'train', 1, \(values))",
    ])
    #expect(made.status == 0 && made.stderr == "")
    return program
  }

  @Test("is the one problem that verify finds, with the command that removes it", arguments: runs.indices)
  func verify(index: Int) throws {
    let run = Self.runs[index]
    let program = try program(run.columns, run.values)
    let found = try program("verify")
    #expect(found.status == 65)
    #expect(found.stdout == "run: runs id 4 (neural-net): \(run.problem)\n")
    #expect(found.stderr == "Error: registry.db has a problem.\n  hint: registry delete --run 4 --db registry.db\n")
    let json = try program("verify", "--format", "json").json()
    #expect(json.ok == .bool(false) && json.stray_runs?.numbers == [4] && json.problems?.array.count == 1)
    #expect(json.checked?.versions?.number == 3)
    #expect(try program("list", "--format", "json").json().array.count == 3)
    for command in [["delete", "--run", "4"], ["gc"], ["verify"]] { #expect(try program(command).status == 0, "\(command)") }
  }

  @Test(
    "is refused where its params and metrics are asked for",
    arguments: [["show", "--run", "4"], ["compare", "--run", "1", "4"], ["plot", "--run", "4"]])
  func shown(command: [String]) throws {
    try Refusal(
      "show", "--run", "4", code: 65, error: "run 4 in registry.db wasn't finished by this program: nothing seals its params and metrics.",
      hint: "registry delete --run 4 --db registry.db"
    ).check(in: program(Self.runs[0].columns, Self.runs[0].values))
    let other = try program(Self.runs[1].columns, Self.runs[1].values)(command)
    #expect(other.errorLine == "Error: the record of run 4 in registry.db is not what was stored." && other.status == 65)
  }

  @Test("is copied by backup as it is, and said", arguments: runs.indices)
  func backup(index: Int) throws {
    let run = Self.runs[index]
    let program = try program(run.columns, run.values)
    let copied = try program("backup", "copy.db")
    #expect(copied.status == 0)
    #expect(copied.stderr == "Warning: run 4 doesn't verify; copied as it is.\n")
    #expect(try program("list", "--db", "copy.db", "--format", "csv").stdout == program("list", "--format", "csv").stdout)
    #expect(try program("backup", "again.db", "--format", "json").json().stray_runs?.numbers == [4])
    #expect(try program("verify", "--db", "copy.db", "--format", "json").json().stray_runs?.numbers == [4])
  }

  @Test("stays behind in a merge, which takes all else", arguments: runs.indices)
  func merge(index: Int) throws {
    let run = Self.runs[index]
    let program = try program(run.columns, run.values)
    let merged = try program("merge", "registry.db", "--db", "ours.db")
    #expect(merged.status == 0)
    #expect(merged.lines.contains("left out: run 4 of neural-net, which doesn't verify"))
    #expect(try program("list", "runs", "--db", "ours.db", "--format", "json").json().array.count == 3)
    #expect(try program("verify", "--db", "ours.db").status == 0)
    let again = try program("merge", "registry.db", "--db", "ours.db", "--format", "json")
    #expect(try again.status == 0 && again.json().merged == .bool(false) && again.json().runs?.number == 0)
    #expect(try again.json().stray_runs?.array == [.string("run 4 of neural-net")])
  }

  @Test("is another thing than damage: a changed loss of a run that a version came of blocks backup and merge")
  func damage() throws {
    let program = try Program(copying: Shared.tutorial().program)
    let script = """
      DROP TRIGGER metrics_update; UPDATE metrics SET value = 0.5 WHERE run_id = 2 AND key = 'train_loss' AND step = 3;
      """
    let triggers = try program.command(["sqlite3", "registry.db", "SELECT sql FROM sqlite_schema WHERE name = 'metrics_update'"]).stdout
    #expect(try program.command(["sqlite3", "registry.db", "\(script) \(triggers)"]).status == 0)
    #expect(try program("verify", "--format", "json").json().stray_runs == nil)
    #expect(try program("backup", "copy.db").status == 65)
    #expect(try program("merge", "registry.db", "--db", "ours.db").status == 65)
    #expect(try program.files().keys.contains("copy.db") == false)
  }
}
