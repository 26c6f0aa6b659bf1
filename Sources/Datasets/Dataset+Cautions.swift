internal import Tensors

/// What of the data a training can't learn or a test part can't measure.
extension Dataset {
  /// Categories that no training row has: a net's inputs for them stay as they were initialised.
  public var untrainedCategories: [(column: String, category: String)] {
    let x = x(.train)
    return columns.features.enumerated().flatMap { index, feature -> [(column: String, category: String)] in
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

  /// The number feature that reaches the farthest from 0 in the training rows, and how far.
  public var farthestFeature: (column: String, magnitude: Double)? {
    let x = x(.train)
    return columns.features.enumerated().filter { $1.categories == nil }.compactMap { index, feature in
      stride(from: index, to: x.count, by: featureCount).lazy.map { x[$0].magnitude }.filter { !$0.isNaN }.max().map { (feature.name, $0) }
    }.max { $0.1 < $1.1 }
  }

  /// The first number feature of which two different numbers are the same in float32, which unscaled features are trained in.
  public var float32Twins: (column: String, first: Double, second: Double)? {
    let x = x(.train)
    for (index, feature) in columns.features.enumerated() where feature.categories == nil {
      var met: [Float: Double] = [:]
      for place in stride(from: index, to: x.count, by: featureCount).prefix(Self.rowsCompared) where x[place].magnitude >= 0x1p24 {
        let other = met.updateValue(x[place], forKey: Float(x[place])) ?? x[place]
        if other != x[place] { return (feature.name, min(other, x[place]), max(other, x[place])) }
      }
    }
    return nil
  }

  private static let rowsCompared = 10_000
}
