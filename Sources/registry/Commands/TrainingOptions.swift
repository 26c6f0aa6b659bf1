import ArgumentParser
import Datasets
import Training

/// The options of a training besides its data.  Numbers take whatever comes next, so that `--epochs -1` is told what is wrong.
struct TrainingOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "Starts the data, the split, the weights and the order of batches.") var seed: UInt64 = 0
  @Option(parsing: .unconditional, help: "Units of the hidden layers: 5, or 64,32.") var hidden = "5"
  @Option(parsing: .unconditional, help: "How often all samples are seen.") var epochs = 2000
  @Option(parsing: .unconditional, help: "The step size.") var learningRate = 0.03
  @Option(help: "binary, multiclass or regression (default: what the target column is).") var task: LearningTask?
  @Option(help: "sgd or adam.") var optimizer: OptimizerKind = .sgd
  @Option(parsing: .unconditional, help: "SGD's momentum.") var momentum = 0.0
  @Option(parsing: .unconditional, help: "L2 penalty on the weights.") var weightDecay = 0.0
  @Option(parsing: .unconditional, help: "Samples of a mini-batch (default: all at once).") var batchSize: Int?
  @Flag(help: "Scale features (and a regression's target) to mean 0, deviation 1; stored with the version.") var standardize = false

  func hyperparameters(task: LearningTask) throws -> Hyperparameters {
    // SQLite's integers are signed.
    guard seed <= UInt64(Int64.max) else {
      throw UsageError("'--seed \(seed)': it has to be between 0 and \(Int64.max).")
    }
    return Hyperparameters(
      task: task, hiddenSizes: try hiddenSizes(), epochs: epochs, learningRate: learningRate, optimizer: optimizer, momentum: momentum,
      weightDecay: weightDecay, batchSize: batchSize, seed: seed, standardize: standardize)
  }

  private func hiddenSizes() throws -> [Int] {
    try hidden.split(separator: ",", omittingEmptySubsequences: false).map { word in
      guard let size = Int(word) else { throw UsageError("'--hidden \(hidden)': '\(word)' is no whole number.", hint: "--hidden 5 or --hidden 64,32") }
      return size
    }
  }
}

/// Where the samples come from.
struct DataOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "Generated samples to train on; a quarter as many more to test on. (default: 80)")
  var samples: Int?
  @Option(help: "Train on this CSV file (- is standard input).") var csv: String?
  @Option(help: "The CSV column to predict.") var target: String?
  @Option(parsing: .unconditional, help: "The share of the CSV's rows kept for testing. (default: 0.2)")
  var testFraction: Double?

  /// The dataset, the name that it gets unless it has one, and the task that it is for.
  func load(seed: UInt64, task: LearningTask?) throws -> (dataset: Dataset, name: String, task: LearningTask) {
    guard let csv else {
      if let testFraction {
        throw UsageError("'--test-fraction \(testFraction)' needs a CSV file.", hint: "registry train --csv FILE --target COLUMN")
      }
      if let target { throw UsageError("'--target \(target)' needs a CSV file.", hint: "registry train --csv FILE --target \(target.quotedForShell)") }
      let samples = samples ?? BlobsSource().trainSamples
      guard (4...Self.maximumSamples).contains(samples) else {
        throw UsageError("'--samples \(samples)': it has to be between 4 and \(Self.maximumSamples).")
      }
      let source = BlobsSource(trainSamples: samples, testSamples: samples / 4, seed: seed)
      let size = samples == BlobsSource().trainSamples ? "" : "-\(samples)"
      return (try Dataset(source), "blobs\(size)-seed\(seed)", task ?? .binary)
    }
    if let samples { throw UsageError("'--samples \(samples)' and --csv exclude each other.") }
    guard let target else { throw UsageError("'--csv \(csv)' needs the column to predict.", hint: "registry train --csv \(csv.quotedForShell) --target COLUMN") }
    return try load(csv: csv, target: target, seed: seed, task: task)
  }

  private static let maximumSamples = 10_000_000

  private func load(csv: String, target: String, seed: UInt64, task: LearningTask?) throws -> (Dataset, String, LearningTask) {
    var options = CSVOptions(target: target, task: task)
    if let testFraction { options.testFraction = testFraction }
    options.seed = seed
    let input = csv == "-" ? CSVInput.standardInput : .path(csv)
    let (dataset, inference) = try readDataset(csv: input, options: options)
    if task == nil { Streams.note("\(inference)") }
    let stem = csv == "-" ? "stdin" : input.fileName.split(separator: ".").first.map(String.init) ?? "csv"
    return (dataset, stem, inference.task)
  }
}
