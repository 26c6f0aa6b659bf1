/// Why a dataset cannot be made, split, rebuilt or encoded.
public enum DatasetError: Error, Equatable {
  /// An argument of a generator or a split that makes no sense: its name, its value, and what it has to be.
  case illegalArgument(name: String, value: String, needed: String)
  /// A split that would leave one part without a row.
  case emptyPart(part: String, rows: Int, testFraction: Double)
  /// A tensor that the registry could not store, or the encoded rows memory could not hold.
  case tooLarge(tensor: String, bytes: Int, limit: Int)
  /// A class whose rows a split put into the test part, so that none is left to learn it from.
  case classNotInTraining(name: String, target: String, testFraction: Double, seed: UInt64, isStratified: Bool)
  /// A class that can't be in both parts of a stratified split.
  case oneRowToStratify(name: String)
  /// A part of a stratified split that can't have a row of every class.
  case tooFewRowsToStratify(part: String, rows: Int, classes: Int)
  /// A stratified split by a target without classes.
  case numbersToStratify(target: String)
  /// Stored parts that contradict each other: which part, and how.
  case inconsistent(part: String, problem: String)
  /// Rows of another width than the columns say.
  case wrongWidth(needed: Int, got: Int)
  /// A cell that is no index of the column's categories.
  case unknownCategoryIndex(column: String, value: Double, count: Int)
  /// A column (by its number from 0) whose spread is beyond float64.
  case spreadTooWide(column: Int)
  /// A value that is beyond float32 once it is scaled.
  case beyondFloat32(column: String, value: Double)
  /// A missing cell of a column that nothing fills in.
  case missingCell(column: String)
  /// A column that is missing in every training row.
  case nothingToImputeFrom(column: String)
  /// A column whose mean or median is beyond float64.
  case imputationTooLarge(column: String)
}

extension DatasetError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .illegalArgument(let name, let value, let needed): "\(name) '\(value)' has to be \(needed)"
    case .emptyPart(let part, let rows, let testFraction):
      "a test fraction of \(testFraction) of \(rows) rows leaves no row to \(part == "train" ? "train" : "test") on"
    case .tooLarge(let tensor, let bytes, let limit): "'\(tensor)' would have \(bytes) bytes, the limit is \(limit)"
    case .classNotInTraining(let name, let target, let testFraction, let seed, let isStratified):
      "no training row has the class '\(name)' of '\(target)': the \(isStratified ? "stratified " : "")split (test fraction \(testFraction), seed \(seed)) puts all of its rows into the test part"
    case .oneRowToStratify(let name): "the class '\(name)' has one row, a stratified split needs two or more"
    case .tooFewRowsToStratify(let part, let rows, let classes):
      "the \(part == "train" ? "training" : "test") part has \(rows) row\(rows == 1 ? "" : "s") for \(classes) classes, a stratified split needs one of each"
    case .numbersToStratify(let target): "the target '\(target)' holds numbers, a stratified split needs classes"
    case .inconsistent(let part, let problem): "the dataset's \(part): \(problem)"
    case .wrongWidth(let needed, let got): "rows of \(got) values, the dataset has \(needed) feature columns"
    case .unknownCategoryIndex(let column, let value, let count): "column '\(column)' has \(count) categories, none with index \(value)"
    case .spreadTooWide(let column): "column \(column + 1) is spread too widely to be standardised: its variance is beyond float64"
    case .beyondFloat32(let column, let value): "column '\(column)': \(value) is beyond the range of float32"
    case .missingCell(let column): "column '\(column)' has a missing cell, and nothing fills it in"
    case .nothingToImputeFrom(let column): "column '\(column)' is missing in every training row: there is nothing to fill it in from"
    case .imputationTooLarge(let column): "column '\(column)' can't be filled in: its mean or median is beyond float64"
    }
  }
}
