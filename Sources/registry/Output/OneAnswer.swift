import ModelRegistry
import Training

/// A classifier that answers one class for every row: its accuracy says only how common that class is.
struct OneAnswer {
  private let name: String
  private let rows: Int
  private let support: Int

  /// Nil where several classes are answered, or a single row.
  init?(_ scores: ClassScores?, classes: [String]) {
    guard let scores, let answer = scores.onlyAnswer, scores.rows > 1 else { return nil }
    (name, rows, support) = (classes[answer], scores.rows, scores.onlyAnswerSupport)
  }

  /// `the net answers 'no' for all 20 rows, of which 19 are 'no'`.
  var sentence: String {
    "the net answers '\(name)' for all \(rows) rows, of which \(support == rows ? "all" : "\(support)") are '\(name)'".singleLine
  }

  /// What helps at the next training.
  func hint(_ classWeight: ClassWeight?) -> String {
    if support == rows { return "--stratify keeps each class's share in the test part" }
    return classWeight == nil
      ? "--class-weight balanced makes rare classes count, or more --epochs" : "more --epochs, or another --learning-rate"
  }
}
