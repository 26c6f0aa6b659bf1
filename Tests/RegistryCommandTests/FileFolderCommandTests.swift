import Foundation
import TestSupport
import Testing

/// `--artifacts`: where the files of a registry stand, and what the commands that keep it say of them.
struct FileFolderCommandTests {
  private static let lines = """
    {"step": 0, "loss": 0.5}
    {"text": "hello", "as": "a.txt"}
    {"end": "finished"}
    """

  @Test("log makes a registry with a folder beside it, and asks for the same one afterwards")
  func chosen() throws {
    let program = try Program()
    #expect(try program("log", "--artifacts", "files", input: Self.lines).status == 0)
    #expect(try program("log", "--artifacts", "files/", input: Self.lines).status == 0)
    #expect(try program("log", input: Self.lines).status == 0)
    let found = try FileManager.default.subpathsOfDirectory(atPath: program.folder.path("files")).filter { $0.count > 60 }
    #expect(found.count == 1, "equal files are one")
    let other = try program("log", "--artifacts", "others", input: Self.lines)
    #expect(other.status == 65 && other.stderr.contains("it is 'files' since the registry was made (given: 'others')"))
    let goingOn = try program("log", "--run", "1", "--artifacts", "others", input: Self.lines)
    #expect(goingOn.status == 65 && goingOn.stdout == "")
    let empty = try program("log", "--artifacts", "", input: Self.lines)
    #expect(empty.status == 64 && empty.stderr.contains("names no folder"))
    #expect(try program("verify").status == 0)
  }

  @Test("files are no more readable than the registry: with umask 077, and once it is closed to others")
  func permissions() throws {
    func open(_ program: Program) throws -> [String] { try program.shell("find files -perm /077 | sort").lines }
    let log = #"printf '%s\n' '{"text": "$n", "as": "a.txt"}' '{"end": "finished"}' | $registry log --artifacts files"#
    let closed = try Program()
    #expect(try closed.shell("umask 077; \(log)").status == 0 && open(closed).isEmpty)
    let program = try Program()
    #expect(try program.shell("umask 022; \(log)").status == 0 && open(program).count == 4)
    let second = log.replacing("$n", with: "second")
    #expect(try program.shell("umask 022; chmod 600 registry.db; \(second)").status == 0 && open(program).count == 4)
    #expect(try program.command(["find", "files", "-type", "f"]).lines.count == 3, "two, and the mark")
  }

  @Test("train and import take it too; a registry that holds something keeps its files", arguments: ["train", "import"])
  func others(command: String) throws {
    let program = try Program()
    #expect(try program("train", "--epochs", "1", "--db", "first.db").status == 0)
    #expect(try program("export", "1", "-o", "net.pt", "--db", "first.db").status == 0)
    let arguments = command == "train" ? ["train", "--epochs", "1"] : ["import", "net.pt"]
    #expect(try program(arguments + ["--artifacts", "files"]).status == 0)
    #expect(try program("log", input: Self.lines).status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path("files")).count == 2, "one, and the mark")
    let late = try program(arguments + ["--artifacts", "files", "--db", "first.db"])
    #expect(late.status == 65 && late.stderr.contains("a registry has one from its beginning"), "\(late.stderr)")
  }

  @Test("backup copies the files beside the copy and says where; a missing one is named")
  func backup() throws {
    let program = try Program()
    #expect(try program("log", "--artifacts", "files", input: Self.lines).status == 0)
    let made = try program("backup", "copy.db")
    #expect(made.status == 0 && made.stdout.contains("Its files are in copy.db.files: they belong together"))
    #expect(try program("backup", "other.db", "--format", "json").json().files_in?.string == "other.db.files")
    try FileManager.default.removeItem(atPath: program.folder.path("files"))
    #expect(try program("verify", "--db", "copy.db").status == 0)
    let failed = try program("backup", "third.db")
    #expect(failed.status == 66 && failed.stderr.contains("the folder 'files'"), "\(failed.stderr)")
    let found = try program("verify", "--quick")
    #expect(found.status == 65 && found.stdout.contains("a.txt of run 1"), "\(found.stdout)")
  }

  @Test("gc counts files and their bytes, and removes stray ones")
  func garbage() throws {
    let program = try Program()
    #expect(try program("log", "--artifacts", "files", "--name", "x", input: Self.lines).status == 0)
    #expect(try program("delete", "--run", "1").status == 0)
    let told = try program("gc", "--dry-run", "--format", "json").json()
    #expect([told.files, told.file_bytes, told.runs].map { $0?.number } == [1, 5, 1])
    let done = try program("gc")
    #expect(done.stdout.hasPrefix("Removed 1 run, 1 file: about "), "\(done.stdout)")
    let left = try FileManager.default.subpathsOfDirectory(atPath: program.folder.path("files")).filter { $0.count > 60 }
    #expect(left.isEmpty)
  }

  @Test("merge says what came of experiments and files")
  func merge() throws {
    let program = try Program()
    #expect(try program("log", "--experiment", "sweep", "--db", "theirs.db", input: Self.lines).status == 0)
    let merged = try program("merge", "theirs.db", "--format", "json").json()
    #expect(merged.experiments?.array.map(\.string) == ["sweep"])
    #expect([merged.files, merged.file_bytes].map { $0?.number } == [1, 5])
    #expect(try program("merge", "theirs.db").stdout.hasPrefix("Nothing to merge"))
    #expect(
      try program("log", "--run", "1", "--db", "theirs.db", input: #"{"step": 1, "loss": 1}"# + "\n" + #"{"end": "finished"}"#).status == 0)
    #expect(try program("merge", "theirs.db").stdout.hasPrefix("run 1 went on there, and has now what it has there\n"))
  }
}
