import Foundation
import TestSupport
import Testing

@testable import registry

/// Every command's tables and sentences on narrow and wide terminals, in a registry of long and wide names.
@Suite("on a terminal of any width")
struct WidthTests {
  static let model = "a-model-whose-name-has-sixty-characters-of-which-few-matter-1"
  static let korean = "한국어로-된-아주-긴-모델-이름-テスト用の名前-🚀🚀"
  static let dataset = "a dataset with a long name, spaces, and 한국어 in it"
  static let note = "converged early; try a larger net, since the loss is flat from epoch 50 on\nsecond line, 두 번째 줄 🎉"

  static let commands: [[String]] = [
    ["list"], ["list", "runs"], ["list", "models"], ["list", "datasets"], ["list", "--where", "test_lose < 1"],
    ["list", "--columns", "version,model,aliases,test_loss,params.learning_rate,note,created_at"],
    ["show", "\(model)/1"], ["show", "--run", "1"], ["show", "\(model)/99"],
    ["compare", "\(model)/1", "\(model)/2", "\(korean)/1"], ["compare", "\(model)/1", "classes/1"], ["compare", "--run", "1", "2", "3"],
    ["alias", "list"], ["alias", "history"], ["tag", "\(model)/1"], ["note", "\(model)/1"],
    ["dataset", "show", dataset], ["dataset", "show", "no dataset of this name"], ["predict", "--version", "classes/1"],
    ["predict", "--version", "\(model)/1"], ["evaluate", "--version", "classes/1"], ["evaluate", "--version", "\(model)/1"],
    ["plot", "classes/1", "--kind", "confusion"], ["plot", "\(model)/1", "--kind", "boundary"],
    ["plot", "\(model)/1", "\(model)/2", "\(korean)/1"], ["sql", "SELECT * FROM leaderboard"], ["sql", "SELECT * FROM lineage"],
    ["reproduce", "\(model)/1"], ["verify"], ["gc", "--dry-run"], ["migrate"], ["train", "--bogus"],
    ["train", "--csv", "classes.csv", "--target", "no_such_column"], ["sql", "--help"], ["list", "--help"],
  ]

  @Test("nothing is wider than the terminal", arguments: [40, 60, 80, 200])
  func widths(width: Int) throws {
    let program = try Self.longNames.get()
    let results = try onTerminal(width, commands: Self.commands, environment: ["NO_COLOR": "1"], in: program)
    for (arguments, result) in zip(Self.commands, results) {
      #expect(!(result.stdout + result.stderr).isEmpty)
      for line in result.lines + result.stderr.split(separator: "\n").map(String.init) {
        // A progress that was taken away, and words of hints and of the parser's help that are wider by themselves.
        guard !line.contains("\u{1b}[K"), line.split(separator: " ").count > 1 else { continue }
        #expect(line.displayWidth <= width, "\(width), \(arguments): \(line)")
      }
    }
  }

  @Test("no two of a column read the same for being cut", arguments: [40, 60, 80])
  func distinct(width: Int) throws {
    let program = try Self.longNames.get()
    let lines = try onTerminal(width, ["compare", "\(Self.model)/1", "\(Self.model)/2"], environment: ["NO_COLOR": "1"], in: program).lines
    let names = lines.filter { $0.contains("lin") && ($0.contains("weight") || $0.contains("bias")) }.map { $0.split(separator: " ")[0] }
    #expect(names.count == 4 && Set(names).count == 4)
  }

  @Test("compare says what its tables have no room for, and how to see it", arguments: [40, 60])
  func compareNotes(width: Int) throws {
    let program = try Self.longNames.get()
    let result = try onTerminal(
      width, ["compare", "\(Self.model)/1", "\(Self.korean)/1"], environment: ["NO_COLOR": "1"], in: program)
    let text = result.stdout.split { $0.isWhitespace }.joined(separator: " ")
    let heading = try #require(result.lines.first { $0.hasPrefix("  name") })
    for column in ["dtype", "shape", "max_abs", "cosine", "changed"] where !heading.contains(column) {
      #expect(text.contains("(not shown for lack of width: dtype"))
      #expect(text.contains(column))
    }
    #expect(text.contains("--format json shows them)"))
  }

