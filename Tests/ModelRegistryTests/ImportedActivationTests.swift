import Datasets
import NeuralNets
import StoreTestSupport
import Tensors
import Testing
import Training

@testable import ModelRegistry
@testable import RegistryStore

struct ImportedActivationTests {
  /// A state_dict of two layers under these names, and what is said of it.
  private static func source(_ stems: [String], _ architecture: Architecture?) throws -> StateDictImport {
    let net = NeuralNet(inputSize: 2, hiddenSize: 5, seed: 1)
    let names = stems.flatMap { ["\($0).weight", "\($0).bias"] }
    let stateDict = try StateDict(zip(names, net.stateDict().entries).map { ($0, $1.tensor) })
    var source = StateDictImport(file: "f.pt", model: "m", tensors: stateDict.entries.map { ($0.name, $0.tensor.dtype, $0.tensor.shape) }) {
      stateDict.entries[$0].tensor
    }
    source.architecture = architecture
    return source
  }

  @Test("a version that an earlier release took for ReLU by foreign names isn't run, and is no damage to verify")
  func guessedByEarlierRelease() throws {
    let stored = try StoredRegistry()
    let columns = try FeatureEncoder(columns: ["x0", "x1"].map { FeatureColumn(name: $0) })
    // As 0.1 wrote it: no activation, whatever the names.
    let old = try Architecture(task: .binary, hiddenSizes: [5], features: columns, target: "y", classes: ["0", "1"])
    #expect(!old.json.contains("activation") && !old.json.contains("guessed"))
    _ = try stored.registry.importStateDict(Self.source(["0", "2"], old))
    let record = try stored.registry.version(VersionName(model: "m", .number(1)))
    #expect(throws: StoreError.unknownActivation(model: "m", version: 1, wasGuessed: true)) { try stored.registry.loadPredictor(record) }
    #expect(try stored.registry.agreement(record, record) == .none(.noDataset))
    // The tutorial's names are ReLU by definition, then as now.
    _ = try stored.registry.importStateDict(Self.source(["linear_1", "linear_2"], old))
    _ = try stored.registry.importStateDict(Self.source(["0", "2"], nil))
    #expect(try stored.registry.loadNeuralNet(version: 2, model: "m") == NeuralNet(inputSize: 2, hiddenSize: 5, seed: 1))
    let bare = try stored.registry.version(VersionName(model: "m", .number(3)))
    #expect(throws: StoreError.unknownActivation(model: "m", version: 3, wasGuessed: false)) { try stored.registry.loadPredictor(bare) }
  }
}
