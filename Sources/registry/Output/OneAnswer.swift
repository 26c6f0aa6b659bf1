import ModelRegistry
import Training

/// A classifier that answers one class for every row: its accuracy says only how common that class is.
struct OneAnswer {
  private let name: String
  private let rows: Int
  private let support: Int
  private let classCount: Int

  /// Nil where several classes are answered, or a single row.
  init?(_ scores: ClassScores?, classes: [String]) {
    guard let scores, let answer = scores.onlyAnswer, scores.rows > 1 else { return nil }
    (name, rows, support, classCount) = (classes[answer], scores.rows, scores.onlyAnswerSupport, classes.count)
  }

  /// `the net answers 'no' for all 20 rows, of which 19 are 'no'`.
  var sentence: String {
    let share =
      switch support {
      case 0: "and none of them is '\(name)'"
      case 1: "of which 1 is '\(name)'"
      case rows: "of which all are '\(name)'"
      default: "of which \(support) are '\(name)'"
      }
    return "the net answers '\(name)' for all \(rows) rows, \(share)".singleLine
  }

  /// What helps at the next training; `scaling` where the features are so large that a net doesn't learn.
  func hint(_ classWeight: ClassWeight?, scaling: () -> String?) -> String {
    if support == rows { return "--stratify keeps each class's share in the test part, where each has two rows or more" }
    // Weights help where the answered class is far more common than an even share.
    if classWeight == nil, support * classCount * 2 > rows * 3 {
      return "--class-weight balanced makes rare classes count, or more --epochs"
    }
    return scaling() ?? "more --epochs, or another --learning-rate"
  }
}
