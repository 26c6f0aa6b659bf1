import Foundation
import TestSupport
import Testing

/// Crafted registries: no command crashes, hangs, writes, or takes what they say for right.
struct HostileDatabaseTests {
  /// Every command that reads.
  private static let commands = [
    ["list"], ["list", "--all", "--format", "json"], ["list", "runs"], ["list", "models"], ["list", "datasets"], ["show", "1"],
    ["show", "1", "--format", "json"], ["show", "--run", "1"], ["predict", "--version", "1", "-1", "1"], ["predict", "--version", "1"],
    ["evaluate", "--version", "1"], ["evaluate", "--version", "1", "--dataset", "blobs-seed1"], ["dataset", "list"],
    ["dataset", "show", "blobs-seed0"], ["dataset", "export", "blobs-seed0"], ["verify", "--format", "json"], ["backup", "copy.db"],
    ["merge", "registry.db", "--db", "new.db"],
  ]

  /// The seeded registry with an attack in it.
  private func program(_ attack: Attack) throws -> Program {
    let program = try Program(copying: Shared.tutorial().program)
    try FileManager.default.copyItem(atPath: program.folder.path("registry.db"), toPath: program.folder.path("pristine.db"))
    defer { try? FileManager.default.removeItem(atPath: program.folder.path("pristine.db")) }
    // The triggers are away meanwhile, unless they are what is attacked; they come back byte for byte.  Three shells, because one that
    // has changed the schema behind SQLite's back goes on with the old one.
    let isOnTriggers = attack.sql.contains("TRIGGER")
    let loosen = """
      UPDATE sqlite_schema
      SET sql = replace(replace(replace(replace(sql, ') STRICT, ', ') '), ') STRICT', ')'), 'IS NOT NULL', 'NOTNULL'), 'NOT NULL', '')
      WHERE type = 'table';
      """
    let restore = """
      UPDATE sqlite_schema AS m SET sql = p.sql FROM pristine.sqlite_schema AS p WHERE p.name = m.name AND m.type = 'table';
      """
    let phases = [
      (isOnTriggers ? "" : "DELETE FROM sqlite_schema WHERE type = 'trigger';") + (attack.isLoose ? loosen : ""), attack.sql + ";",
      (attack.isLoose ? restore : "")
        + (isOnTriggers ? "" : "INSERT INTO sqlite_schema SELECT * FROM pristine.sqlite_schema WHERE type = 'trigger';"),
    ]
    for phase in phases where !phase.isEmpty {
      let script = """
        .dbconfig defensive off
        ATTACH 'pristine.db' AS pristine;
        PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON; PRAGMA writable_schema=ON;
        BEGIN;
        \(phase)
        COMMIT;

        """
      let made = try program.command(["sqlite3", "-batch", "-init", "/dev/null", "registry.db"], input: script)
      // A schema that was made unreadable can't be opened by the shell either.
      let isUnreadable = attack.isRefused || attack.sql.contains("rootpage")
      #expect(made.stderr == "" || isUnreadable, "\(phase) \(made.stderr)")
    }
    #expect(try program.files()["registry.db"] != Shared.tutorial().program.files()["registry.db"])
    return program
  }

  private func check(_ attack: Attack) throws {
    let program = try program(attack)
    let before = try program.files()
    // All of them in `make torture`; else the check, and some.
    let some = Self.commands.indices.filter { Torture.isFull || $0 % 18 == attack.sql.utf8.count % 18 || Self.commands[$0][0] == "verify" }
    for command in some.map({ Self.commands[$0] }) {
      let result = try program.bounded(command)
      let isVerify = command[0] == "verify"
      #expect([0, 65, 66].contains(result.status), "\(command): \(result)")
      if attack.isRefused { #expect(result.status == 65, "\(command): \(result)") }
      if isVerify { #expect(result.status == (attack.isFound ? 65 : 0), "\(result)") }
      #expect(!result.stdout.contains("\u{1b}") && !result.stderr.contains("\u{1b}"), "\(command)")
      if result.status != 0 { #expect(result.errorLine.hasPrefix("Error: "), "\(command): \(result)") }
      for name in ["copy.db", "new.db"] { try? FileManager.default.removeItem(atPath: program.folder.path(name)) }
      #expect(try program.files() == before, "\(command) wrote")
    }
    try checkTraining(attack, program)
  }

  /// What is refused isn't written to either; what isn't takes a training, or says why not.
  private func checkTraining(_ attack: Attack, _ program: Program) throws {
    let before = try program.files()
    let result = try program.bounded(["train", "--epochs", "3"])
    // A counter at its end is told as SQLite tells it: the file is full.
    #expect((attack.isRefused ? [65] : [0, 65, 74]).contains(result.status), "train: \(result)")
    if result.status != 0 { #expect(try program.files() == before, "train wrote") }
  }

  @Test("what a registry holds may be anything", arguments: contents)
  func content(attack: Attack) throws { try check(attack) }

  @Test("what a registry is made of may be anything", arguments: schemas)
  func schema(attack: Attack) throws { try check(attack) }
}
