import Foundation
import TestSupport
import Testing

/// Databases that aren't registries, or that can't be read or written.
struct BadFileTests {
  /// Every command that reads: none makes a file.
  private static let reading = [
    ["list"], ["list", "runs"], ["show", "1"], ["show", "--run", "1"], ["predict"], ["predict", "--version", "3", "-1", "1"],
  ]
  private static let training = ["train", "--epochs", "1"]

  @Test("a missing file is not made by a command that reads", arguments: reading)
  func missing(command: [String]) throws {
    let program = try Program()
    let result = try program(command + ["--db", "a b.db"])
    #expect(result.status == 66)
    #expect(result.stdout == "")
    let hint = "registry train --db 'a b.db' or registry run --db 'a b.db' -- COMMAND makes one"
    #expect(result.stderr == "Error: there is no registry 'a b.db'.\n  hint: \(hint)\n")
    #expect(try program.files().isEmpty)
  }

  /// A path, and the hint beside cancer.db, iris.db and a text that is called notes.db.
  private static let mistyped = [
    ("cancr.db", "did you mean --db cancer.db?"), ("./irs.db", "did you mean --db ./iris.db?"),
    ("registry.db", "--db cancer.db, or --db iris.db"), ("notes", "--db cancer.db, or --db iris.db"),
    ("empty/registry.db", "registry train --db empty/registry.db or registry run --db empty/registry.db -- COMMAND makes one"),
    ("nowhere/iris.db", "--db PATH names another file"),
  ]

  @Test("a missing file's neighbours are named", arguments: mistyped.indices)
  func neighbours(index: Int) throws {
    let (path, hint) = Self.mistyped[index]
    let program = try Program()
    for name in ["cancer.db", "iris.db"] { #expect(try program("train", "--epochs", "1", "--quiet", "--db", name).status == 0) }
    try program.folder.write("notes.db", "no database")
    try FileManager.default.createDirectory(atPath: program.folder.path("empty"), withIntermediateDirectories: true)
    for command in [["list"], ["predict", "1", "1"], ["gc"]] {
      let result = try program(command + ["--db", path])
      #expect(result.status == 66 && result.stdout == "")
      #expect(result.errorLine.hasPrefix("Error: there is no registry '\(path)'"))
      #expect(result.stderr.hasSuffix("\n  hint: \(hint)\n"), "\(result.stderr)")
    }
    #expect(
      try Set(FileManager.default.contentsOfDirectory(atPath: program.folder.url.path)) == ["cancer.db", "iris.db", "notes.db", "empty"])
  }

  @Test("the file of $REGISTRY_DB is named as it was given")
  func environment() throws {
    let result = try Program()(["list"], environment: ["REGISTRY_DB": "./x.db"])
    #expect(result.errorLine == "Error: there is no registry './x.db'.")
  }

  @Test("an empty file stays empty, and is told from a registry", arguments: reading)
  func empty(command: [String]) throws {
    let program = try Program()
    try program.folder.write("registry.db", "")
    let result = try program(command)
    #expect(result.status == 65)
    #expect(result.stderr == "Error: 'registry.db' is empty: it holds no registry yet.\n  hint: registry train --db registry.db\n")
    #expect(try program.files() == ["registry.db": Data()])
  }

  @Test("train begins a registry in an empty file")
  func trainIntoEmpty() throws {
    let program = try Program()
    try program.folder.write("registry.db", "")
    #expect(try program(Self.training).status == 0)
    #expect(try program("list", "--format", "json").json().array.count == 1)
  }

  @Test("a file that is no database is refused by all and left alone", arguments: reading + [training])
  func notADatabase(command: [String]) throws {
    for text in ["x0,x1\n1,2\n", "xy", String(repeating: "SQLite format 4\0", count: 1000)] {
      let program = try Program()
      try program.folder.write("registry.db", text)
      let before = try program.files()
      let result = try program(command)
      #expect(result.status == 65)
      #expect(result.stdout == "")
      #expect(result.stderr == "Error: 'registry.db' is not a registry: it isn't a SQLite database.\n")
      #expect(try program.files() == before)
    }
  }

  @Test(
    "a database of another program is refused by all and left alone", arguments: reading + [training],
    ["CREATE TABLE t(a)", "PRAGMA application_id=1; CREATE TABLE t(a)", "PRAGMA user_version=1; CREATE TABLE models(a)"])
  func foreign(command: [String], sql: String) throws {
    let program = try Program()
    #expect(try program.command(["sqlite3", "registry.db", sql]).status == 0)
    let before = try program.files()
    let result = try program(command)
    #expect(result.status == 65)
    #expect(result.stdout == "")
    #expect(result.stderr == "Error: 'registry.db' is a database of another program, not a registry.\n")
    #expect(try program.files() == before)
  }

