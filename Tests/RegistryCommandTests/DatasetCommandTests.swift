import Foundation
import TestSupport
import Testing

/// `registry dataset` and training on what it stores.
struct DatasetCommandTests {
  static let wine =
    "alcohol,color,quality\n"
    + (0..<60).map { "\(9 + Double($0 % 7) / 2),\($0 % 3 == 0 ? "red" : "white"),\($0 % 4 == 0 ? "good" : "bad")\n" }.joined()

  private func programWithWine() throws -> Program {
    let program = try Program()
    try program.folder.write("wine.csv", Self.wine)
    let added = try program("dataset", "add", "wine.csv", "--target", "quality", "--seed", "3")
    #expect(added.status == 0)
    #expect(added.stdout == "Stored dataset wine: 48 rows to train on, 12 to test on, 2 features\n")
    #expect(added.stderr == "'quality' has the two values 'bad' and 'good': binary\nFeatures: 1 number, 1 category (2 values)\n")
    return program
  }

  @Test("a stored dataset is listed, shown, trained on and exported with the same values")
  func life() throws {
    let program = try programWithWine()
    let shown = try program("dataset", "show", "wine", "--format", "json").json()
    #expect(shown.names == .array([.string("wine")]))
    #expect(shown["columns"]?.array.map(\.name?.string) == ["alcohol", "color", "quality"])
    #expect(shown["columns"]?.array.first?.min?.number == 9)
    #expect(shown["columns"]?.array.first?.max?.number == 12)
    let balance = shown["classes"]?.array.map { ($0.train?.number ?? 0) + ($0.test?.number ?? 0) }
    #expect(balance == [45, 15])
    #expect(shown.runs == .array([]))

    let trained = try program("train", "--dataset", "wine", "--epochs", "20", "--format", "json").json()
    #expect(trained.dataset?.string == "wine")
    #expect(try program("dataset", "show", "wine", "--format", "json").json().runs?.numbers == [1])
    #expect(try program("list", "datasets", "--format", "json").json().array.first?.runs?.number == 1)

    // Every row comes back, whatever the split has done to their order.
    let exported = try program("dataset", "export", "wine").lines
    #expect(exported.first == "alcohol,color,quality")
    let values = { (lines: [String]) in
      lines.dropFirst().map { $0.split(separator: ",").map { Double($0).map { "\($0)" } ?? String($0) } }.sorted { "\($0)" < "\($1)" }
    }
    #expect(values(exported) == values(Self.wine.split(separator: "\n").map(String.init)))
    let parts = try ["train", "test"].map { try program("dataset", "export", "wine", "--part", $0).lines.count }
    #expect(parts == [49, 13])
  }

  @Test("one content has as many names as it is given, and a name moves only with --replace")
  func names() throws {
    let program = try programWithWine()
    let again = try program("dataset", "add", "wine.csv", "--target", "quality", "--seed", "3", "--name", "vino", "--format", "json").json()
    #expect(again.known == .bool(true))
    #expect(try program("list", "datasets", "--format", "json").json().array.count == 1)
    try Refusal(
      "dataset", "add", "wine.csv", "--target", "quality", "--seed", "4", "--name", "vino", "--task", "binary", code: 65,
      error: "'vino' is another dataset in registry.db.", hint: "another --name, or --replace to move the name"
    ).check(in: program)
    #expect(try program("dataset", "add", "wine.csv", "--target", "quality", "--seed", "4", "--name", "vino", "--replace").status == 0)
    #expect(try program("list", "datasets", "--format", "json").json().array.map(\.dataset?.string) == ["vino", "wine"])
  }

