import Foundation
import TestSupport
import Testing

/// Tables as people have them: read, asked for or refused with what to do, through the program.
struct ReadingCommandTests {
  private static func path(_ name: String) -> String { Fixtures.path("cases/csv/\(name).csv") }

  private func trained(_ name: String, _ options: String..., target: String = "y") throws -> (Program, ProcessResult) {
    let program = try Program()
    let result = try program(["train", "--csv", Self.path(name), "--target", target, "--epochs", "2", "--format", "json"] + options)
    #expect(result.status == 0, "\(result.stderr)")
    return (program, result)
  }

  private static let refused: [(file: String, options: [String], error: String, hint: String)] = [
    (
      "dates", [], "line 2, column 'd': '2024-01-01' is a date or a time.",
      "--drop d leaves it out, --date d reads it as days since 1970-01-01, --categorical d takes it for texts"
    ),
    (
      "mlx_wine", ["--target", "0"], "line 1: the header is nothing but numbers ('14.23', …), so it looks like a row of data.",
      "--no-header takes every line for data: its columns are x0, x1, …, and --target last is the last one"
    ),
    (
      "regcur", [], "line 2, column 'y': '$1000' is an amount of money, not a plain number.",
      "write the number alone: 1000; --categorical y takes it for texts"
    ),
  ]

  @Test("a table that isn't what it looks like is refused with its way out", arguments: refused)
  func refuse(example: (file: String, options: [String], error: String, hint: String)) throws {
    let target = example.options.isEmpty ? ["--target", "y"] : example.options
    let program = try Program()
    let result = try program(["train", "--csv", Self.path(example.file), "--epochs", "1"] + target)
    #expect(result.status == 65)
    #expect(result.errorLine == "Error: '\(Self.path(example.file))' \(example.error)")
    #expect(result.stderr.contains("\n  hint: \(example.hint)\n"))
    #expect(try program.files().isEmpty)
  }

  @Test("decimal commas are refused with a command that mends the file, and what it gives is read")
  func decimalComma() throws {
    let program = try Program()
    let file = Self.path("semicolon_dec")
    let result = try program("train", "--csv", file, "--target", "y", "--epochs", "1")
    #expect(result.status == 65)
    #expect(result.errorLine == "Error: '\(file)' line 2, column 'a': '1,288' is not a number.")
    #expect(result.stderr.contains("tr , . < \(file) > points.csv"))
    #expect(try program.shell("tr , . < \(file) > points.csv").status == 0)
    #expect(try program("train", "--csv", "points.csv", "--target", "y", "--epochs", "1").status == 0)
  }

  @Test("each way out of a refusal works, and predict needs what training used and nothing else")
  func dates() throws {
    let (program, result) = try trained("dates", "--drop", "d")
    #expect(result.stderr.contains("Features: 2 numbers, 1 dropped\n"))
    try program.folder.write("rows.csv", "a,b\n1,2\n")
    #expect(try program("predict", "--csv", "rows.csv").status == 0)
    #expect(try program("evaluate", "--csv", Self.path("dates")).status == 0)
    let shown = try program("dataset", "show", "dates", "--format", "json").json()
    #expect(shown["columns"]?.array.map { $0.name?.string } == ["a", "b", "y", "d"])
    #expect(shown["columns"]?.array.last?["type"] == .string("dropped"))

    let (dated, _) = try trained("dates", "--date", "d", "--standardize")
    try dated.folder.write("rows.csv", "d,a,b\n2030-01-01,1,2\n")
    #expect(try dated("predict", "--csv", "rows.csv").status == 0)
    #expect(try dated("predict", "2030-01-01", "1", "2").status == 0)
    #expect(try dated("predict", "soon", "1", "2").status == 65)
    #expect(try dated("dataset", "export", "dates").stdout.contains("2024-01-02,0.066,-0.765,no\n"))
    #expect(try dated("dataset", "show", "dates").stdout.contains("2024-01-01"))

    let (_, texts) = try trained("dates", "--categorical", "d")
    #expect(texts.stderr.contains("Features: 2 numbers, 1 category (28 values)\n"))
  }

  @Test("a file without a header is trained, predicted and evaluated as one")
  func noHeader() throws {
    let (program, result) = try trained("mlx_wine", "--no-header", "--standardize", target: "last")
    #expect(result.stderr.hasPrefix("'x13' has 3 different integers: multiclass\nFeatures: 13 numbers\n"))
    #expect(try program("evaluate", "--csv", Self.path("mlx_wine"), "--no-header").status == 0)
    #expect(try program("predict", "--csv", Self.path("mlx_wine"), "--no-header", "--format", "json").json().array.count == 178)
    #expect(try program("predict", "--csv", Self.path("mlx_wine")).status == 65)
  }

  @Test("an index is pointed out and can be dropped, pandas' nameless one too", arguments: [("index", "unnamed_0"), ("idleak", "id")])
  func index(file: String, column: String) throws {
    let (_, result) = try trained(file)
    #expect(result.stderr.contains("Warning: \(column) looks like an id or an index; --drop \(column) leaves it out.\n"))
    let (program, dropped) = try trained(file, "--drop", column)
    #expect(!dropped.stderr.contains("looks like an id") && dropped.stderr.contains("1 dropped\n"))
    #expect(try program("evaluate", "--csv", Self.path(file)).status == 0)
  }

  @Test("Excel's sep= line is read")
  func separatorLine() throws {
    let (program, _) = try trained("sepline")
    #expect(try program("evaluate", "--csv", Self.path("sepline")).status == 0)
  }

