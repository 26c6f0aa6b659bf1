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
  /// Sorted.
  public let aliases: [String]
  internal let id: Int64

  /// `name/3`.
  public var title: String { "\(model)/\(version)" }
}

/// What goes into a new version besides its weights.
public struct VersionContent: Sendable {
  public var stateDict: StateDict
  public var architecture: Architecture?
  public var trainLoss: Double?
  public var testLoss: Double?
  public var accuracy: Double?

  public init(stateDict: StateDict, architecture: Architecture?, trainLoss: Double?, testLoss: Double?, accuracy: Double?) {
    self.stateDict = stateDict
    self.architecture = architecture
    self.trainLoss = trainLoss
    self.testLoss = testLoss
    self.accuracy = accuracy
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

  /// SHA-256 over the values as netstrings, in this order: a number by its bits, NULL as `-`.
  var digest: String {
    func bits(_ number: Double?) -> String { number.map { $0.isNaN ? "nan" : String($0.bitPattern, radix: 16) } ?? "-" }
    var builder = DigestBuilder()
    let values = [
      uuid, runUUID, createdAt, stateDictDigest, "\(tensorCount)", "\(parameterCount)", signature ?? "-", architecture ?? "-",
      bits(trainLoss), bits(testLoss), bits(accuracy),
    ]
    for value in values { builder.update(netstring: value) }
    return builder.finalize().hex
  }
}
