internal import Tensors

/// Turns raw feature columns into what a net takes: a number as it is or standardised, a category one-hot.
///
/// Codable, so that a version's architecture JSON carries it: an array of
/// `{"name":"age","type":"number","standardization":{"mean":40.5,"scale":12.1}}` and
/// `{"name":"color","type":"category","categories":["blue","red"]}`.
public struct FeatureEncoder: Sendable, Hashable {
  /// The raw columns, in the dataset's order.
  public let columns: [FeatureColumn]
  /// One per raw column; nil where the column is a category, or was not standardised.
  public let standardizations: [Standardization?]
  /// Bytes that one call of `encode` may give.
  public static let maximumBytes = 4_000_000_000

  /// How many numbers a row has once it is encoded.
  public let width: Int

  /// Numbers pass as they are, categories become one-hot.
  public init(columns: [FeatureColumn]) throws(DatasetError) {
    try self.init(columns: columns, standardizations: columns.map { _ in nil })
  }

  /// Fits the number columns of the training features `x`, row-major (rows, columns), at least one row.
  public init(standardizing columns: [FeatureColumn], fitting x: [Double]) throws(DatasetError) {
    guard !columns.isEmpty, !x.isEmpty, x.count % columns.count == 0 else {
      throw .wrongWidth(needed: columns.count, got: x.count)
    }
    let fitted = try Standardization.fit(x, width: columns.count)
    try self.init(columns: columns, standardizations: zip(columns, fitted).map { $0.categories == nil ? $1 : nil })
  }

  init(columns: [FeatureColumn], standardizations: [Standardization?]) throws(DatasetError) {
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
    width = columns.reduce(0) { $0 + ($1.categories?.count ?? 1) }
  }

  /// The encoded rows of `x`, row-major (rows, columns) to (rows, width): computed in float64 and rounded once.
  ///
  /// Throws for a count that is no multiple of the columns, for no category's index, for a number that is beyond
  /// float32, and for more than `maximumBytes` (one-hot columns can be wide).  Source: `torch.FloatTensor((x - mean) / scale)`.
  public func encode(_ x: [Double]) throws(DatasetError) -> [Float] {
    guard x.count % columns.count == 0 else { throw .wrongWidth(needed: columns.count, got: x.count % columns.count) }
    let rows = x.count / columns.count
    let (count, overflow) = rows.multipliedReportingOverflow(by: width)
    guard !overflow, count <= Self.maximumBytes / 4 else {
      throw .tooLarge(tensor: "encoded features", bytes: overflow || count > Int.max / 4 ? Int.max : count * 4, limit: Self.maximumBytes)
    }
    var encoded = [Float](repeating: 0, count: count)  // (rows, width)
    // Some rows at a time, so that they stay in the cache while column after column passes over them.
    for start in stride(from: 0, to: rows, by: 512) {
      let block = start..<min(start + 512, rows)
      var offset = 0
      for (index, column) in columns.enumerated() {
        if let count = column.categories?.count {
          for row in block {
            let value = x[row * columns.count + index]
            guard let category = categoryIndex(value, count: count) else {
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
            guard value.isFinite else { throw .beyondFloat32(column: column.name, value: x[row * columns.count + index]) }
            encoded[row * width + offset] = value
          }
          offset += 1
        }
      }
    }
    return encoded
  }
}

extension FeatureEncoder: Codable {
  /// One raw column with its standardisation, as the JSON has it.
  private struct Feature: Codable {
    let column: FeatureColumn
    let standardization: Standardization?

    enum CodingKeys: String, CodingKey { case standardization }

    init(_ column: FeatureColumn, _ standardization: Standardization?) {
      self.column = column
      self.standardization = standardization
    }

    init(from decoder: any Decoder) throws {
      column = try FeatureColumn(from: decoder)
      let fitted = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Standardization.self, forKey: .standardization)
      standardization = column.categories == nil ? fitted : nil
    }

    func encode(to encoder: any Encoder) throws {
      try column.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encodeIfPresent(standardization, forKey: .standardization)
    }
  }

  public init(from decoder: any Decoder) throws {
    let features = try [Feature](from: decoder)
    try self.init(columns: features.map(\.column), standardizations: features.map(\.standardization))
  }

  public func encode(to encoder: any Encoder) throws {
    try zip(columns, standardizations).map { Feature($0, $1) }.encode(to: encoder)
  }
}
