import ModelRegistry
import TestSupport
import Testing

@testable import RegistryStore

struct ReproduceCommandTests {
  @Test("says bit-identical, and writes nothing")
  func identical() throws {
    let program = try Program(copying: Shared.tutorial().program)
    let before = try program.files()
    let table = try program("reproduce", "3")
    #expect(table.status == 0 && table.stderr == "")
    #expect(table.stdout == "neural-net/3 is bit-identical: run 3 again, 2000 epochs, 4 tensors and 2002 losses equal\n")
    let json = try program("reproduce", "latest", "--format", "json").json()
    #expect(json.bit_identical == .bool(true) && json.epochs == .number(2000) && json.version == .number(3))
    #expect(json.stored_digest == json.digest && json.program_version == .string(programVersion))
    #expect(try program("reproduce", "1", "--format", "csv").lines.count == 2)
    #expect(try program.files() == before)
  }

  @Test("data from a CSV file, scaled, comes out of the registry again")
  func csv() throws {
    let program = try Program(copying: Shared.cancer().program)
    #expect(try program("reproduce", "cancer/1").status == 0)
  }

  @Test("another result ends with 1, and names the tensors and the program versions")
  func differs() throws {
    let program = try Program(copying: Shared.tutorial().program)
    // Another learning rate and program than it was trained by, sealed as if they were.
    let triggers = try program.command(["sqlite3", "registry.db", "SELECT sql || ';' FROM sqlite_schema WHERE name = 'runs_update'"]).stdout
    func change(_ sql: String) throws {
      #expect(try program.command(["sqlite3", "registry.db", "DROP TRIGGER runs_update; \(sql); \(triggers)"]).stderr == "")
    }
    try change(
      """
      UPDATE runs SET digest = NULL, program_version = '9.9.9' WHERE id = 1;
      UPDATE params SET value = 0.05 WHERE run_id = 1 AND key = 'learning_rate'
      """)
    let seal = try Registry(path: program.folder.path("registry.db")).runDigest(1)
    try change("UPDATE runs SET digest = '\(seal)' WHERE id = 1")
    let result = try program("reproduce", "1")
    #expect(result.status == 1)
    #expect(
      result.errorLine.hasPrefix(
        "Error: neural-net/1 was trained by registry 9.9.9; this one, \(programVersion), gives other bits: tensors that differ: "
          + "'linear_1.weight', 'linear_1.bias', 'linear_2.weight', 'linear_2.bias'; "), "\(result.errorLine)")
    #expect(result.lines.contains { $0.hasPrefix("linear_1.weight  ") })
    let json = try program("reproduce", "1", "--format", "json").json()
    #expect(json.bit_identical == .bool(false))
    #expect(json.differences?.tensors?.array.count == 4 && json.differences?.metrics?.array.isEmpty == false)
  }

  @Test("a version that isn't there is told")
  func missing() throws {
    try Refusal(
      "reproduce", "9", code: 66, error: "no version 9 of 'neural-net' in registry.db (newest is 3).",
      hint: "registry list --db registry.db"
    ).check(in: Program(copying: Shared.tutorial().program))
  }
}
