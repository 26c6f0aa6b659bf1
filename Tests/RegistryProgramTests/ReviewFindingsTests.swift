import Foundation
import TestSupport
import Testing

/// What reviews found, each kept as a test that names it.
struct ReviewFindingsTests {
  static let rows = "a,b,y\n" + (0..<40).map { "\($0 % 7),\($0 % 5),\($0 % 2)\n" }.joined()

  @Test(
    "a file name that can't be a dataset's name doesn't lose the training",
    arguments: [" wine.csv", "\(String(repeating: "w", count: 240)).csv"])
  func datasetNameFromFile(file: String) throws {
    let program = try Program()
    try program.folder.write(file, Self.rows)
    #expect(try program("train", "--csv", file, "--target", "y", "--epochs", "3").status == 0)
    #expect(try program("list", "datasets", "--format", "json").json().array.count == 1)
  }

  @Test("a training that can't print leaves no empty registry behind")
  func noEmptyFile() throws {
    let program = try Program()
    #expect(try program.shell("$registry train --epochs 200 > /dev/full").status == 74)
    #expect(try program.files().isEmpty)
  }

  @Test("parameters and closing parentheses in a condition are refused", arguments: ["seed > ?", "seed = :x", "seed > ?9", "1) OR (1"])
  func conditions(condition: String) throws {
    let program = try Shared.tutorial().program
    let result = try program("list", "--where", condition, "--model", "neural-net")
    #expect(result.status == 64)
    #expect(result.stdout == "")
  }

  @Test("a net that could never be stored is refused before it is made", arguments: ["65536,65536", "16384,16384"])
  func tooLarge(hidden: String) throws {
    let program = try Program()
    let result = try program("train", "--hidden", hidden)
    #expect(result.status == 64)
    #expect(result.errorLine.hasPrefix("Error: '--hidden \(hidden)': it has to be small enough"))
    #expect(try program.files().isEmpty)
  }

  @Test("a list of a model that isn't there says so, and one of no rows doesn't deny what is there")
  func emptyLists() throws {
    let program = try Shared.tutorial().program
    #expect(
      try program("list", "--model", "nope").errorLine == "Error: no model 'nope' in registry.db (there is 'neural-net').")
    let beyond = try program("list", "--offset", "99")
    #expect(beyond.status == 0)
    #expect(beyond.stderr == "No versions beyond --offset 99.\n")
  }

  @Test("classes with control characters are the same in y and label, and steer no terminal")
  func controlCharacters() throws {
    let program = try Program()
    try program.folder.write("c.csv", "a,y\n" + (0..<40).map { "\($0 % 2),\"k\u{1b}[31m\($0 % 2)\"\n" }.joined())
    let trained = try program("train", "--csv", "c.csv", "--target", "y", "--epochs", "300", "--learning-rate", "0.5")
    #expect(trained.status == 0)
    #expect(!trained.stderr.contains("\u{1b}") && !trained.stdout.contains("\u{1b}"))
    let rows = try program("predict", "--format", "csv").lines.dropFirst().map { $0.split(separator: ",") }
    #expect(rows.count == 8)
    for row in rows { #expect(row[1] == row[3]) }
  }

  @Test("an error names the option that exists, and a spread beyond float64 is bad data")
  func names() throws {
    try Refusal("train", "--cluster-std", "-1", code: 64, error: "'--cluster-std -1.0': it has to be 0 or a positive number.").check(
      in: Program())
    let program = try Program()
    try program.folder.write("far.csv", "a,y\n" + (0..<20).map { "\($0),\($0 % 2 == 0 ? "" : "-")\($0 + 1)e300\n" }.joined())
    let result = try program("train", "--csv", "far.csv", "--target", "y", "--task", "regression", "--standardize", "--epochs", "1")
    #expect(result.status == 65)
    #expect(result.errorLine.contains("spread too widely"))
  }

  @Test("the beginning of a digest doesn't remove a dataset of several names")
  func removeByDigest() throws {
    let program = try Program()
    try program.folder.write("d.csv", Self.rows)
    let digest = try #require(try program("dataset", "add", "d.csv", "--target", "y", "--format", "json").json().digest?.string)
    #expect(try program("dataset", "add", "d.csv", "--target", "y", "--name", "other").status == 0)
    let result = try program("dataset", "remove", String(digest.prefix(10)))
    #expect(result.status == 64)
    #expect(result.errorLine.contains("has the names 'd', 'other'"))
    #expect(try program("dataset", "remove", "other").status == 0)
    #expect(try program("dataset", "remove", String(digest.prefix(10))).status == 0)
  }

  @Test(
    "a run that points to another dataset than its version was trained on is refused, in every format", arguments: ["table", "json", "csv"])
  func otherDataset(format: String) throws {
    let program = try Program()
    #expect(try program("train", "--epochs", "1").status == 0)
    #expect(
      try program("train", "--csv", Fixtures.path("data/diabetes.csv"), "--target", "target", "--epochs", "1", "--learning-rate", "0.001")
        .status == 0)
    // As a crafted file would have it: the rule is put back to the letter, so the schema is whole.
    let script = """
      import sqlite3
      file = sqlite3.connect("registry.db")
      name, rule = file.execute("SELECT name, sql FROM sqlite_schema WHERE name = 'runs_update'").fetchone()
      file.execute("DROP TRIGGER " + name)
      file.execute("UPDATE runs SET dataset_id = 2 WHERE id = 1")
      file.execute(rule)
      file.commit()
      """
    #expect(try program.command(["python3", "-c", script]).status == 0)
    let result = try program("predict", "--version", "1", "--format", format)
    #expect(result.status == 65, "\(result)")
    #expect(result.stdout == "")
    #expect(try program("show", "--run", "1").status == 65, "the run's digest covers its dataset")
  }
}
