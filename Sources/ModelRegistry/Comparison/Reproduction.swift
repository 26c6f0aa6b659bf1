public import RegistryStore
internal import Tensors

/// What came of training a stored version again from what is stored, beside what came of it then.
public struct Reproduction: Sendable {
  public let model: String
  public let version: Int
  public let run: Int
  /// How many epochs ran.
  public let epochs: Int
  /// How many tensors the version has.
  public let tensorCount: Int
  /// SHA-256 of the state_dict as it is stored, and as it was trained now.
  public let storedDigest: String
  public let digest: String
  /// The tensors that differ.
  public let tensors: [TensorDifference]
  /// How many values of metrics were compared, and the metrics in which some differ.
  public let metricValues: Int
  public let metrics: [MetricDifference]
  /// The losses and the accuracy of the final weights, and the architecture, where they differ.
  public let results: [ResultDifference]
  /// Of the program that trained the version; nil where that isn't known.
  public let storedProgramVersion: String?

  /// Whether every bit is the same.
  public var isBitIdentical: Bool { storedDigest == digest && tensors.isEmpty && metrics.isEmpty && results.isEmpty }

  /// A tensor of which some bits differ.
  public struct TensorDifference: Sendable, Hashable {
    public let name: String
    /// The largest difference of two numbers; NaN where one of them is, nil where the shapes or types differ or one tensor is missing.
    public let maxAbs: Double?
    /// How many numbers differ; nil as above.
    public let changed: Int?
  }

  /// A metric of which some values differ or are missing.
  public struct MetricDifference: Sendable, Hashable {
    public let key: String
    public let differing: Int
    /// The first step at which it does, and the values there; nil for none.
    public let step: Int
    public let stored: Double?
    public let reproduced: Double?
  }

  /// Something said of the version that differs.
  public struct ResultDifference: Sendable, Hashable {
    public let key: String
    public let stored: CellValue
    public let reproduced: CellValue
  }
}

extension Reproduction.TensorDifference {
  /// The tensors of two state_dicts that aren't the same bits, in the order of the first.
  static func between(_ stored: StateDict, _ reproduced: StateDict) -> [Self] {
    let added = reproduced.names.filter { stored[$0] == nil }.map { Self(name: $0, maxAbs: nil, changed: nil) }
    return added
      + stored.entries.compactMap { entry in
        guard let other = reproduced[entry.name], other.shape == entry.tensor.shape, let a = try? entry.tensor.values(as: Float.self),
          let b = try? other.values(as: Float.self)
        else { return Self(name: entry.name, maxAbs: nil, changed: nil) }
        let differing = zip(a, b).filter { $0.bitPattern != $1.bitPattern }
        guard !differing.isEmpty else { return nil }
        let distances = differing.map { abs(Double($0) - Double($1)) }
        let maxAbs = distances.contains(where: \.isNaN) ? Double.nan : distances.max()
        return Self(name: entry.name, maxAbs: maxAbs, changed: differing.count)
      }
  }
}

extension Reproduction.MetricDifference {
  /// Compares the values of a metric by step; nil where all are the same bits.  A NaN is stored without its bits: all are the same.
  init?(_ key: String, stored: [(step: Int, value: Double)], reproduced: [(step: Int, value: Double)]) {
    func areSame(_ a: Double?, _ b: Double?) -> Bool { a?.bitPattern == b?.bitPattern || (a?.isNaN == true && b?.isNaN == true) }
    var (i, j, differing) = (0, 0, 0)
    var first: (step: Int, stored: Double?, reproduced: Double?)?
    while i < stored.count || j < reproduced.count {
      let step = min(i < stored.count ? stored[i].step : .max, j < reproduced.count ? reproduced[j].step : .max)
      let a = i < stored.count && stored[i].step == step ? stored[i].value : nil
      let b = j < reproduced.count && reproduced[j].step == step ? reproduced[j].value : nil
      if a != nil { i += 1 }
      if b != nil { j += 1 }
      guard !areSame(a, b) else { continue }
      differing += 1
      first = first ?? (step, a, b)
    }
    guard let first else { return nil }
    self.init(key: key, differing: differing, step: first.step, stored: first.stored, reproduced: first.reproduced)
  }
}
