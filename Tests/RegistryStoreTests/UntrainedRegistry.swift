import StoreTestSupport
import Tensors

@testable import RegistryStore

extension Registry {
  /// Without anybody who knows nets.
  convenience init(path: String, access: Access = .read) throws { try self.init(path: path, access: access, interpreter: nil) }
}

extension StoredRegistry {
  init() throws { try self.init(interpreter: nil) }

  /// A recorder of a run that nobody trains.
  func recorder(model: String = Registry.defaultModel) throws -> RunRecorder {
    RunRecorder(
      registry: registry,
      content: RunContent(
        model: model, dataset: try .made(of: 0), datasetName: "blobs", seed: 0,
        params: [("learning_rate", .real(0.03)), ("task", .text("binary"))],
        parent: nil))
  }

  /// Stores a version that nobody trained.
  @discardableResult
  func store(model: String = Registry.defaultModel) throws -> StoredVersion {
    try recorder(model: model).finish(.made(of: stateDict()))
  }

  /// Weights of a net.
  func stateDict() throws -> StateDict {
    try StateDict([
      ("linear_1.weight", Tensor([Float](repeating: 0.5, count: 10), shape: [5, 2])),
      ("linear_1.bias", Tensor([Float](repeating: 0.25, count: 5))),
    ])
  }
}

extension VersionContent {
  /// What nobody has measured.
  static func made(of stateDict: StateDict) -> VersionContent {
    VersionContent(stateDict: stateDict, storedArchitecture: nil, trainLoss: 0.5, testLoss: nil, accuracy: nil)
  }
}

extension DatasetContent {
  /// A small dataset: another for each number.
  static func made(of number: Int) throws -> DatasetContent {
    let tensors = try StateDict([
      ("x_train", Tensor([Double(number), 1, 2, 3], shape: [2, 2])), ("y_train", Tensor([0, 1] as [Int64])),
      ("x_test", Tensor([Double(number), 4], shape: [1, 2])), ("y_test", Tensor([1] as [Int64])),
    ])
    let parts = DatasetContent(digest: "", source: #"{"kind":"test"}"#, columns: #"{"features":2}"#, tensors: tensors)
    return DatasetContent(digest: parts.computedDigest, source: parts.source, columns: parts.columns, tensors: tensors)
  }
}
