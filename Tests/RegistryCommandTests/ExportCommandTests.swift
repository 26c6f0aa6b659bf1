import Foundation
import TestSupport
import Testing

struct ExportCommandTests {
  /// A registry with neural_net.pt as version 1 and dtypes.pt as version 2.
  private func imported() throws -> Program {
    let program = try Program()
    for name in ["neural_net.pt", "dtypes.pt"] { _ = try program("import", Fixtures.path("state_dicts/\(name)")) }
    return program
  }

  @Test(
    "the same version gives the same bytes each time, from whatever file it came", arguments: ["pt", "pth", "safetensors", "json", "csv"])
  func deterministic(ending: String) throws {
    let program = try imported()
    _ = try program("import", Fixtures.path("state_dicts/legacy.pt"))
    for (version, name) in [("1", "a"), ("1", "b"), ("3", "c")] {
      #expect(try program("export", version, "-o", "\(name).\(ending)").status == 0)
    }
    _ = try program("train", "--epochs", "1")
    let files = try program.files()
    #expect(files["a.\(ending)"]?.isEmpty == false && files["a.\(ending)"] == files["b.\(ending)"])
    // The text for people says which version it is.
    if ending != "json" { #expect(files["a.\(ending)"] == files["c.\(ending)"]) }
    #expect(files.keys.sorted() == ["a.\(ending)", "b.\(ending)", "c.\(ending)", "registry.db"], "nothing temporary stays")
  }

  @Test("a trained version comes out, and in again as the same state_dict with a net")
  func trained() throws {
    let program = try Program()
    _ = try program("train", "--epochs", "20")
    let result = try program("export", "1", "-o", "model.pt")
    #expect(result.stdout.hasPrefix("Exported neural-net/1 to model.pt: 4 tensors, 21 numbers, "))
    #expect(try program("import", "model.pt", "--format", "json").json().new_tensors?.number == 0)
    let predictions = try ["1", "2"].map { try program("predict", "--version", $0, "-1", "1", "--format", "json").json().array[0] }
    #expect(predictions[0].probability == predictions[1].probability && predictions[0].label == predictions[1].label)
    #expect(predictions[0].guessed == nil && predictions[1].guessed == ["task", "classes"], "a .pt file says neither")
  }

  @Test("a file that exists is replaced with --force alone")
  func force() throws {
    let program = try imported()
    try program.folder.write("model.pt", "mine")
    let refused = try program("export", "1", "-o", "model.pt")
    #expect(refused.status == 73)
    #expect(refused.stderr == "Error: 'model.pt' exists already.\n  hint: --force replaces it\n")
    #expect(try program.files()["model.pt"] == Data("mine".utf8))
    #expect(try program("export", "1", "-o", "model.pt", "--force").status == 0)
    #expect(try program("import", "model.pt", "--format", "json").json().new_tensors?.number == 0)
    #expect(try Set(program.files().keys) == ["model.pt", "registry.db"])
  }

  @Test(
    "a database is never replaced, nor is its journal's name taken, whatever --force says",
    arguments: ["registry.db", "./registry.db", "link.pt", "other.db", "registry.db-journal", "registry.db-wal"])
  func database(output: String) throws {
    let program = try imported()
    _ = try program.command(["cp", "registry.db", "other.db"])
    _ = try program.command(["ln", "-s", "registry.db", "link.pt"])
    let before = try program.files()
    let refused = try program("export", "1", "--as", "pt", "-o", output, "--force")
    #expect(refused.status == 73)
    #expect(refused.stderr.contains(output.contains("-") ? "a database's own journal" : "is a database"), "\(refused.stderr)")
    #expect(try program.files() == before)
  }

  @Test("a version that doesn't come out whole leaves what was there")
  func rotten() throws {
    let program = try imported()
    try program.folder.write("model.pt", "mine")
    let trigger = "SELECT sql FROM sqlite_schema WHERE name = 'tensors_update'"
    let sql = try program.command(["sqlite3", "registry.db", trigger]).stdout
    _ = try program.command(
      ["sqlite3", "registry.db", "DROP TRIGGER tensors_update; UPDATE tensors SET data = zeroblob(length(data)) WHERE id = 3; \(sql)"])
    for format in ["pt", "safetensors", "json", "csv"] {
      let result = try program("export", "1", "-o", "model.pt", "--force", "--as", format)
      #expect(result.status == 65)
      #expect(result.errorLine == "Error: tensor 'linear_2.weight' of neural-net/1 in registry.db is not what was stored.")
    }
    #expect(try program.files()["model.pt"] == Data("mine".utf8))
    #expect(try Set(program.files().keys) == ["model.pt", "registry.db"])
  }

  static let refusals: [(arguments: [String], code: Int32, stderr: String)] = [
    (
      ["1", "-o", "model"], 64,
      "Error: 'model' has no extension that tells the format.\n  hint: --as pt|safetensors|onnx|json|csv\n"
    ),
    (
      ["1", "-o", "a.tar.gz"], 64,
      "Error: 'a.tar.gz' has no extension that tells the format.\n  hint: --as pt|safetensors|onnx|json|csv\n"
    ),
    (
      ["1", "-o", "-"], 64,
      "Error: standard output has no extension to tell the format by.\n  hint: --as pt|safetensors|onnx|json|csv\n"
    ),
    (["1", "-o", "no/m.pt"], 66, "Error: cannot create 'no/m.pt': there is no folder 'no'.\n  hint: mkdir -p no\n"),
    (["1", "-o", ".", "--as", "pt"], 73, "Error: '.' is a directory.\n  hint: -o ./model.pt\n"),
    (
      ["1", "-o", "/dev/null", "--as", "pt", "--force"], 73,
      "Error: '/dev/null' isn't a regular file.\n  hint: -o - writes to standard output\n"
    ),
    (
      ["9", "-o", "m.pt"], 66, "Error: no version 9 of 'neural-net' in registry.db (newest is 2).\n  hint: registry list --db registry.db\n"
    ),
  ]

  @Test("what can't be written is refused, and nothing is left", arguments: refusals.indices)
  func refused(index: Int) throws {
    let refusal = Self.refusals[index]
    let program = try imported()
    let before = try program.files()
    let result = try program(["export"] + refusal.arguments)
    #expect(result.status == refusal.code)
    #expect(result.stdout == "" && result.stderr == refusal.stderr)
    #expect(try program.files() == before)
  }

  @Test("a safetensors file carries architecture, scaling, categories and classes, which are no tags when it is imported again")
  func safetensorsMetadata() throws {
    let program = try Program()
    let rows = (0..<40).map { "\($0),\($0 % 3 == 0 ? "red" : "blue"),\($0 % 2 == 0 ? "yes" : "no")" }.joined(separator: "\n")
    try program.folder.write("a.csv", "n,color,y\n\(rows)\n")
    let trained = try program("train", "--csv", "a.csv", "--target", "y", "--standardize", "--epochs", "3")
    #expect(trained.status == 0, "\(trained.stderr)")
    #expect(try program("export", "1", "-o", "m.safetensors").status == 0)
    let bytes = try #require(try program.files()["m.safetensors"])
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let metadata = try JSON(String(decoding: bytes.dropFirst(8).prefix(length), as: UTF8.self)).__metadata__
    func entry(_ name: String) throws -> JSON { try JSON(#require(metadata?["registry.\(name)"]?.string)) }
    #expect(try entry("classes").array.compactMap(\.string) == ["no", "yes"])
    #expect(try entry("categories").color?.array.compactMap(\.string) == ["blue", "red"])
    #expect(try entry("scaling").n?.mean?.number != nil)
    #expect(try entry("architecture").kind?.string == "NeuralNet")
    #expect(metadata?["registry.task"]?.string == "binary" && metadata?["format"]?.string == "pt")
    let again = try program("import", "m.safetensors", "--model", "again", "--format", "json")
    #expect(again.status == 0, "\(again.stderr)")
    #expect(try again.json().tags == .object(["format": .string("pt")]))
    #expect(try again.json().new_tensors?.number == 0)
  }

  @Test("a type that safetensors doesn't have is refused with what to do")
  func complex() throws {
    let program = try Program()
    #expect(try program("import", Fixtures.path("torch_files/every_dtype.pt")).status == 0)
    let result = try program("export", "1", "-o", "m.safetensors")
    #expect(result.status == 65 && result.stderr.hasSuffix("hint: -o model.pt takes every type\n"), "\(result.stderr)")
    #expect(try program.files().keys.sorted() == ["registry.db"])
    #expect(try program("export", "1", "-o", "m.pt").status == 0)
    #expect(try program("import", "m.pt", "--format", "json").json().new_tensors?.number == 0)
  }

  @Test("standard output takes every format, and a reader that goes away is no error with words")
  func standardOutput() throws {
    let program = try imported()
    let csv = try program("export", "1", "-o", "-", "--as", "csv").stdout
    #expect(csv.hasPrefix("name,dtype,i0,i1,value\nlinear_1.weight,F32,0,0,"))
    #expect(csv.split(separator: "\n").count == 22)
    #expect(csv.contains("\nlinear_2.bias,F32,0,,"))
    #expect(try JSON(program("export", "1", "-o", "-", "--as", "json").stdout).tensors?.array.count == 4)
    #expect(try program.shell("$registry export 1 -o - --as pt | cat > m.pt && $registry import m.pt --format json").status == 0)
    let gone = try program.shell("( $registry export 1 -o - --as json; echo $? >&2 ) | true")
    #expect(gone.stderr == "141\n" || gone.stderr == "0\n")
    let full = try program.shell("$registry export 1 -o - --as json > /dev/full")
    #expect(full.status == 74 && full.stderr == "Error: cannot write to standard output: No space left on device.\n")
  }
}
