public import Tensors

/// What goes into a new version besides its weights.
public struct VersionContent: Sendable {
  public var stateDict: StateDict
  /// Nil where no net can be rebuilt from the tensors.
  package var storedArchitecture: StoredArchitecture?
  public var trainLoss: Double?
  public var testLoss: Double?
  public var accuracy: Double?
  /// What else was measured, each key once.
  public var metrics: [VersionMetric]

  package init(
    stateDict: StateDict, storedArchitecture: StoredArchitecture?, trainLoss: Double?, testLoss: Double?, accuracy: Double?,
    metrics: [VersionMetric] = []
  ) {
    self.stateDict = stateDict
    self.storedArchitecture = storedArchitecture
    self.trainLoss = trainLoss
    self.testLoss = testLoss
    self.accuracy = accuracy
    self.metrics = metrics
  }
}

/// An architecture as the store has it: a JSON text, and what the interpreter reads in it.
package struct StoredArchitecture: Sendable {
  package let json: String
  /// What goes in and comes out, as JSON.
  package let signature: String?
  /// Nil in a store without an interpreter.
  package let value: (any Sendable)?

  package init(json: String, signature: String?, value: (any Sendable)?) {
    self.json = json
    self.signature = signature
    self.value = value
  }
}

/// What was stored at the end of a run.
public struct StoredVersion: Sendable, Hashable {
  public let model: String
  public let version: Int
  public let run: Int
  /// A name of the dataset, or the beginning of its digest.
  public let dataset: String
}
