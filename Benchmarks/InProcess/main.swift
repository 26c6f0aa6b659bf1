// What is measured inside one process: `InProcessBenchmark CASE REPETITIONS [REGISTRY]` prints JSON with the seconds of each repetition.
// A first one, the warm-up, isn't counted.  `check` is what the peer's result is compared with before a time counts.

import Datasets
import ModelRegistry
import Tensors
import Training

/// A case does its work once, and gives the seconds of the part that counts and a number to check.
typealias Case = () throws -> (seconds: Double, check: Double)

let cases: [String: Case] = [
  // The tutorial's loop alone: data and initial weights are made before, nothing is stored.
  "epochs": {
    let experiment = try Experiment(
      dataset: Dataset(BlobsSource(trainSamples: 80, testSamples: 20, seed: 0)), hyperparameters: Hyperparameters())
    var trainer = experiment.makeTrainer()
    let clock = ContinuousClock()
    var loss = 0.0
    let time = clock.measure {
      for _ in 0..<experiment.hyperparameters.epochs { loss = trainer.runEpoch() }
    }
    return (time / .seconds(1), loss)
  },
  // All tensors of a version in a registry that is open already.
  "load": {
    let registry = try Registry(path: arguments[3])
    let record = try registry.version(VersionName(model: "weights", .latest))
    var stateDict = StateDict()
    let clock = ContinuousClock()
    let time = try clock.measure { stateDict = try registry.stateDict(record) }
    let first = try stateDict.entries.map { Double(try $0.tensor.values(as: Float.self).first ?? 0) }
    return (time / .seconds(1), first.reduce(0, +))
  },
]

let arguments = CommandLine.arguments
let count = arguments.count
guard count == 4 || count == 3 && arguments[1] != "load", let run = cases[arguments[1]], let repetitions = Int(arguments[2]),
  repetitions > 0
else {
  print("usage: InProcessBenchmark \(cases.keys.sorted().joined(separator: "|")) REPETITIONS [REGISTRY]")
  throw UsageError()
}
_ = try run()
let results = try (0..<repetitions).map { _ in try run() }
print("{\"seconds\": \(results.map(\.seconds)), \"check\": \(results[0].check)}")

struct UsageError: Error {}
