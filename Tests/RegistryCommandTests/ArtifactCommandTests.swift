import Foundation
import TestSupport
import Testing

/// `registry artifact`: files of runs and versions.
struct ArtifactCommandTests {
  private let program: Program

  /// Run 1 of xor has a folder of files and a version with one; run 2 is a training.
  init() throws {
    program = try Program()
    try program.folder.write("loss.svg", "<svg/>\n")
    try program.folder.write("odd '\"😀.txt", "odd")
    let lines = """
      {"file": "loss.svg", "as": "plots/loss.svg"}
      {"text": "hello", "as": "notes.txt"}
      {"version": true, "files": ["loss.svg"]}
      {"end": "finished"}
      """
    #expect(try program("log", "--model", "xor", input: lines).status == 0)
    #expect(try program("train", "--epochs", "2", "--quiet").status == 0)
  }

  private func paths(_ arguments: String...) throws -> [String] {
    try program(["artifact", "list", "--format", "json"] + arguments).json().array.compactMap { $0.path?.string }
  }

  @Test("lists the files of runs and versions")
  func listed() throws {
    #expect(try paths("--run", "1") == ["notes.txt", "plots/loss.svg"] && paths("xor/1") == ["loss.svg"])
    let row = try program("artifact", "list", "--run", "1", "--format", "json").json().array[0]
    #expect(row.bytes == 5 && row.digest == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
    let none = try program("artifact", "list", "--run", "2")
    #expect(none.stdout == "" && none.stderr == "run 2 has no files.\n")
  }

  @Test("adds to logged runs and to trainings, also under another name, and replaces what has the name")
  func added() throws {
    for run in ["1", "2"] {
      #expect(try program("artifact", "add", "--run", run, "odd '\"😀.txt").stdout == "Added odd '\"😀.txt to run \(run) (3 bytes)\n")
      #expect(try program("artifact", "add", "--run", run, "loss.svg", "--as", "a/b.svg").status == 0)
      #expect(try paths("--run", run).contains("a/b.svg"))
    }
    try program.folder.write("loss.svg", "other")
    let again = try program("artifact", "add", "--run", "2", "loss.svg", "--as", "a/b.svg", "--format", "json").json().array
    #expect(again.map { $0.bytes } == [5])
    #expect(try program("verify").status == 0)
    #expect(try program("show", "--run", "1").status == 0, "the seal of the run holds")
  }

