import Foundation
import TestSupport
import Testing

/// Missing cells, unseen categories, columns that are carried along, constant columns: penguins.csv has 11 rows with missing cells.
struct PreparingCommandTests {
  private static let penguins = Fixtures.path("cases/csv/penguins.csv")
  private static let lines = (try? String(contentsOfFile: penguins, encoding: .utf8))?.split(separator: "\n").map(String.init) ?? []
  /// The rows with a missing cell, counted from 1.
  private static let incomplete = lines.indices.dropFirst().filter { lines[$0].split(separator: ",").contains("NA") }

  private func train(_ program: Program, _ options: String...) throws -> ProcessResult {
    try program(["train", "--csv", Self.penguins, "--target", "species", "--epochs", "20", "--standardize"] + options)
  }

  @Test("a missing cell is refused with the options for it, which each command has")
  func hints() throws {
    let program = try Program()
    let cell = "line 5, column 'bill_length_mm': the cell is missing ('NA')."
    let refused = try train(program)
    #expect(refused.status == 65 && refused.errorLine.hasSuffix(cell))
    #expect(refused.stderr.hasSuffix("  hint: --impute median fills it in, --drop-missing leaves out such rows\n"))
    let added = try program("dataset", "add", Self.penguins, "--target", "species")
    #expect(added.status == 65 && added.errorLine.hasSuffix(cell))
    #expect(added.stderr.hasSuffix("  hint: --keep-missing keeps it as missing, --drop-missing leaves out such rows\n"))
    #expect(try train(program, "--drop-missing").status == 0)
    for command in ["predict", "evaluate"] {
      let result = try program(command, "--csv", Self.penguins)
      #expect(result.status == 65 && result.errorLine.hasSuffix(cell))
      #expect(result.stderr.hasSuffix("  hint: --drop-missing leaves out such rows; a version trained with --impute fills them in\n"))
    }
    let noTarget = try program("evaluate", "--csv", "-", input: Self.lines[0] + "\nNA,Dream,1,1,1,1,male,2007\n")
    #expect(noTarget.status == 65 && noTarget.stderr.hasSuffix("  hint: --drop-missing leaves out such rows\n"))
  }

  @Test("predict and evaluate leave out rows with a missing cell and name them; the others keep their numbers")
  func dropMissing() throws {
    let program = try Program()
    #expect(try train(program, "--drop-missing").status == 0)
    let note = "11 rows with a missing cell left out: \(Self.incomplete.map(String.init).joined(separator: ", "))\n"
    let json = try program("predict", "--csv", Self.penguins, "--drop-missing", "--format", "json")
    #expect(json.stderr == note)
    let rows = try json.json().array
    let complete = Self.lines.indices.dropFirst().filter { !Self.incomplete.contains($0) }
    #expect(rows.compactMap { $0.row?.number } == complete.map { Double($0) })
    let csv = try program("predict", "--csv", Self.penguins, "--drop-missing", "--format", "csv")
    #expect(csv.lines.map { $0.prefix { $0 != "," } } == ["row"] + complete.map { "\($0)" })
    let evaluated = try program("evaluate", "--csv", Self.penguins, "--drop-missing", "--format", "json")
    #expect(evaluated.stderr.hasPrefix(note))
    #expect(try evaluated.json().rows == .number(333))
    #expect(try evaluated.json().dropped_rows == .number(11))
    let none = try program("evaluate", "--csv", "-", "--drop-missing", input: Self.lines[0] + "\nNA,Dream,1,1,1,1,male,2007\n")
    #expect(none.status == 65 && none.stderr.hasSuffix("all 1 rows have a missing cell, none is left.\n"))
  }