  @Test("a dataset that a run needs stays; another goes with its last name and its tensors")
  func remove() throws {
    let program = try programWithWine()
    #expect(try program("dataset", "add", "--samples", "20", "--seed", "9").status == 0)
    #expect(try program("train", "--dataset", "wine", "--epochs", "1").status == 0)
    try Refusal(
      "dataset", "remove", "wine", code: 65, error: "run 1 needs the dataset 'wine' in registry.db.",
      hint: "registry show --run 1 --db registry.db"
    ).check(in: program)
    #expect(try program("dataset", "remove", "blobs-20-seed9").stdout == "Removed dataset blobs-20-seed9\n")
    let tensors = try program.command(["sqlite3", "registry.db", "SELECT count(*) FROM tensors"])
    #expect(tensors.stdout == "8\n", "four of wine, four of the version")
    try Refusal(
      "dataset", "show", "blobs-20-seed9", code: 66, error: "no dataset 'blobs-20-seed9' in registry.db (there is 'wine').",
      hint: "registry dataset list --db registry.db"
    ).check(in: program)
  }

  @Test("categories are one-hot, and predict takes them by name and refuses those it doesn't know")
  func categories() throws {
    let program = try programWithWine()
    #expect(try program("train", "--dataset", "wine", "--epochs", "5").status == 0)
    let points = try program("predict", "--point", "10.5,red", "--point", "10.5,white", "--format", "json").json().array
    #expect(points.map { $0.x?.array.last?.string } == ["red", "white"])
    #expect(points[0].probability != points[1].probability)
    try Refusal("predict", "--point", "10,blue", code: 65, error: "'blue' isn't a category of 'color' ('red', 'white').").check(in: program)
    try Refusal(
      "predict", "--csv", "new.csv", code: 65,
      error: "'new.csv' line 3, column 'color': 'blue' is an unseen category; known are 'red', 'white'.",
      files: ["new.csv": "color,alcohol\nred,10\nblue,11\n"]
    ).check(in: program)
  }

  @Test("rows with a missing cell are left out only when asked, counted, and recorded")
  func missing() throws {
    let program = try Program()
    try program.folder.write("gaps.csv", Self.wine + "10,,good\n,red,bad\n")
    #expect(try program("dataset", "add", "gaps.csv", "--target", "quality").status == 65)
    let added = try program("dataset", "add", "gaps.csv", "--target", "quality", "--drop-missing", "--format", "json")
    #expect(added.stderr.contains("2 rows with a missing cell were left out."))
    #expect(try added.json().train_rows?.number == 48)
    let shown = try program("dataset", "show", "gaps", "--format", "json").json()
    let text = try #require(shown.source?.string)
    let source = try JSON(text)
    #expect(source.dropped_rows?.number == 2)
  }

  @Test("the test rows may come from a file of their own, and from standard input the rest")
  func testFile() throws {
    let program = try Program()
    try program.folder.write("test.csv", "quality,alcohol,color\ngood,11,red\nbad,9.5,white\n")
    let arguments = ["dataset", "add", "-", "--test-csv", "test.csv", "--target", "quality", "--name", "two", "--format", "json"]
    let added = try program(arguments, input: Self.wine).json()
    #expect(added.train_rows?.number == 60)
    #expect(added.test_rows?.number == 2)
    #expect(try program("dataset", "export", "two", "--part", "test").stdout == "alcohol,color,quality\n11,red,good\n9.5,white,bad\n")
  }

  @Test("blobs may have any centres, spread and size")
  func blobs() throws {
    let program = try Program()
    let trained = try program(
      "train", "--centers", "0,0,0;4,4,4;-4,4,0", "--cluster-std", "0.5", "--samples", "60", "--task", "multiclass", "--hidden", "8",
      "--epochs", "400", "--learning-rate", "0.1", "--format", "json"
    ).json()
    #expect(trained.accuracy?.number == 1)
    #expect(try program("predict", "4", "4", "4", "--format", "json").json().array.first?.label?.string == "1")
    try Refusal(
      "train", "--centers", "1,1;x", code: 64, error: "'--centers 1,1;x': 'x' isn't a number.", hint: "--centers '1,1;-1,-1'"
    ).check(in: program)
  }
}
