import Datasets
import Glibc
import ModelRegistry
import NeuralNets
import Tensors
import Training

/// The cases that need a registry, in a file of `folder`; nil where there is none of this name.
func storeBenchmark(_ name: String, folder: String) throws -> Benchmark? {
  let path = "\(folder)/\(name).db"
  unlink(path)
  switch name {
  // Seconds a load of the tutorial's net, from a registry that stays open; the check is what it says of a point.
  case "load":
    let (experiment, description) = try tutorial()
    _ = try Registry(path: path, access: .create).train(experiment, description)
    let registry = try Registry(path: path)
    return {
      let loads = 200
      var probability: Float = 0
      let time = try ContinuousClock().measure {
        for _ in 0..<loads { probability = try registry.loadNeuralNet(version: 1)([-1, 1])[0] }
      }
      return (time / .seconds(1) / Double(loads), Double(probability))
    }
  // The tensors of a version of 100 MB, which stand in memory, into a new file; the check is how many numbers there are.
  case "store-weights":
    let weights = try Registry(path: "\(folder)/weights.db")
    let stateDict = try weights.stateDict(weights.version(VersionName(model: "weights", .latest)))
    let source = StateDictImport(file: "memory", tensors: stateDict.entries.map { ($0.name, $0.tensor.dtype, $0.tensor.shape) }) {
      stateDict.entries[$0].tensor
    }
    return {
      unlink(path)
      var count = 0
      let time = try ContinuousClock().measure {
        count = try Registry(path: path, access: .create).importStateDict(source).parameterCount
      }
      return (time / .seconds(1), Double(count))
    }
  // All tensors of a version of 100 MB; the check is the sum of their first numbers.
  case "load-weights":
    let registry = try Registry(path: "\(folder)/weights.db")
    let record = try registry.version(VersionName(model: "weights", .latest))
    return {
      var stateDict = StateDict()
      let time = try ContinuousClock().measure { stateDict = try registry.stateDict(record) }
      let first = try stateDict.entries.map { Double(try $0.tensor.values(as: Float.self).first ?? 0) }
      return (time / .seconds(1), first.reduce(0, +))
    }
  // Rows of metrics through a recorder, and the version at the end; the check is the number of rows.
  case "metrics", "metrics-250000":
    let steps = name == "metrics" ? 500_000 : 125_000
    let (experiment, description) = try tutorial()
    let content = VersionContent(
      stateDict: try experiment.initialNet.stateDict(), architecture: experiment.architecture, trainLoss: 0, testLoss: 0, accuracy: 0)
    return {
      unlink(path)
      let registry = try Registry(path: path, access: .create)
      let time = try ContinuousClock().measure {
        let recorder = RunRecorder(registry: registry, description: description)
        for step in 0..<steps {
          try recorder.log("train_loss", step: step, 1 / Double(step + 1))
          try recorder.log("test_loss", step: step, 1 / Double(step + 2))
        }
        _ = try recorder.finish(content)
      }
      let rows = try registry.run(1).metrics.reduce(0) { $0 + $1.values.count }
      return (time / .seconds(1), Double(rows))
    }
  default: return nil
  }
}

/// The tutorial with seed 0.
private func tutorial() throws -> (Experiment, RunDescription) {
  let dataset = try Dataset(BlobsSource(trainSamples: 80, testSamples: 20, seed: 0))
  let experiment = try Experiment(dataset: dataset, hyperparameters: Hyperparameters())
  return (experiment, RunDescription(model: Registry.defaultModel, dataset: dataset, datasetName: "blobs", experiment: experiment))
}