  @Test("what --impute fits is stored with the version, shown, applied to files and points, and trained again to the same bits")
  func impute() throws {
    let program = try Program()
    let trained = try train(program, "--impute", "median")
    #expect(trained.status == 0)
    #expect(
      trained.stderr.contains(
        "Missing cells filled in: bill_length_mm 2 (median), bill_depth_mm 2 (median), flipper_length_mm 2 (median), body_mass_g 2 (median), sex 11 (most-frequent)\n"
      ))
    let shown = try program("show", "1", "--format", "json").json()
    #expect(shown.params?.impute == .string("median"))
    let fitted = shown.architecture?.imputation?.array ?? []
    #expect(fitted.map { $0.strategy } == ["most-frequent"] + Array(repeating: "median", count: 4) + ["most-frequent", "median"])
    #expect(fitted[4].value == .number(4075) && fitted[5].value == .string("male"))
    #expect(try program("show", "1").stdout.contains("fills_in    median: island Biscoe, bill_length_mm 45,"))

    let rows = try program("predict", "--csv", Self.penguins, "--format", "json").json().array
    #expect(rows.count == 344)
    #expect(rows.indices.filter { rows[$0].imputed != nil }.map { $0 + 1 } == Self.incomplete)
    #expect(rows[3].x?.array[1] == .null && rows[3].imputed?.array.count == 5)
    let filled = try program("predict", "--point", "Torgersen,45,17.3,197,4075,male,2007", "--format", "json").json().array[0]
    #expect(rows[3].probabilities == filled.probabilities)
    for point in ["Torgersen,NA,,nan,NULL,<NA>,2007", "Torgersen,,,,,,2007"] {
      let result = try program("predict", "--point", point, "--format", "json").json().array[0]
      #expect(result.probabilities == filled.probabilities && result.x == rows[3].x && result.imputed == rows[3].imputed)
    }
    let evaluated = try program("evaluate", "--csv", Self.penguins, "--format", "json")
    #expect(try evaluated.json().rows == .number(344))
    #expect(try evaluated.json().imputed_rows == .number(11))
    let note =
      "bill_length_mm (median 45), bill_depth_mm (median 17.3), flipper_length_mm (median 197), body_mass_g (median 4075), sex (most-frequent 'male')\n"
    #expect(evaluated.stderr.hasPrefix("11 rows with missing cells filled in, as the version was trained: \(note)"))
    let point = try program("predict", "--point", "Torgersen,45,17.3,NA,4075,,2007")
    #expect(
      point.stderr == "Filled in, as the version was trained: flipper_length_mm (median 197), sex (most-frequent 'male')\n")
    #expect(try program("reproduce", "1").status == 0)
    #expect(try program("verify").status == 0)
    // NULL is what SQL has for a missing cell.
    let sql = "SELECT predict('1', 'Torgersen', NULL, 17.3, 197, 4075, 'male', 2007) AS p"
    #expect(try program("sql", sql, "--format", "json").json().array.first?.p == filled.label)
    let samples = "SELECT count(*) AS n FROM samples('penguins', 'train') WHERE x5 IS NULL"
    #expect(try #require(program("sql", samples, "--format", "json").json().array.first?.n?.number) > 0)
  }

  @Test("a dataset keeps its missing cells, whatever fills them in later; fine-tuning keeps the parent's filling")
  func storedDataset() throws {
    let program = try Program()
    let stored = try program("dataset", "add", Self.penguins, "--target", "species", "--keep-missing", "--format", "json").json()
    let shown = try program("dataset", "show", "penguins", "--format", "json").json()
    #expect(shown.columns?.array.map { $0.missing } == [0, 2, 2, 2, 2, 11, 0, 0].map { .number($0) })
    #expect(try program("dataset", "export", "penguins").lines.count == 345)
    for strategy in ["mean", "most-frequent"] {
      let result = try program("train", "--dataset", "penguins", "--impute", strategy, "--epochs", "5", "--format", "json").json()
      #expect(result.dataset == .string("penguins"))
    }
    let refused = try program("train", "--dataset", "penguins", "--epochs", "5")
    #expect(refused.status == 65)
    #expect(refused.errorLine == "Error: column 'bill_length_mm' has a missing cell, and nothing fills it in.")
    #expect(try program("train", "--csv", Self.penguins, "--target", "species", "--from", "1", "--epochs", "5").status == 0)
    let params = try (1...3).map { try program("show", "\($0)", "--format", "json").json().params?.impute?.string }
    #expect(params == ["mean", "most-frequent", "mean"])
    #expect(try program("list", "datasets", "--format", "json").json().array.count == 1)
    #expect(stored.known == .bool(false))
    let usage = try program("train", "--dataset", "penguins", "--from", "1", "--impute", "mean")
    #expect(usage.status == 64 && usage.errorLine.contains("'--from' and '--impute mean' exclude each other"))
  }

  @Test("a category that training didn't have is an error that names the row and the option, or is ignored and counted")
  func unseen() throws {
    let program = try Program()
    #expect(try train(program, "--drop-missing").status == 0)
    let text = [Self.lines[0], Self.lines[1], Self.lines[2].replacing("Torgersen", with: "Mars")].joined(separator: "\n")
    for command in ["predict", "evaluate"] {
      let refused = try program(command, "--csv", "-", input: text)
      #expect(refused.status == 65)
      #expect(
        refused.errorLine.contains("line 3, column 'island': 'Mars' is an unseen category; known are 'Biscoe', 'Dream', 'Torgersen'."))
      #expect(refused.stderr.hasSuffix("  hint: --unseen ignore sets its one-hot inputs to 0\n"))
    }
    let ignored = try program("predict", "--csv", "-", "--unseen", "ignore", "--format", "json", input: text)
    #expect(ignored.stderr == "1 row with a category that training didn't have: all its one-hot inputs are 0\n")
    let rows = try ignored.json().array
    #expect(rows[0].unseen == nil && rows[1].unseen == .array(["island"]))
    #expect(rows[1].x?.array.first == "Mars")
    let csv = try program("predict", "--csv", "-", "--unseen", "ignore", "--format", "csv", input: text)
    #expect(csv.lines[2].hasPrefix("Mars,39.5,"))
    let point = try program("predict", "--point", "Mars,39.5,17.4,186,3800,female,2007", "--unseen", "ignore", "--format", "json")
    #expect(try point.json().array[0].probabilities == rows[1].probabilities)
    #expect(try program("predict", "--point", "Mars,39.5,17.4,186,3800,female,2007").status == 65)
    let evaluated = try program("evaluate", "--csv", "-", "--unseen", "ignore", "--format", "json", input: text)
    #expect(try evaluated.json().unseen_rows == .number(1))
    #expect(try program("predict", "--csv", "-", "--unseen", "maybe", input: text).status == 64)
  }

  @Test("--keep carries columns through to the output as they are", arguments: ["json", "csv", "table"])
  func keep(format: String) throws {
    let program = try Program()
    let text = "id,a,note,y\n" + (0..<20).map { "00\($0),\($0),\"n, \"\"\($0)\"\"\",\($0 % 2)\n" }.joined()
    let path = try program.folder.write("rows.csv", text)
    #expect(try program("train", "--csv", path, "--target", "y", "--categorical", "id", "--epochs", "2").status == 0)
    let result = try program("predict", "--csv", path, "--keep", "note,id", "--format", format)
    #expect(result.status == 0)
    switch format {
    case "json":
      let row = try result.json().array[3]
      #expect(row.note == #"n, "3""# && row.id == "003")
      #expect(row.keys == ["note", "id", "x", "probability", "label"])
    case "csv":
      #expect(result.lines[0] == "note,id,a,probability,label")
      #expect(result.lines[4].hasPrefix(#""n, ""3""",003,3,"#))
    default: #expect(result.lines[4].hasPrefix(#"n, "3""#) && result.lines[4].contains("003"))
    }
    let unknown = try program("predict", "--csv", path, "--keep", "ID")
    #expect(unknown.status == 65 && unknown.errorLine.contains("no column 'ID'"))
    #expect(try program("predict", "--csv", path, "--keep", "id,id").status == 64)
    #expect(try program("predict", "--csv", path, "--keep", "").status == 65)
    #expect(try program("predict", "--keep", "id").status == 64)
    try program.folder.write("own.csv", "id,a,note,label\n001,1,\"n, \"\"1\"\"\",2\n")
    let own = try program("predict", "--csv", "own.csv", "--keep", "label")
    #expect(own.status == 64 && own.errorLine == "Error: '--keep label': the output has a column of that name itself.")
  }

  @Test("a column to keep may have commas in its name: named as a whole, or in quotes among others")
  func keepCommas() throws {
    let program = try Program()
    let text = "\"name, first\",a,id,y\n" + (0..<20).map { "n\($0 % 3),\($0),\($0),\($0 % 2)\n" }.joined()
    let path = try program.folder.write("rows.csv", text)
    #expect(try program("train", "--csv", path, "--target", "y", "--drop", "\"name, first\",id", "--epochs", "2").status == 0)
    for keep in [["--keep", "name, first", "--keep", "id"], ["--keep", "\"name, first\",id"]] {
      let result = try program(["predict", "--csv", path, "--format", "csv"] + keep)
      #expect(result.lines.prefix(1) == ["\"name, first\",id,a,probability,label"], "\(result.stderr)")
    }
    // Parts of names may be alike, and like a column of the output.
    try program.folder.write("alike.csv", "\"s, j\",\"s, k\",\"a,label\",a\n1,2,3,4\n")
    for keep in [["--keep", "\"s, j\",\"s, k\"", "--keep", "a,label"], ["--keep", "\"s, j\",\"s, k\",\"a,label\""]] {
      let result = try program(["predict", "--csv", "alike.csv", "--format", "csv"] + keep)
      #expect(result.lines.prefix(1) == ["\"s, j\",\"s, k\",\"a,label\",a,probability,label"], "\(result.stderr)")
    }
  }

  @Test("an unseen category of a point is said")
  func unseenPoint() throws {
    let program = try Program()
    #expect(try train(program, "--drop-missing").status == 0)
    let point = try program("predict", "--point", "Mars,39.5,17.4,186,3800,female,2007", "--unseen", "ignore")
    #expect(point.stderr == "'Mars' is a category of 'island' that training didn't have: all its one-hot inputs are 0\n")
  }

  @Test("a target that is the same number in every training row is said: there is nothing to learn")
  func constantTarget() throws {
    let program = try Program()
    let path = try program.folder.write("rows.csv", "a,y\n" + (0..<20).map { "\(Double($0) / 2 + 0.25),2.5\n" }.joined())
    let trained = try program("train", "--csv", path, "--target", "y", "--task", "regression", "--epochs", "2", "--quiet")
    #expect(trained.status == 0)
    #expect(trained.stderr == "Warning: the target y is 2.5 in every training row: there is nothing to learn.\n")
  }

  @Test("constant columns are named once, up to rounding; a column without a value is refused")
  func constantColumns() throws {
    let program = try Program()
    let text = "a,b,c,y\n" + (0..<20).map { "\($0),\($0 % 2 == 0 ? "0.3" : "0.30000000000000004"),x,\($0 % 2)\n" }.joined()
    let path = try program.folder.write("rows.csv", text)
    let trained = try program("train", "--csv", path, "--target", "y", "--epochs", "2", "--standardize", "--format", "json")
    #expect(
      trained.stderr.split(separator: "\n").filter { $0.hasPrefix("Constant") } == [
        "Constant in the training rows: b, c; these columns carry no information"
      ])
    let empty = try program.folder.write("empty.csv", "a,b,y\n" + (0..<20).map { "\($0),,\($0 % 2)\n" }.joined())
    let refused = try program("train", "--csv", empty, "--target", "y", "--impute", "mean")
    #expect(refused.status == 65)
    #expect(
      refused.stderr.hasSuffix(
        "Error: column 'b' is missing in every training row: there is nothing to fill it in from.\n  hint: --drop b leaves the column out\n"
      ))
  }
}
