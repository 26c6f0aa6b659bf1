import TestSupport
import Testing

struct ListCommandTests {
  @Test("epochs are those that ran; what was asked for stays a param")
  func epochs() throws {
    let program = try Program()
    let trained = try program("train", "--epochs", "500", "--learning-rate", "30", "--patience", "1", "--format", "json").json()
    let ran = try #require(trained.epochs?.number)
    #expect(ran < 500)
    #expect(try program("train", "--epochs", "7").status == 0)
    for options in [[], ["--all"]] {
      let rows = try program(["list", "--columns", "epochs,params.epochs", "--order-by", "epochs", "--format", "json"] + options).json()
        .array
      #expect(rows.map { $0.epochs?.number } == [ran, 7].sorted() && Set(rows.map { $0["params.epochs"]?.number }) == [500, 7])
      #expect(try program(["list", "--where", "epochs = \(Int(ran))", "--format", "json"] + options).json().array.count == 1)
    }
    #expect(try program("show", "1", "--format", "json").json().params?.epochs == 500)
  }

  @Test("a narrow terminal leaves out what is equal in all rows first, and keeps what one compares")
  func narrow() throws {
    let program = try Program()
    for (hidden, rate, optimizer) in [("4", "0.1", "sgd"), ("8,4", "0.01", "adam"), ("16", "0.03", "adam")] {
      let options = [
        "--hidden", hidden, "--learning-rate", rate, "--optimizer", optimizer, "--epochs", "2", "--seed", "1\(hidden.prefix(1))",
      ]
      #expect(try program(["train"] + options).status == 0)
    }
    func headings(_ width: Int) throws -> [String] {
      try onTerminal(width, ["list"], environment: ["NO_COLOR": "1"], in: program).lines[0].split(separator: " ").map(String.init)
    }
    let narrow = try headings(80)
    #expect(narrow.starts(with: ["version", "hidden_sizes", "learning_rate", "optimizer"]) && narrow.contains("test_loss"))
    #expect(!narrow.contains("seed"), "\(narrow)")
    let wide = try headings(200)
    #expect(wide.contains("seed") && wide.contains("epochs") && wide.contains("dataset") && wide.contains("task"))
    // All were trained for as many epochs: that goes before the seed.
    #expect(try headings(112).contains("seed") && !headings(112).contains("epochs"))
  }

  private func list(_ arguments: [String] = []) throws -> ProcessResult { try Shared.tutorial().program(["list"] + arguments) }

  private func versions(_ arguments: [String]) throws -> [Int] {
    let result = try list(arguments + ["--format", "json"])
    #expect(result.status == 0 && result.stderr == "")
    return try result.json().array.map { Int($0.version?.number ?? 0) }
  }

