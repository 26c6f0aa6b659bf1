public import NeuralNets

/// How well classes were told apart, in a few numbers that stand with a version.
///
/// precision, recall and f1 are scikit-learn's `average="macro"`, of two classes too: the means over the classes that are true or
/// predicted of some row, 0 where nothing is divided (`zero_division=0`).
public struct ClassScores: Sendable, Hashable {
  public let precision: Double
  public let recall: Double
  public let f1: Double
  /// `roc_auc_score`: of two classes by the probability of the second; of more `multi_class="ovr"`, the mean of each class against the
  /// rest.  Nil where a class has no row, or a probability is NaN.
  public let rocAUC: Double?
  public let rows: Int
  /// The one class that every row got, if it is one.
  public let onlyAnswer: Int?
  /// How many rows truly have that class.
  public let onlyAnswerSupport: Int

  /// Of `outputs`, probabilities (1 or classes, rows), whose likeliest classes made `metrics`.
  public init(_ metrics: ClassificationMetrics, outputs: Batch, actual: [Int]) {
    precision = metrics.macro(metrics.precision)
    recall = metrics.macro(metrics.recall)
    f1 = metrics.macro(metrics.f1)
    let classCount = metrics.support.count
    let areas = (outputs.features == 1 ? [1] : Array(0..<classCount)).map { positive in
      let row = outputs.features == 1 ? 0 : positive
      return ClassificationMetrics.rocAUC(isPositive: actual.map { $0 == positive }, scores: actual.indices.map { outputs[row, $0] })
    }
    rocAUC = areas.contains(nil) ? nil : areas.compactMap(\.self).reduce(0, +) / Double(areas.count)
    rows = actual.count
    let answered = (0..<classCount).filter { index in metrics.confusionMatrix.contains { $0[index] > 0 } }
    onlyAnswer = answered.count == 1 && metrics.undecided == 0 ? answered[0] : nil
    onlyAnswerSupport = onlyAnswer.map { metrics.support[$0] } ?? 0
  }
}

extension ClassificationMetrics {
  /// The mean over the classes that are true or predicted of some row.
  public func macro(_ values: [Double]) -> Double {
    let present = values.indices.filter { index in support[index] > 0 || confusionMatrix.contains { $0[index] > 0 } }
    return present.isEmpty ? 0 : present.reduce(0) { $0 + values[$1] } / Double(present.count)
  }
}
