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
      "--drop d leaves it out, --date d reads it as days since 1970-01-01, --categorical d reads it as text"
    ),
    (
      "mlx_wine", ["--target", "0"], "line 1: the header is nothing but numbers ('14.23', …), so it looks like a row of data.",
      "--no-header reads every line as data: its columns are x0, x1, …, and --target last is the last one"
    ),
    (
      "regcur", [], "line 2, column 'y': '$1000' is an amount of money, not a plain number.",
      "write the number alone: 1000; --categorical y reads it as text"
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
    let hint = try #require(result.stderr.split(separator: "\n").last)
    #expect(hint.hasPrefix("  hint: where the comma is the decimal mark: sed -E "))
    let command = try #require(hint.firstRange(of: "sed -E").map { String(hint[$0.lowerBound...]) })
    #expect(try program.shell(command).status == 0)
    #expect(try program("train", "--csv", "points.csv", "--target", "y", "--epochs", "1").status == 0)
    #expect(try program.shell("tr , . < \(file) | cmp - points.csv").status == 0)
  }

  @Test(
    "the command that mends decimal commas changes whole numbers alone",
    arguments: [
      ("a;t;b;y\r\n1,5;\"1,5 m, red\";-2,25;no\r\n0,5;x,y;3,75;4,5\r\n", "a;t;b;y\r\n1.5;\"1,5 m, red\";-2.25;no\r\n0.5;x,y;3.75;4.5\r\n"),
      ("a\tt\tb\n1,5\tr,s\t2,25\n2\t1,2,3\t+3,1\n", "a\tt\tb\n1.5\tr,s\t2.25\n2\t1,2,3\t+3.1\n"),
    ])
  func decimalCommasAlone(text: String, wanted: String) throws {
    let program = try Program()
    try program.folder.write("data.csv", text)
    let result = try program("train", "--csv", "data.csv", "--target", "b")
    #expect(result.errorLine == "Error: 'data.csv' line 2, column 'a': '1,5' is not a number.")
    let hint = try #require(result.stderr.split(separator: "\n").last)
    #expect(hint.hasPrefix("  hint: a number has a point, no comma (take points between thousands out first): sed -E "))
    let command = try #require(hint.firstRange(of: "sed -E").map { String(hint[$0.lowerBound...]) })
    #expect(try program.shell(command).status == 0)
    #expect(try String(contentsOfFile: program.folder.path("points.csv"), encoding: .utf8) == wanted)
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
    #expect(try dated("predict", "12:30", "1", "2").errorLine == "Error: '12:30' isn't a date that is read, 'd' needs one.")
    #expect(try dated("predict", "--csv", "rows.csv", "--format", "csv").lines.last?.hasPrefix("2030-01-01,1,2,") == true)
    let exported = try dated("export", "latest", "-o", "model.onnx")
    #expect(exported.stderr == "The input 'd' of the ONNX file is a number: days since 1970-01-01 00:00 UTC\n")
    let bytes = try #require(dated.files()["model.onnx"])
    #expect(bytes.range(of: Data("d (days since 1970-01-01 00:00 UTC), a, b".utf8)) != nil)
    #expect(try dated("dataset", "export", "dates").stdout.contains("2024-01-02,0.066,-0.765,no\n"))
    #expect(try dated("dataset", "show", "dates").stdout.contains("2024-01-01"))

    let (_, texts) = try trained("dates", "--categorical", "d")
    #expect(texts.stderr.contains("Features: 2 numbers, 1 category (28 values)\n"))
  }

  @Test("a file without a header is trained, predicted and evaluated as one")
  func noHeader() throws {
    let (program, result) = try trained("mlx_wine", "--no-header", "--standardize", target: "last")
    #expect(result.stderr.hasPrefix("'x13' has 3 different integers: multiclass, a guess (--task says otherwise)\nFeatures: 13 numbers\n"))
    #expect(try program("evaluate", "--csv", Self.path("mlx_wine"), "--no-header").status == 0)
    #expect(try program("predict", "--csv", Self.path("mlx_wine"), "--no-header", "--format", "json").json().array.count == 178)
    #expect(try program("predict", "--csv", Self.path("mlx_wine")).status == 65)

    // The target stands in front, and the rows to predict are without it.
    let rows = (0..<20).map { "\($0 % 2),\($0).5,\($0 * $0 % 7).25" }
    try program.folder.write("front.csv", rows.joined(separator: "\n"))
    #expect(try program("train", "--csv", "front.csv", "--target", "0", "--no-header", "--epochs", "5", "--model", "front").status == 0)
    let whole = try program("predict", "--csv", "front.csv", "--no-header", "--version", "front/1", "--format", "json")
    let alone = try program(
      "predict", "--csv", "-", "--no-header", "--version", "front/1", "--format", "json",
      input: rows.map { String($0.dropFirst(2)) }.joined(separator: "\n"))
    let (rowsOfWhole, rowsOfAlone) = (try whole.json().array, try alone.json().array)
    #expect(whole.stderr == "" && rowsOfWhole.map(\.value) == rowsOfAlone.map(\.value))
    #expect(rowsOfWhole.map(\.probability) == rowsOfAlone.map(\.probability) && rowsOfWhole.map(\.x) == rowsOfAlone.map(\.x))
    #expect(rowsOfAlone.allSatisfy { $0.columns_by_order == true } && !whole.stdout.contains("columns_by_order"))
    #expect(alone.stderr == "The file has fewer columns than the training file: its features are x1, x2, in this order\n")
    let other = try program("predict", "--csv", "-", "--no-header", "--version", "front/1", input: "1,2,3,4\n")
    #expect(other.errorLine == "Error: '-' line 1: the file has 4 columns, the training file had 3 columns, 2 of them features.")
    #expect(other.stderr.hasSuffix("hint: give it all 3 columns, or the 2 features alone, in the order of the training\n"))
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
      "--categorical a reads every cell as text"
    ),
    (
      "a,y\n1,0\n?,1\n", [], "line 3, column 'a': '?' is text in a number column (line 2 has a number)",
      "an empty cell is a missing one; --categorical a reads every cell as text"
    ),
    (
      "a,y\n\"1,234,567\",0\n2,1\n", [], "line 2, column 'a': '1,234,567' is not a number",
      "write it without separators: 1234567; --categorical a reads it as text"
    ),
    (
      "a,y\n1.000.000,0\n2,1\n", [], "line 2, column 'a': '1.000.000' is a number with separators in it, not a plain number",
      "write it without separators: 1000000; --categorical a reads it as text"
    ),
    (
      "a,y\n\"1,000\",0\n2,1\n", [], "line 2, column 'a': '1,000' is not a number",
      "a number has no comma: write 1000, or 1.000 where the comma is the decimal mark"
    ),
    (
      "a,y\n\"1,5\",0\n2,1\n", [], "line 2, column 'a': '1,5' is not a number", "a number has a point, no comma: write 1.5"
    ),
    (
      "a,y\n28,000,0\n2,1\n", [], "line 2: the row has 3 fields, the header 2",
      "put a cell that holds the separator in quotes: \"Smith, J\""
    ),
    (
      "a,y\n1,x\n2,2024-01-31\n", [], "line 3, column 'y': '2024-01-31' is a date or a time",
      "--categorical y takes each text for a class; to predict it as a number, write it as one"
    ),
    (
      "a,y\n01/01/2024,0\n", [], "line 2, column 'a': '01/01/2024' is a date or a time",
      "--drop a leaves it out, --categorical a reads it as text, --date a reads it if none of its dates can be read in two ways, as 01/02/2024 can"
    ),
    (
      "a,y\n31/01/2024,0\n01/31/2024,0\n", ["--date", "a"],
      "line 3, column 'a': '01/31/2024' is a date with the month first, line 2 has a date with the day first",
      "write all of them in one form, as 2024-01-31; --drop a leaves the column out"
    ),
    (
      "a,y\n5%,0\n2%,1\n", [], "line 2, column 'a': '5%' is a percentage, not a plain number",
      "write the number alone: 5; --categorical a reads it as text"
    ),
    (
      "a,y\n9007199254740993,0\n2,1\n", [],
      "line 2, column 'a': '9007199254740993' is an integer beyond 2^53 that float64 can't hold exactly",
      "--categorical a keeps it as text, --drop a leaves it out"
    ),
    (
      "a,y\n01/02/2024,0\n", [], "line 2, column 'a': '01/02/2024' is a date that can be read in two ways",
      "write the dates as 2024-01-31 for --date a; --drop a leaves the column out, --categorical a reads it as text"
    ),
  ]

  @Test("a cell that isn't read says what to do", arguments: hints)
  func hint(example: (text: String, options: [String], error: String, hint: String)) throws {
    try Refusal(
      arguments: ["train", "--csv", "data.csv", "--target", "y"] + example.options, code: 65, error: "'data.csv' \(example.error).",
      hint: example.hint, files: ["data.csv": example.text]
    ).check(in: Program())
  }

  @Test("predict and evaluate name no option that only train has", arguments: ["predict", "evaluate"])
  func rowHints(command: String) throws {
    let program = try Program()
    try program.folder.write("train.csv", "a,d,y\n" + (0..<10).map { "\($0),2024-01-0\($0 % 9 + 1),\($0 % 2)\n" }.joined())
    #expect(try program("train", "--csv", "train.csv", "--target", "y", "--date", "d", "--epochs", "2").status == 0)
    let cases: [(text: String, hint: String?)] = [
      ("1.5,2,3\n1,2,3\n", "--no-header if the first line is data"), ("a,d,y\n$5,2024-01-01,1\n", "write the number alone: 5"),
      ("a,d,y\n9007199254740993,2024-01-01,1\n", nil), ("a,d,y\n1,01/02/2024,1\n", "write the dates as 2024-01-31"),
      ("a,d,y\n1,12:30,1\n", "dates are written as 2024-01-31, 31.01.2024 or Jan 31 2024, with a time as 2024-01-31T12:30:00"),
      ("a,d,,y\n1,2024-01-01,1,1\n", nil),
    ]
    for (text, hint) in cases {
      let result = try program(command, "--csv", "-", input: text)
      #expect(result.status == 65)
      #expect(result.stderr.split(separator: "\n").dropFirst() == (hint.map { ["  hint: \($0)"] } ?? []).suffix(1), "\(result.stderr)")
    }
  }

  @Test("zeros in front, blanks and days of eight digits are pointed out, with --quiet and in the JSON too")
  func remarks() throws {
    let program = try Program()
    var text = "zip,c,day,y\n"
    for row in 0..<12 {
      let (zip, color, day) = (2134 + row % 3, row % 2 == 0 ? "red" : " red", 20_240_101 + row * row % 28)
      text += "0\(zip),\(color),\(day),\(row % 2)\n"
    }
    try program.folder.write("data.csv", text)
    let result = try program("train", "--csv", "data.csv", "--target", "y", "--epochs", "2", "--quiet", "--format", "json")
    let warnings = [
      "Warning: zip has numbers with zeros in front ('02134'), which a number doesn't keep; --categorical zip reads them as texts.",
      "Warning: in c, texts that differ only in blanks around them are one ('red'); a cell in quotes keeps its blanks.",
      "Warning: day looks like dates (20240131) and is taken for numbers; --date day reads dates, --drop day leaves it out.",
    ]
    #expect(Array(result.stderr.split(separator: "\n").map(String.init).prefix(3)) == warnings)
    #expect(!result.stderr.contains("Features: "))
    let notes = try result.json().notes?.array.compactMap(\.string) ?? []
    #expect(notes.prefix(2) == ["'y' has the two values '0' and '1': binary", "Features: 2 numbers, 1 category (1 value)"])
    #expect(notes.dropFirst(2).prefix(3) == warnings[...])
    let dated = try program("train", "--csv", "data.csv", "--target", "y", "--date", "day", "--categorical", "zip", "--epochs", "2")
    #expect(dated.status == 0 && !dated.stderr.contains("zeros in front") && !dated.stderr.contains("looks like dates"))
    let added = try program("dataset", "add", "data.csv", "--target", "y", "--name", "again", "--format", "json").json()
    #expect(added.notes?.array.count == notes.filter { !$0.hasPrefix("Constant") && !$0.contains("the net answers") }.count)
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
    #expect(zipped.stderr.contains("hint: gzip -dc data.csv.gz | registry train --csv - --target y\n"))
    let added = try program("dataset", "add", "data.csv.gz", "--target", "y", "--name", "a b", "--db", "x.db")
    #expect(added.stderr.hasSuffix("hint: gzip -dc data.csv.gz | registry dataset add - --target y --name 'a b' --db x.db\n"))
    let latin = try program("train", "--csv", "latin.csv", "--target", "y")
    #expect(latin.status == 65 && latin.stderr.contains("hint: iconv -f WINDOWS-1252 -t UTF-8 latin.csv > utf8.csv\n"))
  }

  @Test("a file that lacks a dropped column isn't taken for one that lacks the target")
  func lacksDropped() throws {
    let program = try Program()
    let rows = (0..<20).map { "\($0),\($0 % 3).5,\($0 * 7 % 5),\($0 * $0 % 7).25,\($0 % 2)" }
    try program.folder.write("data.csv", rows.joined(separator: "\n"))
    let options = ["--csv", "data.csv", "--no-header", "--target", "last", "--drop", "0,2", "--epochs", "1"]
    #expect(try program(["train"] + options).status == 0)
    let shifted = rows.map { String($0.split(separator: ",", maxSplits: 1)[1]) }.joined(separator: "\n")
    let result = try program("predict", "--csv", "-", "--no-header", input: shifted)
    #expect(result.status == 65 && result.stdout == "")
    #expect(result.errorLine == "Error: '-' line 1: the file has 4 columns, the training file had 5 columns, 2 of them features.")
  }

  @Test("what comes from a pipe is to be unpacked and converted in it")
  func pipes() throws {
    let program = try Program()
    let zipped = try program.shell("printf 'a,y\\n1,0\\n' | gzip | \"$registry\" train --csv - --target y")
    #expect(zipped.status == 65 && zipped.stderr.hasSuffix("  hint: put gzip -dc before registry in the pipe\n"))
    let latin = try program.shell("printf 'a,y\\ncaf\\351,0\\n' | \"$registry\" train --csv - --target y")
    #expect(latin.status == 65 && latin.stderr.hasSuffix("  hint: put iconv -f WINDOWS-1252 -t UTF-8 before registry in the pipe\n"))
  }

  @Test("a date in a form that isn't read is refused with what to do, and read as text by the user's word")
  func unreadDate() throws {
    let program = try Program()
    let rows = (0..<20).map { "Wed Jan \($0 % 3 + 10) 12:30:00 2024,\($0 % 5),\($0 % 2)" }
    try program.folder.write("data.csv", (["d,a,y"] + rows).joined(separator: "\n"))
    let result = try program("train", "--csv", "data.csv", "--target", "y", "--epochs", "1")
    #expect(result.status == 65)
    let error = "'data.csv' line 2, column 'd': 'Wed Jan 10 12:30:00 2024' is a date or a time in a form that isn't read."
    #expect(result.errorLine == "Error: \(error)")
    let hint = "--drop d leaves it out, --categorical d reads it as text; write it as 2024-01-31"
    #expect(result.stderr.contains("  hint: \(hint), 2024-01-31T12:30:00 or 12:30:00 for --date d\n"))
    #expect(try program("train", "--csv", "data.csv", "--target", "y", "--epochs", "1", "--categorical", "d").status == 0)
  }

  @Test("whole numbers are exported as they came in")
  func export() throws {
    let program = try Program()
    let rows = [
      "1,2.5,02134", "-3,1e+300,2134", "1000000,0.1,02134", "0,-7.25,2134", "9007199254740992,1,2134",
      "10000000000000000,2,02134",
    ]
    try program.folder.write("test.csv", (["a,b,y"] + rows).joined(separator: "\n"))
    #expect(try program("dataset", "add", "test.csv", "--test-csv", "test.csv", "--target", "y").status == 0)
    #expect(try program("dataset", "export", "test", "--part", "test").lines == ["a,b,y"] + rows)
  }
}