  @Test("JSON has the documented keys, typed")
  func json() throws {
    let rows = try list(["--format", "json"]).json().array
    #expect(rows.count == 3)
    let documented: Set = [
      "model", "version", "aliases", "run", "dataset", "task", "hidden_size", "epochs", "learning_rate", "seed", "train_loss", "test_loss",
      "accuracy", "created_at",
    ]
    for row in rows { #expect(row.keys.isSuperset(of: documented)) }
    let newest = rows[0]
    #expect(newest.model == .string("neural-net") && newest.version == .number(3) && newest.run == .number(3))
    #expect(newest.aliases == .array([]) && newest.dataset == .string("blobs-seed42") && newest.task == .string("binary"))
    #expect(newest.hidden_size == .number(5) && newest.epochs == .number(2000) && newest.learning_rate == .number(0.03))
    #expect(newest.seed == .number(42))
    let time = try #require(newest.created_at?.string)
    #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
  }

  @Test("CSV has the JSON's columns and its numbers to the last digit")
  func csv() throws {
    let csv = try list(["--format", "csv"])
    let json = try list(["--format", "json"]).json().array
    let names = try #require(csv.lines.first).split(separator: ",").map(String.init)
    #expect(Set(names).isSuperset(of: json[0].keys))
    #expect(csv.lines.count == 4)
    for (line, row) in zip(csv.lines.dropFirst(), json) {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      for name in ["version", "seed", "train_loss", "test_loss", "accuracy", "learning_rate"] {
        #expect(Double(cells[try #require(names.firstIndex(of: name))]) == row[name]?.number)
      }
    }
  }

  @Test("the table has a header and a row for each version, newest first")
  func table() throws {
    let result = try list()
    #expect(result.lines.count == 4)
    #expect(result.lines[0].hasPrefix("version  run  dataset"))
    #expect(result.lines.dropFirst().map { $0.split(separator: " ").first } == ["3", "2", "1"])
    #expect(Set(result.lines.dropFirst().map(\.count)).count == 1, "the columns are aligned")
    #expect(!result.stdout.contains("\u{1b}"), "a pipe gets no colours")
  }

  static let queries: [([String], [Int])] = [
    ([], [3, 2, 1]),
    (["versions"], [3, 2, 1]),
    (["--order-by", "seed"], [1, 2, 3]),
    (["--order-by", "seed DESC"], [3, 2, 1]),
    (["--order-by", "accuracy DESC, seed"], [1, 3, 2]),
    (["--order-by", "test_loss"], [3, 1, 2]),
    (["--where", "seed = 1"], [2]),
    (["--where", "test_loss < 0.1 AND hidden_size >= 5", "--order-by", "test_loss", "--limit", "20"], [3, 1]),
    (["--where", "seed > 0 OR 1 = 0", "--model", "neural-net"], [3, 2]),
    (["--where", "dataset LIKE '%42' -- a comment"], [3]),
    (["--where", "seed > 0", "--order-by", "version", "--limit", "1", "--offset", "1"], [3]),
    (["--where", "seed > 1000"], []),
    (["--limit", "2"], [3, 2]),
    (["--limit", "1", "--offset", "1"], [2]),
    (["--offset", "2"], [1]),
    (["--offset", "3"], []),
    (["--limit", "0"], []),
  ]

  @Test("--where, --order-by, --limit and --offset choose the versions", arguments: queries)
  func query(arguments: [String], expected: [Int]) throws { #expect(try versions(arguments) == expected) }

  @Test("NULL comes last in both directions", arguments: ["test_loss", "test_loss DESC"])
  func nullsLast(order: String) throws {
    let program = try Program(copying: Shared.tutorial().program)
    #expect(try program("train", "--learning-rate", "1e30", "--weight-decay", "1", "--epochs", "20").status == 0)
    let rows = try program("list", "--order-by", order, "--format", "json").json().array
    #expect(rows.map { $0.test_loss == .string("NaN") } == [false, false, false, true])
  }

  @Test("runs tell what they are of and how they ended")
  func runs() throws {
    let rows = try list(["runs", "--format", "json"]).json().array
    #expect(rows.map { $0.run?.number } == [3, 2, 1])
    for row in rows {
      #expect(row.keys.isSuperset(of: ["run", "model", "status", "kind", "version", "dataset", "seed", "started_at", "ended_at"]))
      #expect(row.model == .string("neural-net") && row.status == .string("finished") && row.kind == .string("train"))
      #expect(row.version == row.run && row.epochs_done == .number(2000))
    }
  }

  @Test("models tell how many versions they have and which is best")
  func models() throws {
    let program = try Program(copying: Shared.tutorial().program)
    _ = try program("train", "--model", "other", "--epochs", "1")
    let rows = try program("list", "models", "--format", "json").json().array
    #expect(rows.map { $0.model?.string } == ["other", "neural-net"])
    #expect(rows.map { $0.versions?.number } == [1, 3])
    let losses = try list(["--format", "json"]).json().array.compactMap { $0.test_loss?.number }
    #expect(rows[1].best_test_loss?.number == losses.min())
  }

  @Test("datasets tell their size and where they come from")
  func datasets() throws {
    let rows = try list(["datasets", "--format", "json"]).json().array
    #expect(rows.map { $0.dataset?.string } == ["blobs-seed42", "blobs-seed1", "blobs-seed0"])
    for row in rows {
      #expect(row.train_rows == .number(80) && row.test_rows == .number(20) && row.features == .number(2) && row.runs == .number(1))
      #expect(row.source == .string("make_blobs"))
    }
  }

  @Test("an empty result says so on standard error, and is an empty array in JSON")
  func empty() throws {
    #expect(try list(["--where", "0", "--format", "json"]).stdout == "[]\n")
    let table = try list(["--where", "0"])
    #expect(table.status == 0 && table.stdout == "" && table.stderr == "No versions match.\n")
    #expect(try list(["--limit", "0"]).stderr == "No versions shown: --limit is 0.\n")
    #expect(try list(["runs", "--offset", "3"]).stderr == "No runs beyond --offset 3.\n")
  }
}