  @Test("a directory is no registry", arguments: reading + [training])
  func directory(command: [String]) throws {
    let program = try Program()
    try FileManager.default.createDirectory(at: program.folder.url.appending(path: "models"), withIntermediateDirectories: false)
    let result = try program(command + ["--db", "models"])
    #expect(result.status == 65)
    #expect(result.stdout == "")
    #expect(result.stderr == "Error: 'models' is a directory, not a registry.\n  hint: --db models/registry.db\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path("models")).isEmpty)
  }

  @Test("train says which folder is missing")
  func missingFolder() throws {
    let program = try Program()
    try Refusal(
      "train", "--epochs", "1", "--db", "no/such/x.db", code: 66, error: "cannot create 'no/such/x.db': there is no folder 'no/such'.",
      hint: "mkdir -p no/such"
    ).check(in: program)
  }

  @Test(
    "a registry cut short or with bytes overwritten is damaged or no database, never a crash", arguments: [100, 5_000, 40_000, 200_000])
  func damaged(length: Int) throws {
    let program = try Program()
    let whole = try #require(Shared.tutorial().program.files()["registry.db"])
    try whole.prefix(length).write(to: program.folder.url.appending(path: "registry.db"))
    for command in Self.reading {
      let result = try program(command)
      #expect(result.status == 65, "\(result.stderr)")
      #expect(result.errorLine.hasPrefix("Error: "))
    }
  }

  // MARK: files that may not be read or written.  The superuser may, unless it gives that right up before.

  private func unprivileged(_ program: Program, _ arguments: [String]) throws -> ProcessResult {
    let command = [try Program.path()] + arguments
    guard geteuid() == 0 else { return try program.command(command) }
    return try program.command(["setpriv", "--bounding-set=-dac_override,-dac_read_search"] + command)
  }

  private func setMode(_ mode: Int, of path: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  @Test("a read-only file is read, and refused by train")
  func readOnly() throws {
    let program = try Program(copying: Shared.tutorial().program)
    try setMode(0o444, of: program.folder.path("registry.db"))
    let before = try program.files()
    #expect(try unprivileged(program, ["list", "--format", "json"]).json().array.count == 3)
    #expect(try unprivileged(program, ["predict", "-1", "1"]).status == 0)
    let result = try unprivileged(program, Self.training)
    #expect(result.status == 74)
    #expect(result.stdout == "")
    #expect(result.stderr == "Error: 'registry.db' can only be read.\n  hint: ls -l registry.db\n")
    #expect(try program.files() == before)
  }

  @Test("a file that may not be read says so", arguments: reading + [training])
  func unreadable(command: [String]) throws {
    let program = try Program(copying: Shared.tutorial().program)
    try setMode(0, of: program.folder.path("registry.db"))
    let result = try unprivileged(program, command)
    #expect(result.status == 74)
    #expect(result.stdout == "")
    #expect(result.stderr == "Error: 'registry.db' may not be opened: permission denied.\n  hint: ls -l registry.db\n")
  }

  @Test("a folder that may not be written to gets no new registry")
  func readOnlyFolder() throws {
    let program = try Program()
    try setMode(0o555, of: program.folder.url.path)
    defer { try? setMode(0o755, of: program.folder.url.path) }
    let result = try unprivileged(program, Self.training)
    #expect(result.status == 74)
    #expect(result.stdout == "")
    #expect(result.stderr == "Error: cannot create 'registry.db': permission denied.\n  hint: ls -ld .\n")
    #expect(try program.files().isEmpty)
  }

  @Test("a registry in a folder that may not be written to is read")
  func fileInReadOnlyFolder() throws {
    let program = try Program(copying: Shared.tutorial().program)
    try setMode(0o555, of: program.folder.url.path)
    defer { try? setMode(0o755, of: program.folder.url.path) }
    let before = try program.files()
    #expect(try unprivileged(program, ["list", "--format", "json"]).json().array.count == 3)
    let result = try unprivileged(program, Self.training)
    #expect(result.status == 74)
    #expect(result.errorLine == "Error: '.' can only be read.")
    #expect(try program.files() == before)
  }
}
