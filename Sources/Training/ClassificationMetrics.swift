/// How well classes were told apart.  Sources: scikit-learn's `confusion_matrix`, `precision_recall_fscore_support`
/// (zero_division 0) and `roc_auc_score`.
public struct ClassificationMetrics: Sendable, Hashable {
  /// Row: the true class; column: the predicted one.
  public let confusionMatrix: [[Int]]
  /// Rows for which the net gave NaN: wrong, whatever was true, and in no column of the matrix.
  public let undecided: Int
  /// Of each class.
  public let precision: [Double]
  public let recall: [Double]
  public let f1: [Double]
  public let support: [Int]

  /// Throws nothing: `predicted` has a nil where the net gave NaN.
  public init(actual: [Int], predicted: [Int?], classCount: Int) {
    precondition(actual.count == predicted.count, "\(actual.count) true classes, \(predicted.count) predicted ones")
    var matrix = [[Int]](repeating: [Int](repeating: 0, count: classCount), count: classCount)
    var support = [Int](repeating: 0, count: classCount)
    for (truth, guess) in zip(actual, predicted) {
      support[truth] += 1
      if let guess { matrix[truth][guess] += 1 }
    }
    let classes = 0..<classCount
    func ratio(_ a: Int, _ b: Int) -> Double { b == 0 ? 0 : Double(a) / Double(b) }
    confusionMatrix = matrix
    undecided = predicted.count { $0 == nil }
    precision = classes.map { c in ratio(matrix[c][c], classes.reduce(0) { $0 + matrix[$1][c] }) }
    recall = classes.map { c in ratio(matrix[c][c], support[c]) }
    f1 = classes.map { c in ratio(2 * matrix[c][c], classes.reduce(0) { $0 + matrix[$1][c] } + support[c]) }
    self.support = support
  }

  /// The share of right ones.
  public var accuracy: Double {
    let total = support.reduce(0, +)
    return total == 0 ? .nan : Double(confusionMatrix.indices.reduce(0) { $0 + confusionMatrix[$1][$1] }) / Double(total)
  }

  /// The area under the ROC curve of scores for a positive class: the chance that a positive has a higher score than a negative,
  /// ties counting half.  Nil where one of the two is missing or a score is NaN.
  public static func rocAUC(isPositive: [Bool], scores: [Float]) -> Double? {
    let positives = isPositive.count { $0 }
    let negatives = isPositive.count - positives
    guard positives > 0, negatives > 0, !scores.contains(where: \.isNaN) else { return nil }
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    // Twice the number of (negative below positive) pairs, a tie counting one: whole numbers, so nothing is rounded.
    var doubledWins = 0
    var negativesBelow = 0
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
      let tiedPositives = order[start..<end].count { isPositive[$0] }
      let tiedNegatives = end - start - tiedPositives
      doubledWins += tiedPositives * (2 * negativesBelow + tiedNegatives)
      negativesBelow += tiedNegatives
      start = end
    }
    return Double(doubledWins) / 2 / (Double(positives) * Double(negatives))
  }
}

/// How near predicted numbers are.  Sources: scikit-learn's `mean_squared_error`, `mean_absolute_error`, `r2_score`.
public struct RegressionMetrics: Sendable, Hashable {
  /// In the target's units, squared.
  public let meanSquaredError: Double
  /// In the target's units.
  public let meanAbsoluteError: Double
  /// 1 - residual / total sum of squares; nil for fewer than two rows.  Of a constant target: 1 if it is met, else 0.
  public let r2: Double?

  public init(actual: [Double], predicted: [Double]) {
    precondition(actual.count == predicted.count && !actual.isEmpty, "\(actual.count) numbers, \(predicted.count) predicted ones")
    let n = Double(actual.count)
    let residual = Self.sum(zip(actual, predicted).lazy.map { ($0 - $1) * ($0 - $1) })
    meanSquaredError = residual / n
    meanAbsoluteError = Self.sum(zip(actual, predicted).lazy.map { abs($0 - $1) }) / n
    let mean = Self.sum(actual) / n
    let total = Self.sum(actual.lazy.map { ($0 - mean) * ($0 - mean) })
    r2 = actual.count < 2 ? nil : total == 0 ? (residual == 0 ? 1 : 0) : 1 - residual / total
  }

  /// Kahan's sum with Neumaier's correction: near enough to NumPy's pairwise one at any length.
  private static func sum(_ values: some Sequence<Double>) -> Double {
    var total = 0.0
    var lost = 0.0
    for value in values {
      let next = total + value
      lost += abs(total) >= abs(value) ? (total - next) + value : (value - next) + total
      total = next
    }
    return total + (lost.isFinite ? lost : 0)
  }
}