  @Test(
    "classes that a number or a normalised text wouldn't tell apart stay apart, in the split and in evaluate",
    arguments: ["bigclass3", "leadzero", "nf_lab"])
  func classes(file: String) throws {
    let program = try Program()
    let text = try String(contentsOfFile: Self.path(file), encoding: .utf8)
    let cells = Set(text.split(separator: "\n").dropFirst().map { Array($0.split(separator: ",")[2].utf8) })
    let result = try program(
      "train", "--csv", Self.path(file), "--target", "y", "--epochs", "400", "--learning-rate", "0.3", "--hidden", "16")
    #expect(result.status == 0)
    #expect(result.stderr.contains("Unicode normalisation") == (file == "nf_lab"))
    let shown = try program("dataset", "show", file, "--format", "json").json()
    #expect(shown["classes"]?.array.count == cells.count)
    let own = try program("evaluate", "--format", "json").json()
    let stored = try program("list", "--format", "json").json().array.first
    #expect(own.accuracy == stored?.accuracy)
    // Every label in the file is one that the version knows by its bytes.
    #expect(try program("evaluate", "--csv", Self.path(file)).status == 0)
    let exported = try program("dataset", "export", file).stdout
    let back = Set(exported.split(separator: "\n").dropFirst().map { Array($0.split(separator: ",")[2].utf8) })
    #expect(back == cells)
  }

  @Test("categories in two normalisations are two, and each predicts its own")
  func categories() throws {
    let (program, result) = try trained("nf_cat")
    #expect(result.stderr.contains("among the categories of 'c'"))
    let rows = try program("predict", "--point", "1,caf\u{e9}", "--point", "1,cafe\u{301}", "--format", "json").json().array
    #expect(rows.count == 2 && rows[0].probability != rows[1].probability)
  }

  private static let hints: [(text: String, options: [String], error: String, hint: String)] = [
    (
      "a,y\nf,0\nr,1\n4,0\n", [], "line 2, column 'a': 'f' is text in a number column (line 4 has a number)",
      "--categorical a takes every cell for a text"
    ),
    (
      "a,y\n1,0\n?,1\n", [], "line 3, column 'a': '?' is text in a number column (line 2 has a number)",
      "an empty cell is a missing one; --categorical a takes every cell for a text"
    ),
    (
      "a,y\n\"1,234,567\",0\n2,1\n", [], "line 2, column 'a': '1,234,567' is not a number",
      "write it without separators: 1234567; --categorical a takes it for texts"
    ),
    (
      "a,y\n5%,0\n2%,1\n", [], "line 2, column 'a': '5%' is a percentage, not a plain number",
      "write the number alone: 5; --categorical a takes it for texts"
    ),
    (
      "a,y\n9007199254740993,0\n2,1\n", [],
      "line 2, column 'a': '9007199254740993' is an integer beyond 2^53 that float64 can't hold exactly",
      "--categorical a keeps its texts, --drop a leaves it out"
    ),
    (
      "a,y\n01/02/2024,0\n", [], "line 2, column 'a': '01/02/2024' is a date that can be read in two ways",
      "write the dates as 2024-01-31; --drop a leaves the column out"
    ),
  ]

  @Test("a cell that isn't read says what to do", arguments: hints)
  func hint(example: (text: String, options: [String], error: String, hint: String)) throws {
    try Refusal(
      "train", "--csv", "data.csv", "--target", "y", code: 65, error: "'data.csv' \(example.error).", hint: example.hint,
      files: ["data.csv": example.text]
    ).check(in: Program())
  }

  @Test("a target that is dropped or a column that isn't there is an error")
  func drop() throws {
    let text = "id,a,y\n1,1,0\n2,2,1\n"
    try Refusal(
      "train", "--csv", "data.csv", "--target", "y", "--drop", "id,y", code: 64,
      error: "'data.csv', column 'y': the target can't be dropped.",
      files: ["data.csv": text]
    ).check(in: Program())
    try Refusal(
      "train", "--csv", "data.csv", "--target", "y", "--drop", "ids", code: 65,
      error: "'data.csv' line 1: no column 'ids'; there are 'id', 'a', 'y', did you mean 'id'?.", files: ["data.csv": text]
    ).check(in: Program())
  }

  @Test("gzip and Latin-1 are named with the command that mends them")
  func encodings() throws {
    let program = try Program()
    #expect(try program.shell("printf 'a,y\\n1,0\\n' | gzip > data.csv.gz; printf 'a,y\\ncaf\\351,0\\n' > latin.csv").status == 0)
    let zipped = try program("train", "--csv", "data.csv.gz", "--target", "y")
    #expect(zipped.status == 65 && zipped.errorLine == "Error: 'data.csv.gz': the file is compressed (gzip), only CSV text is read.")
    #expect(zipped.stderr.contains("hint: gzip -dc data.csv.gz | registry train --csv - --target COLUMN\n"))
    let latin = try program("train", "--csv", "latin.csv", "--target", "y")
    #expect(latin.status == 65 && latin.stderr.contains("hint: iconv -f LATIN1 -t UTF-8 latin.csv > utf8.csv\n"))
  }

  @Test("whole numbers are exported as they came in")
  func export() throws {
    let program = try Program()
    let rows = ["1,2.5,02134", "-3,1e+300,2134", "1000000,0.1,02134", "0,-7.25,2134"]
    try program.folder.write("test.csv", (["a,b,y"] + rows).joined(separator: "\n"))
    #expect(try program("dataset", "add", "test.csv", "--test-csv", "test.csv", "--target", "y").status == 0)
    #expect(try program("dataset", "export", "test", "--part", "test").lines == ["a,b,y"] + rows)
  }
}
