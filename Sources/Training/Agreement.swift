internal import Datasets
internal import Tensors

/// Whether two versions say the same of the same rows.
public struct Agreement: Sendable, Hashable {
  /// Rows that both were asked about.
  public let rows: Int
  /// Rows that both put into one class; nil for regression.  A NaN is no class: two of them agree.
  public let equalRows: Int?
  /// The mean and the largest difference of the predicted numbers; nil for classes.
  public let meanAbsoluteDifference: Double?
  public let maxAbsoluteDifference: Double?

  /// The share of rows that both put into one class; nil for regression, and of no rows.
  public var share: Double? { equalRows.flatMap { rows == 0 ? nil : Double($0) / Double(rows) } }

  /// Asks both about raw rows, row-major.  Throws `AgreementProblem` when they don't answer the same question, or when the rows are
  /// no rows of theirs.
  public init(_ a: Predictor, _ b: Predictor, on x: [Double]) throws {
    if let problem = AgreementProblem(a.architecture, b.architecture) { throw problem }
    let (first, second) = (try a(x), try b(x))
    rows = first.count
    guard a.architecture.task != .regression else {
      let differences = zip(first, second).map { abs(Self.number($0) - Self.number($1)) }
      let mean = rows == 0 ? nil : differences.reduce(0, +) / Double(rows)
      (equalRows, meanAbsoluteDifference) = (nil, mean)
      // `max` would pass over a NaN.
      maxAbsoluteDifference = differences.contains(where: \.isNaN) ? .nan : differences.max()
      return
    }
    equalRows = zip(first, second).count { Self.label($0, a.architecture) == Self.label($1, b.architecture) }
    (meanAbsoluteDifference, maxAbsoluteDifference) = (nil, nil)
  }

  private static func label(_ prediction: Predictor.Prediction, _ architecture: Architecture) -> Name? {
    prediction.classIndex.map { Name(architecture.classes[$0]) }
  }

  private static func number(_ prediction: Predictor.Prediction) -> Double {
    if case .regression(let value) = prediction { value } else { .nan }
  }
}

/// Why predictions can't be held against each other.
public enum AgreementProblem: Error, Equatable, Sendable {
  case otherFeatures
  case otherClasses
  /// One predicts classes, the other numbers.
  case otherTask
  /// A state_dict without an architecture predicts nothing.
  case noArchitecture(version: String)
  /// Neither version has a dataset.
  case noDataset

  /// Nil when two architectures take the same rows and answer in the same words.
  public init?(_ a: Architecture, _ b: Architecture) {
    if a.features.columns != b.features.columns {
      self = .otherFeatures
    } else if (a.task == .regression) != (b.task == .regression) {
      self = .otherTask
    } else if Set(a.classes.map { Name($0) }) != Set(b.classes.map { Name($0) }) {
      self = .otherClasses
    } else {
      return nil
    }
  }
}

extension AgreementProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .otherFeatures: "they take different features"
    case .otherClasses: "they tell different classes apart"
    case .otherTask: "one predicts classes, the other numbers"
    case .noArchitecture(let version): "\(version) is a state_dict without an architecture"
    case .noDataset: "neither has a dataset"
    }
  }
}
