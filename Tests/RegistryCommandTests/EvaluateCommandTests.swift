import Foundation
import TestSupport
import Testing

/// `registry evaluate`, and what train does besides the tutorial: several tasks, early stopping, fine-tuning.
struct EvaluateCommandTests {
  struct Problem: Sendable, CustomTestStringConvertible {
    let file: String
    let options: [String]
    let keys: Set<String>
    var testDescription: String { file }
  }

  static let classKeys: Set<String> = [
    "version", "data", "rows", "loss", "accuracy", "precision", "recall", "f1", "precision_macro", "recall_macro", "f1_macro", "roc_auc",
    "classes", "confusion_matrix", "per_class",
  ]
  static let problems = [
    Problem(file: "iris", options: ["--hidden", "8", "--learning-rate", "0.1", "--epochs", "500"], keys: classKeys),
    Problem(file: "breast_cancer", options: ["--hidden", "16", "--learning-rate", "0.5", "--epochs", "100"], keys: classKeys),
    Problem(
      file: "diabetes", options: ["--hidden", "16", "--epochs", "200"], keys: ["version", "data", "rows", "loss", "mse", "mae", "r2"]),
  ]

  @Test("iris, breast_cancer and diabetes train from their CSVs and are measured", arguments: problems)
  func tasks(task: Problem) throws {
    let program = try Program()
    let trained = try program(
      ["train", "--csv", Fixtures.path("data/\(task.file).csv"), "--target", "target", "--standardize", "--format", "json"] + task.options
    ).json()
    let own = try program("evaluate", "--format", "json").json()
    #expect(own.keys == task.keys)
    #expect(own.loss == trained.test_loss)
    #expect(own.accuracy ?? .null == trained.accuracy)
    // The dataset's test part from a file gives the same.
    try program.folder.write("test.csv", program("dataset", "export", task.file, "--part", "test").stdout)
    let file = try program("evaluate", "--csv", "test.csv", "--format", "json").json()
    #expect(file.loss == own.loss)
    #expect(file.rows == own.rows)
    #expect(file.confusion_matrix == own.confusion_matrix)
    let rows = try program("predict", "--format", "json").json().array
    if task.file == "diabetes" {
      #expect(trained.accuracy == .null)
      let errors: [Double] = try rows.map { row in
        let (value, y) = (try #require(row.value?.number), try #require(row.y?.number))
        return (value - y) * (value - y)
      }
      let reported = try #require(own.mse?.number)
      #expect(agree(errors.reduce(0, +) / Double(rows.count), reported, relative: 1e-9))
    } else {
      let right = rows.count { $0.label == $0.y }
      #expect(Double(right) / Double(rows.count) == own.accuracy?.number)
      #expect(own.confusion_matrix?.array.reduce(0) { $0 + $1.numbers.reduce(0, +) } == Double(rows.count))
    }
  }

  @Test("early stopping keeps the best weights, and its losses are those of what is stored")
  func earlyStopping() throws {
    let program = try Program()
    let trained = try program(
      "train", "--csv", Fixtures.path("data/breast_cancer.csv"), "--target", "target", "--standardize", "--hidden", "16", "--optimizer",
      "adam", "--learning-rate", "0.01", "--batch-size", "32", "--epochs", "500", "--patience", "5", "--format", "json"
    ).json()
    let run = try program("show", "--run", "1", "--format", "json").json()
    let curve = (run.test_loss?.array ?? []).compactMap { $0.value?.number }
    let epochs = try #require(trained.epochs?.number)
    #expect(epochs < 500)
    #expect(curve.count == Int(epochs), "the test loss of every epoch")
    #expect(run.train_loss?.array.count == Int(epochs))
    #expect(trained.test_loss?.number == curve.min())
    let best = try #require(curve.min())
    #expect(curve.firstIndex(of: best) == curve.count - 6, "it stopped five epochs after the best")
    #expect(try program("evaluate", "--format", "json").json().loss == trained.test_loss)
  }

  @Test("--eval-every measures the test loss after every so many epochs")
  func evalEvery() throws {
    let program = try Program()
    #expect(try program("train", "--epochs", "10", "--eval-every", "4").status == 0)
    let run = try program("show", "--run", "1", "--format", "json").json()
    #expect(run.test_loss?.array.compactMap(\.epoch?.number) == [3, 7, 9])
  }

  @Test("fine-tuning goes on from a version's weights and keeps its scaling, and lineage says so")
  func fineTuning() throws {
    let program = try Program()
    let options = ["--csv", Fixtures.path("data/iris.csv"), "--target", "target", "--learning-rate", "0.1", "--format", "json"]
    let whole = try program(["train", "--standardize", "--hidden", "8", "--epochs", "300"] + options).json()
    _ = try program(["train", "--standardize", "--hidden", "8", "--epochs", "200"] + options).json()
    let tuned = try program(["train", "--from", "2", "--epochs", "100"] + options).json()
    #expect(tuned.test_loss == whole.test_loss, "200 and 100 epochs of plain SGD are 300")
    #expect(try program("show", "3", "--format", "json").json().parent?.string == "neural-net/2")
    let lineage = try program.command(["sqlite3", "registry.db", "SELECT parent_model, parent_version FROM lineage WHERE version = 3"])
    #expect(lineage.stdout == "neural-net|2\n")

    try Refusal(
      "train", "--from", "2", "--hidden", "9", "--dataset", "iris", code: 64,
      error: "'--from' and '--hidden 9' exclude each other: a fine-tuned net keeps its sizes, its task, its scaling and what it fills in."
    ).check(in: program)
    try Refusal(
      "train", "--from", "2", "--epochs", "1", code: 65,
      error: "the version takes 4 columns (sepal_length, sepal_width, petal_length, petal_width), the dataset has 2 (x0, x1)."
    ).check(in: program)
    try Refusal(
      "train", "--from", "9", "--dataset", "iris", code: 66, error: "no version 9 of 'neural-net' in registry.db (newest is 3).",
      hint: "registry list --db registry.db"
    ).check(in: program)
  }
}
