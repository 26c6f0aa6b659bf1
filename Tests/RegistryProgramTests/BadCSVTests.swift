import Foundation
import TestSupport
import Testing

/// CSV files that train and predict refuse; the reader's own tests have the whole list.
struct BadCSVTests {
  private static let refused: [Refusal] = {
    func csv(_ text: String, _ error: String, hint: String? = nil, name: String) -> Refusal {
      Refusal(
        "train", "--csv", "data.csv", "--target", "y", "--epochs", "1", code: 65, error: error, hint: hint, files: ["data.csv": text],
        name: name)
    }
    return [
      csv("a,b,y\n1,2,0\n1,2\n3,4,1\n", "'data.csv' line 3: the row has 2 fields, the header 3.", name: "a short row"),
      csv("a,b,y\n1,2,0\n1,2,1,4\n", "'data.csv' line 3: the row has 4 fields, the header 3.", name: "a long row"),
      csv(
        "a,b,y\n1,2,0\nx,2,1\n3,4,1\n", "'data.csv' line 3, column 'a': 'x' is text in a number column (line 2 has a number).",
        name: "text in a number column"),
      csv(
        "a,b,y\n1,2,0\nNaN,2,1\n", "'data.csv' line 3, column 'a': the cell is missing ('NaN').",
        hint: "--impute median fills it in, --drop-missing leaves out such rows", name: "a NaN cell"),
      csv("a,b,y\n1,2,0\n,2,1\n", "'data.csv' line 3, column 'a': the cell is empty.", name: "an empty cell"),
      csv(
        "a,b,y\n1,2,0\n1e999,2,1\n", "'data.csv' line 3, column 'a': '1e999' is beyond the range of float64.", name: "a number too large"),
      csv(
        "a,b,y\n1,2,0\n2,2,0\n3,4,0\n", "'data.csv', column 'y': every row has the same value '0', there is nothing to learn.",
        name: "one class only"),
      csv("a,b,z\n1,2,0\n", "'data.csv' line 1: no column 'y'; there are 'a', 'b', 'z'.", name: "a missing target column"),
      csv(
        (0..<1_000_000).map { "c\($0)" }.joined(separator: ",") + "\n", "'data.csv' line 1: more than 10000 columns.",
        name: "a million columns"),
      csv("a,b,y\n", "'data.csv': a header and no row.", name: "zero rows"),
      csv("", "'data.csv': the file is empty.", name: "an empty file"),
      csv("a,a,y\n1,2,0\n", "'data.csv' line 1: the header has 'a' twice.", name: "a column twice"),
      csv("y\n1\n0\n", "'data.csv' line 1: no column besides the target 'y'.", name: "no feature"),
      csv("\0\u{1}", "'data.csv' line 1: a NUL byte: the file is binary or UTF-16, only UTF-8 text is read.", name: "a binary file"),
      csv(
        "a,b,y\n1,2,p\n3,3,q\n",
        "no training row has the class 'q' of 'y': the split (test fraction 0.2, seed 0) puts all of its rows into the test part.",
        hint:
          "--stratify keeps each class's share in both parts where it has two rows or more; else a smaller --test-fraction, or leave that row out",
        name: "a class that the split leaves without a training row"),
      Refusal("train", "--csv", "no.csv", "--target", "y", code: 66, error: "'no.csv': no such file."),
      Refusal("train", "--csv", ".", "--target", "y", code: 65, error: "'.': is a directory."),
      Refusal(
        "train", "--csv", "data.csv", code: 64, error: "'data.csv' needs the column to predict.",
        hint: "--target COLUMN"),
      Refusal(
        "train", "--csv", "data.csv", "--target", "y", "--task", "regression", code: 65,
        error: "'data.csv' line 2, column 'y': 'p' is not a number.", files: ["data.csv": "a,y\n1,p\n2,q\n"]),
    ]
  }()

  @Test("train refuses a file with its line, and makes no registry", arguments: refused)
  func train(refusal: Refusal) throws { try refusal.check(in: Program()) }

  @Test("train leaves the registry that is there as it is", arguments: refused.prefix(3))
  func trainIntoRegistry(refusal: Refusal) throws { try refusal.check(in: Program(copying: Shared.tutorial().program)) }

  private static let predictions: [(text: String, error: String, code: Int32)] = [
    ("x0\n1\n", "'rows.csv' line 1: no column 'x1'; there is 'x0'.", 65),
    ("x0,x1\n1\n", "'rows.csv' line 2: the row has 1 field, the header 2.", 65),
    ("x0,x1\n1,2\n1,x\n", "'rows.csv' line 3, column 'x1': 'x' is not a number.", 65),
    ("x0,x1\nnan,2\n", "'rows.csv' line 2, column 'x0': the cell is missing ('nan').", 65),
    ("x0,x1\n1,1e999\n", "'rows.csv' line 2, column 'x1': '1e999' is beyond the range of float64.", 65),
    ("", "'rows.csv': the file is empty.", 65),
  ]

  @Test("predict refuses a file with its line", arguments: predictions, ["table", "json", "csv"])
  func predict(example: (text: String, error: String, code: Int32), format: String) throws {
    try Refusal(
      "predict", "--version", "3", "--csv", "rows.csv", "--format", format, code: example.code, error: example.error,
      files: ["rows.csv": example.text]
    ).check(in: Program(copying: Shared.tutorial().program))
  }

  @Test("a category that the training didn't see is named with those that it saw")
  func unknownCategory() throws {
    let program = try Program()
    let text = "colour,y\n" + (0..<20).map { "\($0 % 2 == 0 ? "red" : "blue"),\($0 % 2)\n" }.joined()
    #expect(try program(["train", "--csv", "-", "--target", "y", "--epochs", "1"], input: text).status == 0)
    #expect(try program("predict", "red").status == 0)
    try Refusal("predict", "green", code: 65, error: "'green' isn't a category of 'colour' ('blue', 'red').").check(in: program)
    try Refusal(
      "predict", "--csv", "rows.csv", code: 65,
      error: "'rows.csv' line 2, column 'colour': 'green' is an unseen category; known are 'blue', 'red'.",
      files: ["rows.csv": "colour\ngreen\n"]
    ).check(in: program)
  }
}
