public import Tensors
public import Training

/// A row of `model_versions` with the names around it, checked against its digest.
public struct VersionRecord: Sendable {
  public let model: String
  public let version: Int
  public let uuid: String
  public let run: Int
  public let createdAt: String
  public let deletedAt: String?
  /// Nil for a foreign state_dict.
  public let architecture: Architecture?
  public let stateDictDigest: String
  public let tensorCount: Int
  public let parameterCount: Int
  /// The losses and accuracy of these very weights; NaN where they are, nil where there is none.
  public let trainLoss: Double?
  public let testLoss: Double?
  public let accuracy: Double?
  /// What else was measured of them, by key: precision, recall, f1 and roc_auc of the test part where classes were trained.
  public let metrics: [VersionMetric]
  /// Sorted.
  public let aliases: [String]
  internal let id: Int64

  /// `name/3`.
  public var title: String { "\(model)/\(version)" }
}

/// A number that was measured of a version's weights.
public struct VersionMetric: Sendable, Hashable {
  public let key: String
  public let value: Double

  public init(key: String, value: Double) {
    self.key = key
    self.value = value
  }
}

extension VersionRecord {
  /// The value of a metric; nil where there is none.
  public func metric(_ key: String) -> Double? { metrics.first { $0.key.hasSameBytes(as: key) }?.value }
}

extension ClassScores {
  /// As they are stored with a version: precision, recall and f1 are the means over the classes.
  public var metrics: [VersionMetric] {
    let values: [(String, Double?)] = [("precision", precision), ("recall", recall), ("f1", f1), ("roc_auc", rocAUC)]
    return values.compactMap { key, value in value.map { VersionMetric(key: key, value: $0) } }
  }
}

/// What goes into a new version besides its weights.
public struct VersionContent: Sendable {
  public var stateDict: StateDict
  public var architecture: Architecture?
  public var trainLoss: Double?
  public var testLoss: Double?
  public var accuracy: Double?
  /// What else was measured, each key once.
  public var metrics: [VersionMetric]

  public init(
    stateDict: StateDict, architecture: Architecture?, trainLoss: Double?, testLoss: Double?, accuracy: Double?,
    metrics: [VersionMetric] = []
  ) {
    self.stateDict = stateDict
    self.architecture = architecture
    self.trainLoss = trainLoss
    self.testLoss = testLoss
    self.accuracy = accuracy
    self.metrics = metrics
  }
}

/// The columns of a version that its row digest covers: all but what a merge or a delete changes.
struct VersionRow {
  let uuid: String
  let runUUID: String
  let createdAt: String
  let stateDictDigest: String
  let tensorCount: Int
  let parameterCount: Int
  let signature: String?
  let architecture: String?
  let trainLoss: Double?
  let testLoss: Double?
  let accuracy: Double?
  var metrics: [VersionMetric] = []

  /// SHA-256 over the values as netstrings, in this order: a number by its bits, NULL as `-`.  Then keys and values of the metrics by
  /// key: a version without any has the digest that it had before there were metrics.
  var digest: String {
    // SQLite keeps no sign of a zero: -0.0 comes back as 0.0, which the sum makes of it here too.
    func bits(_ number: Double?) -> String { number.map { $0.isNaN ? "nan" : String(($0 + 0).bitPattern, radix: 16) } ?? "-" }
    var builder = DigestBuilder()
    let values = [
      uuid, runUUID, createdAt, stateDictDigest, "\(tensorCount)", "\(parameterCount)", signature ?? "-", architecture ?? "-",
      bits(trainLoss), bits(testLoss), bits(accuracy),
    ]
    for value in values { builder.update(netstring: value) }
    for metric in metrics.sorted(by: { Name($0.key) < Name($1.key) }) {
      builder.update(netstring: metric.key)
      builder.update(netstring: bits(metric.value))
    }
    return builder.finalize().hex
  }
}
