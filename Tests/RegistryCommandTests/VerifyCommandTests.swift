import Foundation
import ModelRegistry
import TestSupport
import Testing

/// `verify`, `backup`, `merge` and `migrate` as programs.
struct VerifyCommandTests {
  /// Flips bits of a tensor in the stock shell; the triggers stand again afterwards.
  private static let rot = """
    PRAGMA writable_schema=ON;
    CREATE TEMP TABLE kept AS SELECT name, sql FROM sqlite_schema WHERE name = 'tensors_update';
    DROP TRIGGER tensors_update;
    UPDATE tensors SET data = CAST(x'01' || substr(data, 2) AS BLOB) WHERE id = 5;
    INSERT INTO sqlite_schema SELECT 'trigger', name, 'tensors', 0, sql FROM kept;
    """

  private func rotten() throws -> Program {
    let program = try Program(copying: Shared.tutorial().program)
    let result = try program.command(["sqlite3", "registry.db"], input: Self.rot)
    #expect(result.stderr == "")
    return program
  }

  @Test("verify says what it looked at, and exits 0")
  func sound() throws {
    let program = try Shared.tutorial().program
    let result = try program("verify")
    #expect(result.status == 0 && result.stderr == "")
    #expect(
      result.stdout.hasPrefix("registry.db is sound: ") && result.stdout.contains("24 tensors, 3 datasets, 1 model, 3 runs, 3 versions"))
    let json = try program("verify", "--format", "json").json()
    #expect(json.ok == .bool(true) && json.problems == .array([]) && json.checked?.tensors?.number == 24)
    #expect(try program("verify", "--quick").status == 0)
  }

  @Test("verify names what is rotten and where, and exits 65; so does everything that would read it")
  func rot() throws {
    let program = try rotten()
    let before = try program.files()
    let result = try program("verify")
    #expect(result.status == 65)
    #expect(
      result.stdout.hasPrefix(
        "tensor: tensors id 5 (linear_1.weight of neural-net/1): the data is not what was stored: its digest is another\n"))
    #expect(result.stderr == "Error: registry.db has 2 problems.\n")
    let json = try program("verify", "--format", "json")
    #expect(json.status == 65 && result.stderr == json.stderr)
    let problem = try json.json().problems?.array.first
    #expect(problem?.kind?.string == "tensor" && problem?["where"]?.string == "tensors id 5 (linear_1.weight of neural-net/1)")
    #expect(problem?.what?.string == "the data is not what was stored: its digest is another")
    #expect(try program("verify", "--format", "csv").lines.first == "kind,what,where")
    for command in [["show", "1"], ["predict", "--version", "1"], ["evaluate", "--version", "1"]] {
      let result = try program(command)
      #expect(result.status == 65 && result.stdout == "")
      #expect(
        result.stderr
          == "Error: tensor 'linear_1.weight' of neural-net/1 in registry.db is not what was stored.\n  hint: registry verify --db registry.db\n"
      )
    }
    #expect(try program("predict", "--version", "2").status == 0)
    #expect(try program.files() == before)
  }

  @Test("a file too damaged to be opened is an answer in JSON as well")
  func unreadable() throws {
    let program = try Program(copying: Shared.tutorial().program)
    #expect(try program.command(["sqlite3", "registry.db", "DROP TRIGGER tensors_update"]).status == 0)
    let result = try program("verify", "--format", "json")
    #expect(result.status == 65)
    let json = try result.json()
    #expect(json.ok == .bool(false) && json.problems?.array.first?["where"]?.string == "registry.db")
    #expect(result.errorLine == "Error: registry.db has been tampered with: trigger 'tensors_update' was changed or removed.")
  }

  @Test("backup never takes the place of a pipe or a device, and names the folder that isn't there")
  func backupPlaces() throws {
    let program = try Program(copying: Shared.tutorial().program)
    _ = try program.command(["mkfifo", "pipe"])
    _ = try program.command(["ln", "-s", "pipe", "link"])
    for place in ["pipe", "link"] {
      let refused = try program("backup", place, "--force")
      #expect(refused.status == 73 && refused.errorLine == "Error: '\(place)' isn't a regular file.", "\(refused)")
      #expect(try program.command(["test", "-p", place]).status == 0)
    }
    let missing = try program("backup", "x/copy.db")
    #expect(missing.status == 66)
    #expect(missing.stderr == "Error: cannot create 'x/copy.db': there is no folder 'x'.\n  hint: mkdir -p x\n")
    #expect(try program("backup", "-").status == 64)
  }

  @Test("backup makes a registry that verifies, and refuses to replace a file unless told to")
  func backup() throws {
    let program = try Program(copying: Shared.tutorial().program)
    let result = try program("backup", "copy.db")
    #expect(result.status == 0 && result.stderr == "")
    #expect(result.stdout.hasPrefix("Copied registry.db to copy.db, and verified it: "))
    #expect(try program("list", "--db", "copy.db") == program("list"))
    try Refusal("backup", "copy.db", code: 73, error: "'copy.db' exists already.", hint: "registry backup copy.db --force").check(
      in: program)
    #expect(try program("backup", "copy.db", "--force", "--format", "json").json().tensors?.number == 24)
    try Refusal(
      "backup", "registry.db", "--force", code: 64, error: "'registry.db' is the registry itself: a copy needs a name of its own."
    )
    .check(in: program)
    try Refusal("backup", "no/copy.db", code: 66, error: "cannot create 'no/copy.db': there is no folder 'no'.").check(in: program)
    #expect(Set(try program.files().keys) == ["registry.db", "copy.db"])
  }

  @Test("a backup of what is rotten is none")
  func rottenBackup() throws {
    let program = try rotten()
    try Refusal(
      "backup", "copy.db", code: 65,
      error:
        "the copy of registry.db doesn't verify, so it was not kept: tensors id 5 (linear_1.weight of neural-net/1): the data is not what was stored: its digest is another.",
      hint: "registry verify --db registry.db"
    ).check(in: program)
  }

  @Test("a full disk leaves no part of a backup")
  func fullDisk() throws {
    let program = try Program(copying: Shared.tutorial().program)
    let result = try program.shell("ulimit -f 400; trap '' XFSZ; $registry backup copy.db")
    #expect(result.status == 74, "\(result)")
    #expect(result.stdout == "" && result.errorLine.hasPrefix("Error: "))
    #expect(Set(try program.files().keys) == ["registry.db"])
  }

  @Test("merge prints where each version went, and the second time that there is nothing to do")
  func merge() throws {
    let program = try Program(copying: Shared.tutorial().program)
    #expect(try program("train", "--db", "other.db", "--epochs", "5", "--seed", "9").status == 0)
    #expect(
      try program("merge", "other.db", "--dry-run").lines.last?.hasPrefix(
        "Would merge other.db into registry.db: 1 version, 1 run, 1 dataset, 8 tensors") == true)
    let result = try program("merge", "other.db")
    #expect(result.status == 0 && result.stderr == "")
    #expect(result.lines.first == "theirs neural-net/1 → ours neural-net/4")
    let again = try program("merge", "other.db")
    #expect(again.status == 0 && again.stdout == "Nothing to merge: all of other.db is in registry.db already\n")
    #expect(try program("verify").status == 0)
    let json = try program("merge", "other.db", "--db", "new.db", "--format", "json").json()
    #expect(json.versions?.array.first?.ours?.string == "neural-net/1" && json.merged == .bool(true))
    try Refusal("merge", "registry.db", code: 64, error: "'registry.db' is the registry itself: there is nothing to merge.").check(
      in: program)
    try Refusal(
      "merge", "no.db", code: 66, error: "there is no registry 'no.db'.", hint: "registry merge new.db, or registry merge other.db"
    ).check(
      in: program)
  }

  @Test("merge of what is rotten stores nothing, and makes no file")
  func rottenMerge() throws {
    let program = try rotten()
    for database in ["new.db", "registry.db"] {
      let before = try program.files()
      let result = try program("merge", "registry.db", "--db", database == "new.db" ? database : "./again.db")
      #expect(result.status == 65 && result.errorLine.hasPrefix("Error: registry.db doesn't verify, so nothing was merged: tensors id 5"))
      #expect(try program.files() == before)
    }
  }

  @Test("a registry of an older schema is read and merged from as it is, and said to be old")
  func older() throws {
    let program = try Program()
    try FileManager.default.copyItem(atPath: Fixtures.path("registries/schema-1.db"), toPath: program.folder.path("old.db"))
    let before = try program.files()
    let reading = [
      ["list"], ["show", "iris/1"], ["predict", "--version", "iris/1"], ["sql", "SELECT count(*) FROM version_metrics"],
    ]
    for command in reading {
      let result = try program(command + ["--db", "old.db", "--format", "json"])
      #expect(result.status == 0, "\(result)")
      #expect(
        result.stderr
          == "old.db has migration 1 and stays as it is: an upgraded copy is read (registry migrate --db old.db upgrades the file)\n")
      #expect(try result.json() != .null)
    }
    // These are of the file itself.
    for command in [["backup", "copy.db"], ["verify"], ["gc", "--dry-run"]] {
      let result = try program(command + ["--db", "old.db"])
      #expect(result.status == 65)
      #expect(
        result.stderr
          == "Error: old.db has migration 1, this program needs \(Registry.newestMigration).\n  hint: registry migrate --db old.db\n")
    }
    #expect(try program.files() == before)
    #expect(try program("merge", "old.db").status == 0)
    #expect(try program.files()["old.db"] == before["old.db"])
    #expect(try program("verify").status == 0)
  }

  @Test("migrate says that there is nothing to do")
  func migrate() throws {
    let program = try Program(copying: Shared.tutorial().program)
    let before = try program.files()
    #expect(try program("migrate").stdout == "registry.db has migration \(Registry.newestMigration): nothing to do\n")
    #expect(try program.files() == before)
  }
}
