internal import Tensors

/// Turns raw feature columns into what a net takes: a missing cell is filled in, a number stays as it is or
/// is standardised, a category becomes one-hot.
///
/// Codable, so that a version's architecture JSON carries it: an array of
/// `{"name":"age","type":"number","standardization":{"mean":40.5,"scale":12.1}}` and
/// `{"name":"color","type":"category","categories":["blue","red"]}`, with `"imputation":{"strategy":"median","value":38}` or
/// `"imputation":{"strategy":"most-frequent","value":"red"}` where missing cells are filled in.
public struct FeatureEncoder: Sendable, Hashable {
  /// The raw columns, in the dataset's order.
  public let columns: [FeatureColumn]
  /// One per raw column; nil where the column is a category, or was not standardised.
  public let standardizations: [Standardization?]
  /// One per raw column; all nil where a missing cell is an error.
  public let imputations: [Imputation?]
  /// Bytes that one call of `encode` may give.
  public static let maximumBytes = 4_000_000_000
  /// What stands for a category that training didn't have, where such categories are ignored.
  public static let unseenCategory = -1.0

  /// How many numbers a row has once it is encoded.
  public let width: Int

  /// Numbers pass as they are, categories become one-hot.
  public init(columns: [FeatureColumn]) throws(DatasetError) {
    try self.init(columns: columns, standardizations: columns.map { _ in nil })
  }

  /// Fits the number columns of the training features `x`, row-major (rows, columns), at least one row.
  public init(standardizing columns: [FeatureColumn], fitting x: [Double]) throws(DatasetError) {
    try self.init(fitting: x, columns: columns, impute: nil, standardize: true)
  }

  /// Fits what is asked for on the training features `x`, row-major (rows, columns), at least one row: first what stands in
  /// for missing cells, then with those filled in the scaling of the number columns.
  public init(fitting x: [Double], columns: [FeatureColumn], impute: ImputationStrategy?, standardize: Bool) throws(DatasetError) {
    guard !columns.isEmpty, !x.isEmpty, x.count % columns.count == 0 else {
      throw .wrongWidth(needed: columns.count, got: x.count)
    }
    var imputations = [Imputation?](repeating: nil, count: columns.count)
    if let impute { imputations = try Imputation.fit(x, columns, impute) }
    var standardizations = [Standardization?](repeating: nil, count: columns.count)
    if standardize {
      let complete = Self.filled(x, imputations)
      if let missing = complete.firstIndex(where: \.isNaN) { throw .missingCell(column: columns[missing % columns.count].name) }
      let fitted = try Standardization.fit(complete, width: columns.count)
      standardizations = zip(columns, fitted).map { $0.categories == nil ? $1 : nil }
    }
    try self.init(columns: columns, standardizations: standardizations, imputations: imputations)
  }

  init(columns: [FeatureColumn], standardizations: [Standardization?], imputations: [Imputation?]? = nil) throws(DatasetError) {
    guard !columns.isEmpty else { throw .inconsistent(part: "features", problem: "no column") }
    if let name = columns.map(\.name).firstRepeatedName() {
      throw .inconsistent(part: "features", problem: "the name '\(name)' occurs twice")
    }
    for column in columns {
      if let name = column.categories?.firstRepeatedName() {
        throw .inconsistent(part: "features", problem: "'\(column.name)' has the category '\(name)' twice")
      }
    }
    self.columns = columns
    self.standardizations = standardizations
    self.imputations = imputations ?? columns.map { _ in nil }
    width = columns.reduce(0) { $0 + ($1.categories?.count ?? 1) }
  }

  /// How missing cells are filled in: what numbers get, where there are any; nil where a missing cell is an error.
  public var imputationStrategy: ImputationStrategy? {
    let all = imputations.compactMap { $0?.strategy }
    return all.first { $0 != .mostFrequent } ?? all.first
  }

  /// Raw rows with every missing cell filled in that can be.
  public func filled(_ x: [Double]) -> [Double] { Self.filled(x, imputations) }

  private static func filled(_ x: [Double], _ imputations: [Imputation?]) -> [Double] {
    guard imputations.contains(where: { $0 != nil }) else { return x }
    var x = x
    for i in x.indices where x[i].isNaN {
      if let imputation = imputations[i % imputations.count] { x[i] = imputation.value }
    }
    return x
  }

  /// The encoded rows of `x`, row-major (rows, columns) to (rows, width): computed in float64 and rounded once.
  ///
  /// Throws for a count that is no multiple of the columns, for no category's index, for `unseenCategory` unless unseen
  /// categories are ignored, for a missing cell that nothing fills in, for a number that is beyond float32, and for more than
  /// `maximumBytes` (one-hot columns can be wide).  Source: `torch.FloatTensor((x - mean) / scale)`.
  public func encode(_ x: [Double], unseen: UnseenCategories = .error) throws(DatasetError) -> [Float] {
    guard x.count % columns.count == 0 else { throw .wrongWidth(needed: columns.count, got: x.count % columns.count) }
    let rows = x.count / columns.count
    let (count, overflow) = rows.multipliedReportingOverflow(by: width)
    guard !overflow, count <= Self.maximumBytes / 4 else {
      throw .tooLarge(tensor: "encoded features", bytes: overflow || count > Int.max / 4 ? Int.max : count * 4, limit: Self.maximumBytes)
    }
    let x = filled(x)
    var encoded = [Float](repeating: 0, count: count)  // (rows, width)
    // Some rows at a time, so that they stay in the cache while column after column passes over them.
    for start in stride(from: 0, to: rows, by: 512) {
      let block = start..<min(start + 512, rows)
      var offset = 0
      for (index, column) in columns.enumerated() {
        if let count = column.categories?.count {
          for row in block {
            let value = x[row * columns.count + index]
            if unseen == .ignore, value == Self.unseenCategory { continue }
            guard let category = categoryIndex(value, count: count) else {
              if value.isNaN { throw .missingCell(column: column.name) }
              throw .unknownCategoryIndex(column: column.name, value: value, count: count)
            }
            encoded[row * width + offset + category] = 1
          }
          offset += count
        } else {
          let mean = standardizations[index]?.mean ?? 0
          let scale = standardizations[index]?.scale ?? 1
          for row in block {
            let value = Float((x[row * columns.count + index] - mean) / scale)
            guard value.isFinite else { throw Self.problem(x[row * columns.count + index], column.name) }
            encoded[row * width + offset] = value
          }
          offset += 1
        }
      }
    }
    return encoded
  }

  private static func problem(_ value: Double, _ column: String) -> DatasetError {
    value.isNaN ? .missingCell(column: column) : .beyondFloat32(column: column, value: value)
  }
}
