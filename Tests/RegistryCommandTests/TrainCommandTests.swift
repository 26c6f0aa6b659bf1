import Foundation
import TestSupport
import Testing

struct TrainCommandTests {
  static let keys = [
    "model", "version", "run", "dataset", "test_loss_before", "train_loss", "test_loss", "accuracy", "precision", "recall", "f1",
    "roc_auc", "epochs", "seconds",
  ]

  @Test("train's JSON is one object with the documented keys in their order")
  func json() throws {
    let result = try Program()("train", "--epochs", "10", "--format", "json")
    let keys = result.lines.dropFirst().dropLast().compactMap { $0.split(separator: "\"").dropFirst().first.map(String.init) }
    #expect(keys == Self.keys + ["notes"])
    let json = try result.json()
    #expect(json.model == .string("neural-net") && json.version == .number(1) && json.run == .number(1))
    #expect(json.dataset == .string("blobs-seed0") && json.epochs == .number(10))
    #expect(try #require(json.seconds?.number) > 0)
    #expect(result.stderr.hasPrefix("Warning: of the test part the net answers '1' for all 20 rows, of which 10 are '1'.\n"))
  }

  @Test("train's CSV is a header and a row, and says the same")
  func csv() throws {
    let program = try Program()
    let csv = try program("train", "--epochs", "10", "--format", "csv")
    let json = try program("train", "--epochs", "10", "--format", "json").json()
    #expect(csv.lines.count == 2 && csv.lines[0] == Self.keys.joined(separator: ","))
    let cells = csv.lines[1].split(separator: ",").map(String.init)
    #expect(cells[..<4] == ["neural-net", "1", "1", "blobs-seed0"])
    #expect(cells[4..<8].map { Double($0) } == ["test_loss_before", "train_loss", "test_loss", "accuracy"].map { json[$0]?.number })
  }

