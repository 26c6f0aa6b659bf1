import Foundation
import TestSupport
import Testing

/// Breast cancer: 569 rows of 30 features, two named classes; its features scaled in training.
struct CSVTrainingTests {
  private static let file = Fixtures.path("data/breast_cancer.csv")
  /// The file's cells, its header first; it ends its lines with CR LF.
  private static let rows =
    (try? String(contentsOfFile: file, encoding: .utf8))?.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",").map(String.init)
    } ?? []

  private func predict(_ arguments: String..., input: String? = nil) throws -> [JSON] {
    let result = try Shared.cancer().program(["predict", "--version", "cancer/1", "--format", "json"] + arguments, input: input)
    #expect(result.status == 0 && result.stderr == "")
    return try result.json().array
  }

  @Test("a CSV file with two named classes trains and is stored with what it was told")
  func train() throws {
    let trained = try Shared.cancer()
    #expect(trained.outputs[0].stderr == "'target' has the two values 'benign' and 'malignant': binary\nFeatures: 30 numbers\n")
    let json = try trained.outputs[0].json()
    #expect(json.model == .string("cancer") && json.dataset == .string("breast_cancer") && json.epochs == .number(300))
    #expect(try #require(json.accuracy?.number) > 0.95)
    #expect(try #require(json.train_loss?.number) < 0.1)
    let listed = try #require(trained.program("list", "--format", "json").json().array.first)
    #expect(listed.task == .string("binary") && listed.hidden_size == .number(16) && listed.learning_rate == .number(0.5))
    let dataset = try #require(trained.program("list", "datasets", "--format", "json").json().array.first)
    #expect(dataset.train_rows == .number(455) && dataset.test_rows == .number(114) && dataset.features == .number(30))
  }

  @Test("predict on raw rows scales them as in training, and names the classes")
  func predictCSV() throws {
    let predictions = try predict("--csv", Self.file)
    #expect(predictions.count == 569)
    let right = zip(predictions, Self.rows.dropFirst()).count { $0.label?.string == $1.last }
    #expect(right > 550, "unscaled, about half would be wrong")
    for (prediction, row) in zip(predictions, Self.rows.dropFirst()) {
      #expect(prediction.x?.numbers == row.dropLast().map { Double($0) }, "the raw row is shown, not the scaled one")
      let probability = try #require(prediction.probability?.number)
      #expect(prediction.label == .string(probability >= 0.5 ? "malignant" : "benign"))
      #expect(prediction.y == nil)
    }
  }

  @Test("without points, the version's own test split: its rows, what is true of them, and train's accuracy")
  func testSplit() throws {
    let split = try predict()
    #expect(split.count == 114)
    let accuracy = Double(split.count { $0.label == $0.y }) / 114
    #expect(try Shared.cancer().outputs[0].json().accuracy == .number(accuracy))
    let known = Dictionary(try predict("--csv", Self.file).map { ($0.x?.numbers ?? [], $0.probability) }) { first, _ in first }
    let truth = Dictionary(Self.rows.dropFirst().map { ($0.dropLast().map { Double($0) ?? .nan }, $0.last ?? "") }) { first, _ in first }
    for row in split {
      let x = try #require(row.x?.numbers)
      #expect(row.probability == known[x])
      #expect(row.y?.string == truth[x])
    }
  }

  @Test("the same rows as --point give the same probabilities")
  func points() throws {
    let points = Self.rows[1...3].flatMap { ["--point", $0.dropLast().joined(separator: ",")] }
    let result = try Shared.cancer().program(["predict", "--model", "cancer", "--format", "json"] + points)
    #expect(try result.json().array == Array(predict("--csv", Self.file).prefix(3)))
  }

  @Test("the order of the columns doesn't matter, others are passed over, the target may be missing, - is standard input")
  func columnOrder() throws {
    let shuffled = Self.rows[0...5].enumerated().map { index, row in
      (row.dropLast().reversed() + [index == 0 ? "patient" : "P\(index)"]).joined(separator: ",")
    }
    #expect(try predict("--csv", "-", input: shuffled.joined(separator: "\n")) == Array(predict("--csv", Self.file).prefix(5)))
  }

  @Test("train reads standard input, and names the dataset for it")
  func standardInput() throws {
    let program = try Program()
    let text = Self.rows[0...99].map { $0.joined(separator: ",") }.joined(separator: "\r\n")
    let json = try program(["train", "--csv", "-", "--target", "target", "--epochs", "2", "--format", "json"], input: text).json()
    #expect(json.dataset == .string("stdin"))
    #expect(try program("predict", "--format", "json").json().array.count == 20)
  }

  @Test("three classes give a probability each; numbers give values")
  func otherTasks() throws {
    let program = try Program()
    #expect(try program("train", "--csv", Fixtures.path("data/iris.csv"), "--target", "target", "--epochs", "50").status == 0)
    let flowers = try program("predict", "--format", "json").json().array
    #expect(flowers.count == 30)
    for flower in flowers {
      let probabilities = flower.probabilities?.numbers ?? []
      #expect(agree(probabilities.reduce(0, +), 1, relative: 1e-6))
      #expect(flower.class == probabilities.firstIndex(of: probabilities.max() ?? 0).map { .number(Double($0)) })
      #expect(["setosa", "versicolor", "virginica"].contains(flower.label?.string))
    }
    let options = [
      "--csv", Fixtures.path("data/diabetes.csv"), "--target", "target", "--standardize", "--epochs", "50", "--format", "json",
    ]
    let trained = try program(["train"] + options).json()
    #expect(trained.accuracy == .null)
    let patients = try program("predict", "--format", "json").json().array
    #expect(patients.count == 89)
    for patient in patients {
      #expect(patient.keys == ["x", "value", "y"])
      #expect((0...500).contains(try #require(patient.value?.number)), "in the target's own units")
    }
  }
}
