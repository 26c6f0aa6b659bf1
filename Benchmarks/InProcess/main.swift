// What is measured inside one process: `InProcessBenchmark CASE REPETITIONS` prints JSON with the seconds of each repetition.
// A first one, the warm-up, isn't counted.  `check` is what the peer's result is compared with before a time counts.

import Datasets
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
  }
]

let arguments = CommandLine.arguments
guard arguments.count == 3, let run = cases[arguments[1]], let repetitions = Int(arguments[2]), repetitions > 0 else {
  print("usage: InProcessBenchmark \(cases.keys.sorted().joined(separator: "|")) REPETITIONS")
  throw UsageError()
}
_ = try run()
let results = try (0..<repetitions).map { _ in try run() }
print("{\"seconds\": \(results.map(\.seconds)), \"check\": \(results[0].check)}")

struct UsageError: Error {}
