internal import Tensors

/// What of the data a training can't learn or a test part can't measure.  `x` are the raw training rows, row-major (rows, features).
extension Dataset {
  /// Categories that no training row has: a net's inputs for them stay as they were initialised.
  public func untrainedCategories(_ x: [Double]) -> [(column: String, category: String)] {
    columns.features.enumerated().flatMap { index, feature -> [(column: String, category: String)] in
      guard let categories = feature.categories else { return [] }
      var isMet = [Bool](repeating: false, count: categories.count)
      for place in stride(from: index, to: x.count, by: featureCount) where !x[place].isNaN { isMet[Int(x[place])] = true }
      return categories.indices.filter { !isMet[$0] }.map { (feature.name, categories[$0]) }
    }
  }

  /// Classes that no test row has: nothing that is measured there says how well they are told apart.
  public var unmeasuredClasses: [String] {
    let labels = labels(.test)
    guard let classes = columns.target.classes, !labels.isEmpty else { return [] }
    let met = Set(labels.map { Int($0) })
    return classes.indices.filter { !met.contains($0) }.map { classes[$0] }
  }

  /// The number feature that reaches the farthest from 0, and how far.
  public func farthestFeature(_ x: [Double]) -> (column: String, magnitude: Double)? {
    var farthest = [Double](repeating: 0, count: featureCount)
    for start in stride(from: 0, to: x.count, by: featureCount) {
      for column in 0..<featureCount where x[start + column].magnitude > farthest[column] { farthest[column] = x[start + column].magnitude }
    }
    return columns.features.indices.filter { columns.features[$0].categories == nil }.max { farthest[$0] < farthest[$1] }
      .map { (columns.features[$0].name, farthest[$0]) }
  }

  /// The first number feature of which two different numbers are the same in float32, which unscaled features are trained in.
  public func float32Twins(_ x: [Double]) -> (column: String, first: Double, second: Double)? {
    for (index, feature) in columns.features.enumerated() where feature.categories == nil {
      var met: [Float: Double] = [:]
      for place in stride(from: index, to: min(x.count, Self.rowsCompared * featureCount), by: featureCount)
      where x[place].magnitude >= 0x1p24 {
        let other = met.updateValue(x[place], forKey: Float(x[place])) ?? x[place]
        if other != x[place] { return (feature.name, min(other, x[place]), max(other, x[place])) }
      }
    }
    return nil
  }

  private static let rowsCompared = 10_000
}
