public import Tensors

/// A row of `model_versions` with the names around it, checked against its digest.
public struct VersionRecord: Sendable {
  public let model: String
  public let version: Int
  public let uuid: String
  public let run: Int
  public let createdAt: String
  public let deletedAt: String?
  /// Nil for a foreign state_dict.
  package let storedArchitecture: StoredArchitecture?
  public let stateDictDigest: String
  public let tensorCount: Int
  public let parameterCount: Int
  /// The losses and accuracy of these very weights; NaN where they are, nil where there is none.
  public let trainLoss: Double?
  public let testLoss: Double?
  public let accuracy: Double?
  /// What else was measured of them, by key: precision, recall, f1 and roc_auc of the test part where classes were trained.
  public let metrics: [VersionMetric]
  /// Of a logged run: the step that it was saved at.
  public let step: Int?
  /// What its writer said it came from.
  public let source: String?
  public let description: String?
  /// By path.
  public let files: [VersionFile]
  /// Sorted.
  public let aliases: [String]
  package let id: Int64
  /// The row of its model, as its own row has it.
  let modelID: Int64

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

/// A file of a version.
public struct VersionFile: Sendable, Hashable {
  @Name public internal(set) var path: String
  /// SHA-256 of its bytes, in lower-case hex.
  public let digest: String
  public let byteCount: Int
}
