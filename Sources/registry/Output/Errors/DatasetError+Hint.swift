import Datasets

extension DatasetError {
  /// What to do about it.
  var hint: String? {
    switch self {
    case .classNotInTraining(_, _, _, _, isStratified: false):
      "--stratify keeps each class's share in both parts where it has two rows or more; else a smaller --test-fraction, or leave that row out"
    case .classNotInTraining, .tooFewRowsToStratify(part: "train", _, _): "a smaller --test-fraction"
    case .tooFewRowsToStratify: "a larger --test-fraction"
    case .oneRowToStratify: "leave out --stratify, or that row"
    case .numbersToStratify: "leave out --stratify; or --task multiclass, where each number is a class"
    default: nil
    }
  }
}