  @Test("columns that were asked for are shown, cut where they have to be, or named", arguments: [30, 40, 60, 80, 200])
  func askedFor(width: Int) throws {
    let program = try Self.longNames.get()
    let columns = ["model", "dataset", "version", "test_loss", "note"]
    let result = try onTerminal(
      width, ["list", "--columns", columns.joined(separator: ",")], environment: ["NO_COLOR": "1"], in: program)
    let shown = result.lines[0].split(separator: " ").map(String.init)
    for column in columns where !shown.contains(column) { #expect(result.notes.contains(column)) }
    // At 60 columns all of them have room, though the names alone would fill two lines.
    if width >= 60 { #expect(shown == columns && result.stderr.isEmpty) } else { #expect(result.notes.contains("--format csv shows them")) }
  }

  @Test("alias history names what it leaves out and how to see it")
  func aliasHistory() throws {
    let result = try onTerminal(40, ["alias", "history"], in: Self.longNames.get())
    #expect(result.notes.contains("reason") && result.notes.contains("--format json shows them"))
  }

  @Test("the streams are folded each for itself: what goes to a pipe stays whole")
  func pipes() throws {
    let program = try Self.longNames.get()
    let refused = try program("list", "--where", "test_lose < 1")
    #expect(refused.stderr.split(separator: "\n").count == 2)
    let table = try program("list", "--columns", "model,dataset,note")
    #expect(table.stderr.isEmpty && table.stdout.contains(Self.model) && table.stdout.contains(Self.dataset))
  }

  @Test("a text of several lines has a sign for their ends in every table; note prints them as they are")
  func lineEnds() throws {
    let program = try Self.longNames.get()
    let shown = Self.note.split(separator: "\n").joined(separator: "⏎")
    for arguments in [["show", "\(Self.model)/1"], ["tag", "\(Self.model)/1"], ["sql", "SELECT note FROM runs WHERE id = 1"]] {
      #expect(try program(arguments).stdout.contains(shown))
    }
    #expect(try program("list", "--columns", "note").stdout.contains("converged early;"))
    let notes = try program("note", "\(Self.model)/1").lines.map { $0.drop { $0 == " " } }
    #expect(Self.note.split(separator: "\n").allSatisfy { line in notes.contains { $0 == line } })
  }

  @Test("aliases with spaces, commas and equals signs are quoted where they stand in a list")
  func aliases() throws {
    let program = try Self.longNames.get()
    #expect(
      try program("list", "--columns", "aliases", "--where", "model = '\(Self.model)' AND version = 1").lines[1] == "'a, b',champion,'x=1'")
    #expect(
      try program("list", "models", "--columns", "aliases", "--where", "model = '\(Self.model)'").lines[1] == "'a, b'=1 champion=1 'x=1'=1")
    #expect(try program("show", "\(Self.model)/1").lines[0] == "\(Self.model)/1  ('a, b', champion, 'x=1')")
  }

  /// Two models of long names, one of classes with long names; notes, tags and aliases that are hard to show.
  private static let longNames: Result<TestSupport.Program, any Error> = Result {
    atexit { try? FileManager.default.removeItem(at: WidthTests.longNames.get().folder.url) }
    let program = try TestSupport.Program(copying: Shared.tutorial().program)
    func need(_ arguments: String...) throws {
      let result = try program(arguments)
      if result.status != 0 { throw Shared.Failure(output: result) }
    }
    try need("rename", "neural-net", model)
    try need("train", "--model", korean, "--seed", "5", "--epochs", "20", "--hidden", "8")
    let classes = ["a class with a long name in the north", "a class with a long name in the south", "클래스 셋 🎉", "d"]
    let rows = (0..<60).map {
      "\(Double($0 % 4) + Double($0) / 100),\(Double($0 % 7)),\(["red", "a long category"][$0 % 2]),\(classes[$0 % 4])\n"
    }
    try program.folder.write("classes.csv", "a_rather_long_feature_name_of_a_column,두번째-열,kind,target\n" + rows.joined())
    try need("dataset", "add", "classes.csv", "--name", dataset, "--target", "target")
    try need("train", "--dataset", dataset, "--model", "classes", "--epochs", "20")
    try need("note", "\(model)/1", note)
    try need(
      "tag", "\(model)/1", "text=\(note)", "a-tag-key-of-more-than-forty-characters-in-all=x",
      "url=https://example.org/\(String(repeating: "path/", count: 30))")
    for alias in ["champion", "a, b", "x=1"] {
      try need("alias", "set", "\(model)@\(alias)", "1", "--reason", "the best on the test data after a long night")
    }
    return program
  }
}
