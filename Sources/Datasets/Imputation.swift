/// How a missing cell is filled in.
public enum ImputationStrategy: String, Codable, Sendable, Hashable, CaseIterable {
  /// Of numbers; categories get their most frequent one.
  case mean
  /// Of numbers; categories get their most frequent one.
  case median
  /// The smallest of those that occur most often.
  case mostFrequent = "most-frequent"
}

/// What stands in for a missing cell of a feature column.
public struct Imputation: Sendable, Hashable {
  /// How it was found in the training rows.
  public let strategy: ImputationStrategy
  /// A number as the dataset has it, or the index of a category.
  public let value: Double

  /// Throws unless the value is finite.
  public init(strategy: ImputationStrategy, value: Double) throws(DatasetError) {
    guard value.isFinite else { throw .illegalArgument(name: "imputation", value: "\(value)", needed: "a finite number") }
    self.strategy = strategy
    self.value = value
  }

  /// Fits every column of the training rows `x`, row-major (rows, columns).  Throws for a column without any value.
  ///
  /// Source: scikit-learn's `SimpleImputer.fit` on the number columns alone: the sums of means run in NumPy's order, so that the
  /// bits agree.
  static func fit(_ x: [Double], _ columns: [FeatureColumn], _ strategy: ImputationStrategy) throws(DatasetError) -> [Imputation] {
    let means = strategy == .mean ? means(x, columns) : []
    var result: [Imputation] = []
    for (index, column) in columns.enumerated() {
      var known = stride(from: index, to: x.count, by: columns.count).map { x[$0] }.filter { !$0.isNaN }
      guard !known.isEmpty else { throw .nothingToImputeFrom(column: column.name) }
      let used = column.categories == nil ? strategy : .mostFrequent
      let value: Double
      switch used {
      case .mean: value = means[index]
      case .median:
        known.sort()
        let middle = known[known.count / 2]
        value = known.count % 2 == 1 ? middle : (known[known.count / 2 - 1] + middle) / 2
      case .mostFrequent: value = mostFrequent(&known)
      }
      guard value.isFinite else { throw .imputationTooLarge(column: column.name) }
      result.append(try Imputation(strategy: used, value: value))
    }
    return result
  }

  /// The mean of what is there in each number column; categories have none that means anything.
  private static func means(_ x: [Double], _ columns: [FeatureColumn]) -> [Double] {
    let width = columns.count
    var counts = [Double](repeating: 0, count: width)
    for (index, value) in x.enumerated() where !value.isNaN { counts[index % width] += 1 }
    let numbers = columns.indices.filter { columns[$0].categories == nil }
    let sums: [Double]
    if let only = numbers.first, numbers.count == 1 {
      // NumPy sums a single column pairwise.
      let column = stride(from: only, to: x.count, by: width).map { x[$0] }
      let sum = columnSums(column, width: 1) { value, _ in value.isNaN ? 0 : value }[0]
      sums = columns.indices.map { $0 == only ? sum : 0 }
    } else {
      sums = columnSums(x, width: width) { value, _ in value.isNaN ? 0 : value }
    }
    return zip(sums, counts).map { $0 / $1 }
  }

  private static func mostFrequent(_ values: inout [Double]) -> Double {
    values.sort()
    var best = (value: values[0], count: 0)
    var start = 0
    while start < values.count {
      var end = start + 1
      while end < values.count, values[end] == values[start] { end += 1 }
      if end - start > best.count { best = (values[start], end - start) }
      start = end
    }
    // -0 and 0 are one value.
    return best.value + 0
  }
}

/// What becomes of a category that training didn't have.
public enum UnseenCategories: String, Sendable, Hashable, CaseIterable {
  /// Its columns are all zero, as scikit-learn's `OneHotEncoder(handle_unknown="ignore")` has it.
  case ignore
  /// It is an error.
  case error
}
