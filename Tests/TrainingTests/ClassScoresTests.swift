import Foundation
import NeuralNets
import TestSupport
import Testing
import Training

/// Against scikit-learn (Scripts/make_class_score_references.py).
struct ClassScoresTests {
  struct Case: Decodable {
    let classes: Int
    let actual, guess: [Int]
    let outputs: [Float]
    let precision, recall, f1: Double
    let rocAuc: Double?
  }

  private func scores(_ actual: [Int], _ guess: [Int?], classes: Int, outputs: [Float]) -> ClassScores {
    let features = outputs.count / actual.count
    let rows = actual.indices.flatMap { row in (0..<features).map { outputs[$0 * actual.count + row] } }
    let metrics = ClassificationMetrics(actual: actual, predicted: guess, classCount: classes)
    return ClassScores(metrics, outputs: Batch(rows: rows, features: features), actual: actual)
  }

  @Test("macro precision, recall, f1 and roc_auc are scikit-learn's")
  func matchesScikitLearn() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let cases = try decoder.decode([Case].self, from: Fixtures.data("class_scores.json"))
    #expect(cases.count == 13 && cases.count { $0.rocAuc == nil } == 3)
    for (index, sample) in cases.enumerated() {
      let got = scores(sample.actual, sample.guess, classes: sample.classes, outputs: sample.outputs)
      let pairs = [(got.precision, sample.precision), (got.recall, sample.recall), (got.f1, sample.f1)]
      #expect(pairs.allSatisfy { agree($0, $1, relative: 1e-12, absolute: 1e-12) }, "case \(index)")
      #expect((got.rocAUC == nil) == (sample.rocAuc == nil), "case \(index)")
      if let area = got.rocAUC, let expected = sample.rocAuc { #expect(agree(area, expected, relative: 1e-6), "case \(index)") }
      #expect(got.onlyAnswer == (Set(sample.guess).count == 1 ? sample.guess[0] : nil), "case \(index)")
    }
  }

  @Test("a row without a class is wrong, has no area, and is no answer")
  func undecided() {
    let got = scores([0, 1, 1], [0, 1, nil], classes: 2, outputs: [0.1, 0.9, .nan])
    #expect(got.recall == 0.75 && got.rocAUC == nil && got.onlyAnswer == nil)
    #expect(scores([0, 1], [0, nil], classes: 2, outputs: [0.1, .nan]).onlyAnswer == nil)
  }
}
