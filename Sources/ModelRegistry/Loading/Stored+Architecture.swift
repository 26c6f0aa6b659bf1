public import RegistryStore
public import Tensors
public import Training

extension StoredArchitecture {
  init(_ architecture: Architecture) {
    self.init(json: architecture.json, signature: architecture.signature, value: architecture)
  }

  var architecture: Architecture? { value as? Architecture }
}

extension VersionRecord {
  /// Nil for a foreign state_dict.
  public var architecture: Architecture? { storedArchitecture?.architecture }
}

extension VersionContent {
  /// Nil where no net can be rebuilt from the tensors.
  public var architecture: Architecture? {
    get { storedArchitecture?.architecture }
    set { storedArchitecture = newValue.map { StoredArchitecture($0) } }
  }

  public init(
    stateDict: StateDict, architecture: Architecture?, trainLoss: Double?, testLoss: Double?, accuracy: Double?,
    metrics: [VersionMetric] = []
  ) {
    self.init(
      stateDict: stateDict, storedArchitecture: architecture.map { StoredArchitecture($0) }, trainLoss: trainLoss, testLoss: testLoss,
      accuracy: accuracy, metrics: metrics)
  }
}

extension StateDictImport {
  /// Nil where no net can be rebuilt from the tensors.
  public var architecture: Architecture? {
    get { storedArchitecture?.architecture }
    set { storedArchitecture = newValue.map { StoredArchitecture($0) } }
  }
}
