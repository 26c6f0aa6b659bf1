/// The mean and the scale by which a column is standardised: (value - mean) / scale.
public struct Standardization: Codable, Sendable, Hashable {
  /// The mean of the training rows.
  public let mean: Double
  /// The population standard deviation (ddof 0); 1 for a constant column.
  public let scale: Double

  /// Throws unless both are finite and the scale is positive.
  public init(mean: Double, scale: Double) throws(DatasetError) {
    guard mean.isFinite else { throw .illegalArgument(name: "mean", value: "\(mean)", needed: "a finite number") }
    guard scale.isFinite, scale > 0 else { throw .illegalArgument(name: "scale", value: "\(scale)", needed: "a positive number") }
    self.mean = mean
    self.scale = scale
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(mean: container.decode(Double.self, forKey: .mean), scale: container.decode(Double.self, forKey: .scale))
  }

  /// Fits every column of row-major `x` (rows, width).  Throws when a column's spread is beyond float64.
  ///
  /// Source: scikit-learn's `StandardScaler.fit`: two passes, the second corrected by the sum of its deviations, and
  /// its test for constant columns.  Sums run in NumPy's order, so that the bits agree too.
  static func fit(_ x: [Double], width: Int) throws(DatasetError) -> [Standardization] {
    let spreads = Spread.fit(x, width: width)
    var result: [Standardization] = []
    for (column, spread) in spreads.enumerated() {
      guard spread.variance.isFinite else { throw .spreadTooWide(column: column) }
      result.append(try Standardization(mean: spread.mean, scale: spread.isConstant ? 1 : spread.variance.squareRoot()))
    }
    return result
  }
}

/// How the numbers of a column lie.
struct Spread {
  let mean: Double
  /// Of the population (ddof 0).
  let variance: Double
  /// Whether the numbers differ by no more than rounding can make them.
  let isConstant: Bool

  static func fit(_ x: [Double], width: Int) -> [Spread] {
    let n = Double(x.count / width)
    var means = columnSums(x, width: width) { value, _ in value }.map { $0 / n }
    // The sum of many large equal numbers is rounded so far that their mean is beyond them, by any number of units in the last place: a
    // column that tells nothing would become one of huge inputs.  Where it is a few units, scikit-learn's bits stay.
    let ranges = columnRanges(x, width: width)
    for column in means.indices where means[column].isFinite {
      let within = min(max(means[column], ranges[column].least), ranges[column].most)
      if (within - means[column]).magnitude > max(1e-6, 4 * within.ulp) { means[column] = within }
    }
    let corrections = columnSums(x, width: width) { value, column in value - means[column] }
    let squares = columnSums(x, width: width) { value, column in (value - means[column]) * (value - means[column]) }
    return (0..<width).map { column in
      let variance = (squares[column] - corrections[column] * corrections[column] / n) / n
      // Source: scikit-learn's `_is_constant_feature`, the bound of the two-pass algorithm's own rounding.
      let rounding = n * means[column] * .ulpOfOne
      return Spread(
        mean: means[column], variance: variance, isConstant: variance <= n * .ulpOfOne * variance + rounding * rounding)
    }
  }
}

/// The least and the largest number of every column of a row-major array.
private func columnRanges(_ x: [Double], width: Int) -> [(least: Double, most: Double)] {
  var ranges = [(least: Double, most: Double)](repeating: (.infinity, -.infinity), count: width)
  var i = 0
  while i < x.count {
    for column in 0..<width {
      let value = x[i + column]
      if value < ranges[column].least { ranges[column].least = value }
      if value > ranges[column].most { ranges[column].most = value }
    }
    i += width
  }
  return ranges
}

/// The sum of every column of a row-major array, each value transformed, in NumPy's order: row by row, and pairwise
/// for a single column.
func columnSums(_ x: [Double], width: Int, _ transform: (Double, Int) -> Double) -> [Double] {
  guard width > 1 else { return [pairwiseSum(x.map { transform($0, 0) }[...])] }
  var sums = [Double](repeating: 0, count: width)
  var i = 0
  while i < x.count {
    for column in 0..<width { sums[column] += transform(x[i + column], column) }
    i += width
  }
  return sums
}

/// Source: NumPy's `pairwise_sum`: eight running sums in blocks of up to 128, halves above that.
private func pairwiseSum(_ x: ArraySlice<Double>) -> Double {
  if x.count < 8 { return x.reduce(0, +) }
  if x.count > 128 {
    let half = x.count / 2 - x.count / 2 % 8
    return pairwiseSum(x.prefix(half)) + pairwiseSum(x.dropFirst(half))
  }
  var r = Array(x.prefix(8))
  var i = x.startIndex + 8
  while i + 8 <= x.endIndex {
    for lane in 0..<8 { r[lane] += x[i + lane] }
    i += 8
  }
  let sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
  return x[i...].reduce(sum, +)
}

/// Standardises a number target, and takes predictions back to its units.
public struct TargetScaler: Codable, Sendable, Hashable {
  /// Of the training targets.
  public let standardization: Standardization

  /// Takes a fit that was made before.
  public init(_ standardization: Standardization) { self.standardization = standardization }

  /// Fits the mean and scale of the training targets; throws when there are none.
  public init(fitting y: [Double]) throws(DatasetError) {
    guard let fitted = try Standardization.fit(y, width: 1).first, !y.isEmpty else {
      throw .inconsistent(part: "y_train", problem: "has no row")
    }
    standardization = fitted
  }

  public init(from decoder: any Decoder) throws { standardization = try Standardization(from: decoder) }
  public func encode(to encoder: any Encoder) throws { try standardization.encode(to: encoder) }

  /// (y - mean) / scale in float64, rounded once to float32.
  public func encode(_ y: [Double]) -> [Float] {
    y.map { Float(($0 - standardization.mean) / standardization.scale) }
  }

  /// A prediction in the target's own units.
  public func decode(_ prediction: Float) -> Double { Double(prediction) * standardization.scale + standardization.mean }
}
