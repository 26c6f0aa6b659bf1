import Datasets

/// What stood in for missing cells, for people.
enum FilledCells {
  /// `age (mean 40.5), color (most-frequent 'red')`, of the features at these places.
  static func words(_ places: [Int], _ features: FeatureEncoder) -> String {
    let words = places.prefix(20).compactMap { place in features.imputations[place].map { word(features.columns[place], $0) } }
    return words.joined(separator: ", ") + (places.count > 20 ? " and \(places.count - 20) more" : "")
  }

  private static func word(_ column: FeatureColumn, _ imputation: Imputation) -> String {
    let value =
      column.categories.map { "'\($0[Int(imputation.value)])'" }
      ?? (column.isDate ? column.dateText(imputation.value) : imputation.value.shortText)
    return "\(column.name.quotedInList) (\(imputation.strategy.rawValue) \(value))"
  }
}
