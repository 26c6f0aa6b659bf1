internal import Tensors

/// One raw column with what was fitted to it, as the JSON has it.
private struct Feature: Codable {
  let column: FeatureColumn
  let standardization: Standardization?
  let imputation: Imputation?

  enum CodingKeys: String, CodingKey { case standardization, imputation }
  enum ImputationKeys: String, CodingKey { case strategy, value }

  init(from decoder: any Decoder) throws {
    column = try FeatureColumn(from: decoder)
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let fitted = try container.decodeIfPresent(Standardization.self, forKey: .standardization)
    standardization = column.categories == nil ? fitted : nil
    guard container.contains(.imputation) else {
      imputation = nil
      return
    }
    let filling = try container.nestedContainer(keyedBy: ImputationKeys.self, forKey: .imputation)
    let strategy = try filling.decode(ImputationStrategy.self, forKey: .strategy)
    guard let categories = column.categories else {
      imputation = try Imputation(strategy: strategy, value: filling.decode(Double.self, forKey: .value))
      return
    }
    let name = try filling.decode(String.self, forKey: .value)
    guard let index = categories.firstIndex(named: name) else {
      throw DatasetError.inconsistent(part: "features", problem: "'\(column.name)' has no category '\(name)' to fill in")
    }
    imputation = try Imputation(strategy: strategy, value: Double(index))
  }

  init(_ column: FeatureColumn, _ standardization: Standardization?, _ imputation: Imputation?) {
    self.column = column
    self.standardization = standardization
    self.imputation = imputation
  }

  func encode(to encoder: any Encoder) throws {
    try column.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(standardization, forKey: .standardization)
    guard let imputation else { return }
    var filling = container.nestedContainer(keyedBy: ImputationKeys.self, forKey: .imputation)
    try filling.encode(imputation.strategy, forKey: .strategy)
    if let categories = column.categories {
      try filling.encode(categories[Int(imputation.value)], forKey: .value)
    } else {
      try filling.encode(imputation.value, forKey: .value)
    }
  }
}

extension FeatureEncoder: Codable {
  public init(from decoder: any Decoder) throws {
    let features = try [Feature](from: decoder)
    try self.init(
      columns: features.map(\.column), standardizations: features.map(\.standardization), imputations: features.map(\.imputation))
  }

  public func encode(to encoder: any Encoder) throws {
    try columns.indices.map { Feature(columns[$0], standardizations[$0], imputations[$0]) }.encode(to: encoder)
  }
}
