import Datasets
import NeuralNets
import Tensors
import Training

/// A case does its work once, and gives the seconds of the part that counts and a number to check.
typealias Benchmark = () throws -> (seconds: Double, check: Double)

/// The case of this name; nil where there is none.  `folder` is for those that need a file.
func benchmark(_ name: String, folder: String) throws -> Benchmark? {
  switch name {
  // The tutorial's loop alone: data and initial weights are made before, nothing is stored.
  case "epochs":
    let experiment = try Experiment(
      dataset: Dataset(BlobsSource(trainSamples: 80, testSamples: 20, seed: 0)), hyperparameters: Hyperparameters())
    return training(epochs: experiment.hyperparameters.epochs) { experiment.makeTrainer() }
  // The sizes of scikit-learn's digits: seconds a step.
  case "digits":
    let problem = Problem(samples: 1797, features: 64, hidden: 128, classes: 10)
    return training(epochs: 20, perStep: 20) { problem.trainer(SGD(learningRate: 0.1)) }
  case "wide":
    let problem = Problem(samples: 4096, features: 64, hidden: 1024, classes: 2)
    return training(epochs: 3, perStep: 3) { problem.trainer(SGD(learningRate: 0.1)) }
  // The sizes of breast_cancer: seconds an epoch of 18 steps.
  case "minibatch":
    let problem = Problem(samples: 569, features: 30, hidden: 32, classes: 2)
    return training(epochs: 5, perStep: 5) { problem.trainer(Adam(learningRate: 0.001), batchSize: 32) }
  default: return try storeBenchmark(name, folder: folder)
  }
}

/// Times the epochs of a fresh trainer, divided by `perStep`; the check is the last epoch's loss.
private func training(epochs: Int, perStep: Int = 1, _ makeTrainer: @escaping () -> Trainer) -> Benchmark {
  {
    var trainer = makeTrainer()
    var loss = 0.0
    let time = ContinuousClock().measure {
      for _ in 0..<epochs { loss = trainer.runEpoch() }
    }
    return (time / .seconds(1) / Double(perStep), loss)
  }
}

/// Uniform numbers, and classes by the sum of the first two: `Benchmarks/peers/problem.py` makes the same bits.
private struct Problem {
  let samples: Samples
  let net: NeuralNet
  let generator: MersenneTwister

  init(samples count: Int, features: Int, hidden: Int, classes: Int) {
    var numbers = MersenneTwister(seed: 0)
    var rows: [Float] = []
    var targets: [Float] = []
    for _ in 0..<count {
      let row = (0..<features).map { _ in numbers.nextDouble() * 2 - 1 }
      rows += row.map { Float($0) }
      targets.append(Float(Int((row[0] + row[1] + 2) / 4 * Double(classes))))
    }
    samples = Samples(x: Batch(rows: rows, features: features), targets: Targets(targets))
    var generator = MersenneTwister(seed: 0)
    net = NeuralNet(
      inputSize: features, hiddenSizes: [hidden], outputSize: classes == 2 ? 1 : classes,
      outputActivation: classes == 2 ? .sigmoid : .softmax, using: &generator)
    self.generator = generator
  }

  func trainer(_ optimizer: any Optimizer, batchSize: Int? = nil) -> Trainer {
    Trainer(net: net, optimizer: optimizer, samples: samples, batchSize: batchSize, generator: generator)
  }
}