  @Test("a training of any length prints at most forty losses, evenly spaced; --quiet prints the result alone")
  func lines() throws {
    let program = try Program()
    let long = try program("train", "--hidden", "1", "--epochs", "8001")
    let losses = long.lines.filter { $0.hasPrefix("Train loss at ") }
    #expect(losses.compactMap { Int($0.split(separator: " ")[3]) } == Array(stride(from: 0, through: 8000, by: 500)))
    #expect(long.lines.count == losses.count + 3)
    let quiet = try program("train", "--hidden", "1", "--epochs", "8001", "--quiet")
    #expect(
      quiet.lines.count == 1 && quiet.stdout.hasPrefix("Stored neural-net/2: run 2, dataset blobs-seed0, accuracy ") && quiet.stderr == "")
    let csv = ["train", "--csv", Fixtures.path("data/iris.csv"), "--target", "target", "--epochs", "1"]
    #expect(try program(csv).stderr != "" && program(csv + ["--quiet"]).stderr == "")
    try program.folder.write("gaps.csv", "a,b,y\n1,2,0\n,2,1\n3,2,0\n4,2,1\n5,2,0\n6,2,1\n7,2,0\n8,2,1\n9,2,0\n10,2,1\n")
    let gaps = ["train", "--csv", "gaps.csv", "--target", "y", "--impute", "median", "--epochs", "1"]
    #expect(try program(gaps).stderr.contains("Constant in ") && program(gaps).stderr.contains(" filled in"))
    let left = try program(gaps + ["--quiet"]).stderr.split(separator: "\n")
    #expect(left.allSatisfy { $0.hasPrefix("Warning: ") || $0.hasPrefix("  hint: ") }, "\(left)")
    let wild = try program("train", "--learning-rate", "1e30", "--weight-decay", "1", "--epochs", "20", "--quiet")
    #expect(wild.stderr.hasPrefix("Warning: the train loss became "), "a warning stays")
    #expect(try program("train", "--csv", "none.csv", "--target", "y", "--quiet").errorLine == "Error: 'none.csv': no such file.")
  }

  @Test("versions count up within a model, runs over all")
  func numbers() throws {
    let program = try Program()
    let got = try ["a", "b", "a", "a", "b"].map { model in
      let json = try program("train", "--model", model, "--epochs", "1", "--format", "json").json()
      return [json.version?.number, json.run?.number]
    }
    #expect(got == [[1, 1], [1, 2], [2, 3], [3, 4], [2, 5]])
  }

  @Test(
    "the file is --db, else $REGISTRY_DB, else registry.db",
    arguments: [
      (["--db", "x.db"], ["REGISTRY_DB": "y.db"], "x.db"), ([], ["REGISTRY_DB": "y.db"], "y.db"), ([], ["REGISTRY_DB": ""], "registry.db"),
      ([], [:], "registry.db"), (["--db", ":memory:"], [:], ":memory:"), (["--db", "file:x.db?mode=ro"], [:], "file:x.db?mode=ro"),
    ] as [([String], [String: String], String)])
  func database(options: [String], environment: [String: String], name: String) throws {
    let program = try Program()
    let trained = try program(["train", "--epochs", "1"] + options, environment: environment)
    #expect(trained.lines.last?.hasSuffix(", in \(name)") == true)
    #expect(try Array(program.files().keys) == [name], "one file, and no journal beside it")
    let listed = try program(["list", "--format", "json"] + options, environment: environment)
    #expect(try listed.json().array.count == 1)
  }

  @Test("the same seed gives the same state_dict, its tensors stored once; another seed gives another")
  func determinism() throws {
    let program = try Program()
    for seed in ["7", "7", "8"] { #expect(try program("train", "--seed", seed, "--epochs", "50").status == 0) }
    let shown = try (1...3).map { try program("show", "\($0)", "--format", "json").json() }
    #expect(shown[0].state_dict_digest?.string?.count == 64)
    #expect(shown[0].state_dict_digest == shown[1].state_dict_digest)
    #expect(shown[0].state_dict_digest != shown[2].state_dict_digest)
    #expect(shown[0].uuid != shown[1].uuid)
    // A dataset has four tensors and a net four.
    let counts = try program.command(
      [
        "sqlite3", "registry.db",
        "SELECT (SELECT count(*) FROM tensors), (SELECT count(*) FROM datasets), (SELECT count(*) FROM model_versions)",
      ])
    #expect(counts.stdout == "16|2|3\n")
  }

  @Test("no epoch at all stores the initial weights")
  func noEpoch() throws {
    let program = try Program()
    let json = try program("train", "--epochs", "0", "--format", "json").json()
    #expect(json.epochs == .number(0) && json.test_loss == json.test_loss_before)
    #expect(try program("show", "--run", "1", "--format", "json").json().train_loss == .array([]))
  }

  @Test("--samples takes a quarter as many to test on, and names the dataset")
  func samples() throws {
    let program = try Program()
    #expect(try program("train", "--samples", "200", "--epochs", "1", "--format", "json").json().dataset == .string("blobs-200-seed0"))
    let dataset = try #require(program("list", "datasets", "--format", "json").json().array.first)
    #expect(dataset.train_rows == .number(200) && dataset.test_rows == .number(50))
  }

  @Test(
    "a loss that becomes NaN is stored as it is, and warned of",
    arguments: [
      ["--learning-rate", "1e30", "--weight-decay", "1", "--epochs", "20"],
      ["--csv", Fixtures.path("data/diabetes.csv"), "--target", "target", "--learning-rate", "1e10", "--epochs", "20"],
    ])
  func nan(options: [String]) throws {
    let program = try Program()
    let result = try program(["train", "--format", "json"] + options)
    #expect(result.status == 0)
    // Once, and of the first epoch whose loss isn't finite.
    let warning = try #require(result.stderr.split(separator: "\n").first { $0.hasPrefix("Warning: ") })
    let losses = try program("show", "--run", "1", "--format", "json").json().train_loss?.array ?? []
    let first = try #require(losses.firstIndex { $0.number == nil })
    let value = losses[first] == .string("NaN") ? "nan" : "inf"
    #expect(warning == "Warning: the train loss became \(value) at epoch \(first); it is stored as it is.")
    #expect(result.stderr.components(separatedBy: "Warning: ").count == 2)
    #expect(result.stderr.hasSuffix("\(warning)\n  hint: a lower --learning-rate\n"))
    #expect(try result.json().test_loss == .string("NaN") && result.json().train_loss == .string("NaN"))
    let sql = "SELECT test_loss IS NULL, test_loss_is_nan, train_loss IS NULL, train_loss_is_nan FROM leaderboard"
    #expect(try program.command(["sqlite3", "registry.db", sql]).stdout == "1|1|1|1\n")
    #expect(try program("list", "--format", "json").json().array.first?.test_loss == .string("NaN"))
    #expect(try program("show", "1", "--format", "json").json().test_loss == .string("NaN"))
    #expect(try program("show", "--run", "1", "--format", "json").json().train_loss?.array.last == .string("NaN"))
    #expect(try program("list").lines.last?.contains(" nan ") == true)
    let row = try #require(program("predict", "--format", "json").json().array.first)
    #expect((row.probability ?? row.value) == .string("NaN"))
  }

  @Test("the tutorial's lines name what isn't finite as Python does")
  func nanLines() throws {
    let result = try Program()("train", "--learning-rate", "1e30", "--weight-decay", "1", "--epochs", "101")
    #expect(result.lines.dropFirst(2).first == "Train loss at 100 is nan")
    #expect(result.lines.dropFirst(3).first == "After Training, test loss is nan")
  }
}
