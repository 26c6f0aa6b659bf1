public import ArgumentParser
import Datasets
import ModelRegistry
import Training

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a net and store the run, its losses, its data and the weights.",
    discussion: """
      Without --csv it trains on the tutorial's data: four blobs of points, two classes.

      registry train --seed 3
      registry train --csv breast_cancer.csv --target target --standardize --hidden 16 --epochs 300 --learning-rate 0.5
      """)

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Training") var options: TrainingOptions
  @Option(help: "The model that gets the new version.") var model = Registry.defaultModel
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    try Registry.checkName(model, of: "model")
    // All that can be wrong with the input is found before a file is made.
    try options.hyperparameters(task: .binary).validate()
    let (dataset, name, task) = try data.load(seed: options.seed, task: options.task)
    let experiment = try Experiment(dataset: dataset, hyperparameters: try options.hyperparameters(task: task))
    let registry = try database.open(.create)
    let description = RunDescription(model: model, dataset: dataset, datasetName: name, experiment: experiment)
    let clock = ContinuousClock()
    let start = clock.now
    var lines = TutorialLines(isSilent: format.format != .table)
    let result = try registry.train(experiment, description) { try lines.report($0) }
    try printResult(result, seconds: (clock.now - start) / .seconds(1))
    if result.train.loss.isNaN || result.test.loss.isNaN {
      Streams.note("Warning: the loss became NaN; stored as it is. A smaller --learning-rate may help.")
    }
  }

  private func printResult(_ result: TrainingResult, seconds: Double) throws {
    let stored = result.stored
    let values: [(String, Scalar)] = [
      ("model", .text(stored.model)), ("version", Scalar(stored.version)), ("run", Scalar(stored.run)), ("dataset", .text(stored.dataset)),
      ("test_loss_before", .real(result.testLossBefore)), ("train_loss", .real(result.train.loss)), ("test_loss", .real(result.test.loss)),
      ("accuracy", Scalar(result.test.accuracy)), ("epochs", Scalar(options.epochs)), ("seconds", .real((seconds * 1e6).rounded() / 1e6)),
    ]
    switch format.format {
    case .json: try Streams.output(JSONValue.object(values.map { ($0.0, JSONValue($0.1)) }).pretty + "\n")
    case .csv: try Streams.output(csvText(columns: values.map(\.0), rows: [values.map(\.1)]))
    case .table:
      let accuracy = result.test.accuracy.map { ", accuracy \($0.shortText)" } ?? ""
      try outputUnlessGone(
        "Stored \(stored.model)/\(stored.version): run \(stored.run), dataset \(stored.dataset)\(accuracy), in \(database.resolvedPath)\n")
    }
  }
}

/// The lines that the tutorial prints, digit for digit as Python does.
private struct TutorialLines {
  let isSilent: Bool
  static let interval = 100

  mutating func report(_ event: TrainingEvent) throws {
    guard !isSilent else { return }
    switch event {
    case .started(let loss): try outputUnlessGone("Before Training, test loss is \(loss.pythonText)\n")
    case .epoch(let epoch, let loss):
      if epoch % Self.interval == 0 { try outputUnlessGone("Train loss at \(epoch) is \(loss.pythonText)\n") }
    case .trained(let loss): try outputUnlessGone("After Training, test loss is \(loss.pythonText)\n")
    }
  }
}

/// Prints, unless the reader of a pipe has gone: the training goes on and is stored.
private func outputUnlessGone(_ text: String) throws {
  do {
    try Streams.output(text)
  } catch let error as OutputError where error.isBrokenPipe {
    return
  }
}

extension Double {
  /// As Python's repr: Swift's own digits, and its names for what isn't finite.
  fileprivate var pythonText: String { isFinite ? "\(self)" : isNaN ? "nan" : self > 0 ? "inf" : "-inf" }
}

extension LearningTask: ExpressibleByArgument {}
extension OptimizerKind: ExpressibleByArgument {}