  @Test("writes what is stored, byte for byte, to a file or to standard output, and nothing over a file that is there")
  func written() throws {
    #expect(try program("artifact", "get", "--run", "1", "plots/loss.svg", "-o", "-").stdout == "<svg/>\n")
    #expect(
      try program("artifact", "get", "xor/1", "loss.svg", "-o", "copy.svg").stdout == "Wrote loss.svg of xor/1 to copy.svg (7 bytes)\n")
    #expect(try program.files()["copy.svg"] == program.files()["loss.svg"])
    #expect(try program("artifact", "get", "--run", "1", "notes.txt").status == 0)
    #expect(try program.files()["notes.txt"] == .init("hello".utf8))
    try program.folder.write("copy.svg", "mine")
    try Refusal(
      "artifact", "get", "xor/1", "loss.svg", "-o", "copy.svg", code: 73, error: "'copy.svg' exists already.", hint: "--force replaces it"
    ).check(in: program)
    #expect(try program("artifact", "get", "xor/1", "loss.svg", "-o", "copy.svg", "--force").status == 0)
    #expect(try program.files()["copy.svg"] == program.files()["loss.svg"])
  }

  @Test("a file isn't added within a file; where an older registry has such a pair, an export names the two and writes nothing")
  func fileAndFolder() throws {
    try Refusal(
      "artifact", "add", "--run", "1", "loss.svg", "--as", "notes.txt/loss.svg", code: 65,
      error: "file 'notes.txt/loss.svg' of run 1 in registry.db: 'notes.txt' is a file of it, and can't be a folder as well.",
      hint: "another name"
    ).check(in: program)
    let line = try program("log", "--run", "1", input: #"{"text": "x", "as": "plots"}"# + "\n" + #"{"end": "finished"}"# + "\n")
    #expect(line.status == 65 && line.stderr.contains("line 1: file 'plots/loss.svg' of run 1 in registry.db: 'plots' is a file of it"))
    let row = "INSERT INTO run_files SELECT run_id, 'plots', content_id, created_at FROM run_files WHERE run_id = 1 LIMIT 1"
    #expect(try program.command(["sqlite3", "registry.db", row]).stderr == "")
    #expect(try program("verify").status == 0)
    let get = "registry artifact get --run 1 plots/loss.svg -o loss.svg"
    try Refusal(
      "export", "--run", "1", "-o", "out", code: 65,
      error: "run 1 has a file 'plots' and a file 'plots/loss.svg' in it: no folder can hold both.", hint: get
    ).check(in: program)
    #expect(try program(get.split(separator: " ").dropFirst().map(String.init) + ["--force"]).status == 0)
    #expect(try program("artifact", "get", "--run", "1", "plots").status == 0)
  }

  @Test("gives out nothing of what is rotten")
  func rotten() throws {
    let sql = """
      DROP TRIGGER content_pieces_update; UPDATE content_pieces SET data = x'48656c6c6f' WHERE data = CAST('hello' AS BLOB)
      """
    let triggers = try program.command(
      ["sqlite3", "registry.db", "SELECT sql FROM sqlite_schema WHERE name = 'content_pieces_update'"]
    ).stdout
    #expect(try program.command(["sqlite3", "registry.db", "\(sql); \(triggers)"]).stderr == "")
    let error = "file 'notes.txt' of run 1 in registry.db is not what was stored."
    for target in ["-", "out.txt"] {
      try Refusal(
        "artifact", "get", "--run", "1", "notes.txt", "-o", target, code: 65, error: error, hint: "registry verify --db registry.db"
      ).check(in: program)
    }
  }

  @Test("a folder that the registry stands in is stored without it", arguments: [[], ["--artifacts", "files"]])
  func ownFiles(options: [String]) throws {
    try FileManager.default.createDirectory(atPath: program.folder.path("fo/in"), withIntermediateDirectories: true)
    try program.folder.write("fo/a.txt", "a")
    try program.folder.write("fo/in/b.txt", "b")
    let kept = try program(["run", "--db", "fo/r.db"] + options + ["--artifact", "fo", "--", "echo", "hi"])
    #expect(kept.status == 0 && kept.stderr.contains("Left out of 'fo': the registry's own files\n"))
    #expect(try paths("--run", "1", "--db", "fo/r.db") == ["fo/a.txt", "fo/in/b.txt", "output.log"])
    try FileManager.default.createSymbolicLink(
      atPath: program.folder.path("fo/in/link"), withDestinationPath: program.folder.path("fo/r.db"))
    let added = try program("artifact", "add", "--run", "1", "fo/.", "--db", "fo/r.db")
    #expect(added.stderr == "Left out of 'fo/.': the registry's own files\n")
    #expect(try paths("--run", "1", "--db", "fo/r.db") == ["a.txt", "fo/a.txt", "fo/in/b.txt", "in/b.txt", "output.log"])
    let inside = try program("artifact", "add", "--run", "1", "fo/in", "--db", "fo/r.db")
    #expect(inside.status == 0 && inside.stderr == "")
    #expect(try program("verify", "--db", "fo/r.db").status == 0)
  }

  @Test("a folder of nothing but the registry is empty")
  func onlyOwnFiles() throws {
    try FileManager.default.createDirectory(atPath: program.folder.path("fo"), withIntermediateDirectories: true)
    #expect(try program("run", "--db", "fo/r.db", "--", "echo", "hi").status == 0)
    try Refusal(
      "artifact", "add", "--run", "1", "fo", "--db", "fo/r.db", code: 66,
      error: "folder 'fo': there is no file in it but the registry's own."
    ).check(in: program)
  }

  @Test("the current folder is a pattern of registry run, and a version of files alone says that it is one")
  func currentFolder() throws {
    let kept = try program("run", "--artifact", ".", "--", "true")
    #expect(kept.status == 0 && !kept.stderr.contains("Warning"))
    #expect(try paths("--run", "3").contains("loss.svg") && !paths("--run", "3").contains("registry.db"))
    let predicted = try program("predict", "--version", "xor/1", "1", "1")
    #expect(predicted.stderr.contains("it has files alone, and no tensors"))
  }

  static let refusals: [Refusal] = [
    Refusal(
      "artifact", "get", "--run", "1", "plots/los.svg", "-o", "x", code: 66,
      error: "file 'plots/los.svg' of run 1 in registry.db: there is none of this name (there is 'notes.txt', 'plots/loss.svg').",
      hint: "did you mean 'plots/loss.svg'?"),
    Refusal(
      "artifact", "get", "--run", "1", "plots", code: 66,
      error: "file 'plots' of run 1 in registry.db: it is a folder of 1 file, not a file."),
    Refusal(
      "artifact", "get", "notes.txt", code: 64, error: "artifact get needs --run or a version beside 'notes.txt'.",
      hint: "registry artifact get --run 7 plots/loss.png -o loss.png"),
    Refusal("artifact", "get", "--run", "1", "a", "b", code: 64, error: "'b' is one argument too many."),
    Refusal("artifact", "list", code: 64, error: "artifact list needs --run or a version."),
    Refusal("artifact", "list", "3", "--run", "1", code: 64, error: "the version '3' and '--run 1' exclude each other."),
    Refusal("artifact", "list", "--run", "9", code: 66, error: "no run 9 in registry.db (newest is 2)."),
    Refusal("artifact", "add", "--run", "1", code: 64, error: "artifact add needs a file."),
    Refusal("artifact", "add", "--run", "1", "no.txt", code: 66, error: "file 'no.txt': there is no such file."),
    Refusal("artifact", "add", "--run", "1", "a", "b", "--as", "c", code: 64, error: "'--as c' names one file, not 2."),
    Refusal(
      "artifact", "add", "--run", "1", "loss.svg", "--as", "../x", code: 65,
      error: "file '../x' in registry.db: a path has no part . or ..."),
  ]

  @Test("what makes no sense is refused", arguments: refusals)
  func refused(refusal: Refusal) throws { try refusal.check(in: program) }
}
