import Foundation
import TestSupport
import Testing
import Training

/// Against scikit-learn's numbers (Scripts/make_metrics_fixture.py).
struct MetricsTests {
  struct Fixture: Decodable {
    struct Binary: Decodable {
      let actual: [Int]
      let score: [Double]
      let accuracy, precision, recall, f1, rocAUC: Double
      let confusionMatrix: [[Int]]
    }
    struct Multiclass: Decodable {
      let classes: Int
      let actual, guess, support: [Int]
      let accuracy: Double
      let precision, recall, f1: [Double]
      let confusionMatrix: [[Int]]
    }
    struct Regression: Decodable {
      let actual, guess: [Double]
      let mse, mae, r2: Double
    }
    let binary: [Binary]
    let multiclass: [Multiclass]
    let regression: [Regression]
  }

  let fixture: Fixture

  init() throws { fixture = try JSONDecoder().decode(Fixture.self, from: Fixtures.data("metrics.json")) }

  private func near(_ a: Double?, _ b: Double) -> Bool { a.map { agree($0, b, relative: 1e-12, absolute: 1e-12) } ?? false }

  @Test("two classes are measured as scikit-learn measures them")
  func binary() {
    #expect(fixture.binary.count == 8)
    for sample in fixture.binary {
      let scores = sample.score.map { Float($0) }
      let metrics = ClassificationMetrics(actual: sample.actual, predicted: scores.map { $0 >= 0.5 ? 1 : 0 }, classCount: 2)
      #expect(near(metrics.accuracy, sample.accuracy))
      #expect(near(metrics.precision[1], sample.precision))
      #expect(near(metrics.recall[1], sample.recall))
      #expect(near(metrics.f1[1], sample.f1))
      #expect(metrics.confusionMatrix == sample.confusionMatrix)
      let area = ClassificationMetrics.rocAUC(isPositive: sample.actual.map { $0 == 1 }, scores: scores)
      #expect(near(area, sample.rocAUC), "\(sample.actual.count) rows")
    }
  }

  @Test("several classes, one of them never predicted, are measured as scikit-learn measures them")
  func multiclass() {
    #expect(fixture.multiclass.count == 3)
    for sample in fixture.multiclass {
      let metrics = ClassificationMetrics(actual: sample.actual, predicted: sample.guess, classCount: sample.classes)
      #expect(near(metrics.accuracy, sample.accuracy))
      #expect(zip(metrics.precision, sample.precision).allSatisfy(near))
      #expect(zip(metrics.recall, sample.recall).allSatisfy(near))
      #expect(zip(metrics.f1, sample.f1).allSatisfy(near))
      #expect(metrics.support == sample.support)
      #expect(metrics.confusionMatrix == sample.confusionMatrix)
    }
  }

  @Test("numbers are measured as scikit-learn measures them, far from zero too")
  func regression() {
    #expect(fixture.regression.count == 3)
    for sample in fixture.regression {
      let metrics = RegressionMetrics(actual: sample.actual, predicted: sample.guess)
      #expect(near(metrics.meanSquaredError, sample.mse))
      #expect(near(metrics.meanAbsoluteError, sample.mae))
      #expect(near(metrics.r2, sample.r2))
    }
  }

  @Test("what can't be measured is nil, and a row without a class is wrong")
  func undefined() {
    #expect(ClassificationMetrics.rocAUC(isPositive: [true, true], scores: [0.1, 0.2]) == nil)
    #expect(ClassificationMetrics.rocAUC(isPositive: [true, false], scores: [.nan, 0.2]) == nil)
    let metrics = ClassificationMetrics(actual: [0, 1, 1], predicted: [0, nil, 1], classCount: 2)
    #expect(metrics.undecided == 1)
    #expect(near(metrics.accuracy, 2.0 / 3))
    #expect(near(metrics.recall[1], 0.5))
    #expect(RegressionMetrics(actual: [1], predicted: [1]).r2 == nil)
    #expect(RegressionMetrics(actual: [2, 2], predicted: [2, 2]).r2 == 1)
    #expect(RegressionMetrics(actual: [2, 2], predicted: [2, 3]).r2 == 0)
  }
}
