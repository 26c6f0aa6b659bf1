import ArgumentParser
public import Datasets
import ModelRegistry
public import NeuralNets
public import Training

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a net and store the run, its losses, its data and the weights.",
    discussion: """
      Without --csv or --dataset it trains on the tutorial's data: four blobs of points, two classes.

      registry train --seed 3
      registry train --csv breast_cancer.csv --target target --standardize --hidden 16 --epochs 300 --learning-rate 0.5
      registry train --dataset wine --hidden 64,32 --optimizer adam --batch-size 32 --patience 20
      registry train --dataset wine --from wine@champion --epochs 100 --experiment tuning

      A training that was interrupted goes on from its newest checkpoint, and ends with the same bits:

      registry train --resume 7
      """)

  @Option(help: "Train on this CSV file (- is standard input).") var csv: String?
  @Option(help: "Train on a stored dataset.") var dataset: String?
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Training") var options: TrainingOptions
  @Option(name: .customLong("from"), help: "Fine-tune this version instead of starting from random weights.") var parent: String?
  @Option(parsing: .unconditional, help: "Continue this run; everything else is as it began.") var resume: Int?
  @Option(name: .customLong("model"), help: "The model that gets the new version (default: $REGISTRY_MODEL, else neural-net).")
  var chosen: String?
  @Option(name: .customLong("experiment"), help: "A name that groups runs (default: the model's).") var experimentName: String?
  @Flag(help: "The result alone: no losses, no progress, no remarks; warnings and errors stay.") var quiet = false
  @OptionGroup var format: FormatOption
  @OptionGroup var artifacts: ArtifactsOption
  @OptionGroup var database: DatabaseOption

  var model: String { chosenModel(chosen) ?? Registry.defaultModel }

  func run() throws {
    if let resume { return try continueRun(resume) }
    // All that can be wrong with the input is found before a file is made or changed.
    try Registry.checkName(model, of: "model")
    if let experimentName { try Registry.checkExperimentName(experimentName) }
    try options.hyperparameters(task: .binary).validate()
    var (experiment, description, reading) = try prepare()
    description.experiment = experimentName
    let registry = try database.create(artifacts)
    let notes = reading + featureNotes(description.dataset, experiment.architecture.features)
    Note.print(notes, isQuiet: quiet)
    try printed(
      epochs: options.epochs, notes: notes, scaling: { scaling(description.dataset, experiment.architecture.features) }
    ) { report in
      try registry.train(experiment, description, wording: wording, shouldStop: { Signals.stop != nil }, report: report)
    }
  }

  /// The data, the weights to begin from, what is recorded of both, and what is said of a file that was read.
  private func prepare() throws -> (Experiment, RunDescription, [Note]) {
    if let csv, let dataset { throw UsageError("'--csv \(csv)' and '--dataset \(dataset)' exclude each other.") }
    if parent != nil { try options.requireNoneOfArchitecture() }
    let stored = dataset == nil && parent == nil ? nil : try database.open()
    if let parent { try checkVersionName(parent, model: nil) }
    let begun = try parent.flatMap { parent in
      try stored.map { registry in
        let record = try registry.version(registry.versionName(parent, model: chosenModel(chosen)))
        return (record, try registry.loadPredictor(record))
      }
    }
    let loaded = try load(stored, fillsIn: options.impute != nil || begun?.1.architecture.features.imputationStrategy != nil)
    let hyperparameters = try options.hyperparameters(task: loaded.dataset.task(options.task))
    // Said once nothing is refused any more: an error stands alone.
    let notes = ReadingNotes.notes(loaded, asked: options.task)
    guard let (record, predictor) = begun else {
      let experiment = try Experiment(dataset: loaded.dataset, hyperparameters: hyperparameters)
      return (experiment, RunDescription(model: model, dataset: loaded.dataset, datasetName: loaded.name, experiment: experiment), notes)
    }
    try options.requireActivation(of: predictor.architecture, record.title)
    let experiment = try Experiment(dataset: loaded.dataset, hyperparameters: hyperparameters, parent: predictor)
    return (
      experiment,
      RunDescription(model: model, dataset: loaded.dataset, datasetName: loaded.name, experiment: experiment, parent: record), notes
    )
  }

  private func load(_ registry: Registry?, fillsIn: Bool) throws -> DataOptions.Loaded {
    if let dataset, let registry {
      try data.requireNone(with: "--dataset \(dataset)")
      let record = try registry.datasetRecord(dataset)
      return DataOptions.Loaded(dataset: try registry.dataset(record), name: record.title, inference: nil)
    }
    guard let csv else {
      if let impute = options.impute {
        throw UsageError(
          "'--impute \(impute.rawValue)' needs a CSV file or a stored dataset.",
          hint: "registry train --csv FILE --target COLUMN --impute \(impute.rawValue)")
      }
      return try data.generated(seed: options.seed)
    }
    return try data.read(
      csv: csv, seed: options.seed, task: options.task, keepMissing: fillsIn, missingHint: "--impute median fills it in")
  }

  /// What was filled in, and which columns tell nothing.
  private func featureNotes(_ dataset: Dataset, _ features: FeatureEncoder) -> [Note] {
    var notes: [Note] = []
    if features.imputationStrategy != nil {
      let counts = dataset.missingCounts
      let columns = counts.indices.filter { counts[$0] > 0 }.map { index in
        "\(features.columns[index].name.quotedInList) \(counts[index]) (\(features.imputations[index]?.strategy.rawValue ?? "not"))"
      }
      if !columns.isEmpty { notes.append(Note(text: "Missing cells filled in: \(Self.list(columns))")) }
    }
    // Generated blobs have no constant column unless they were asked to.
    guard csv != nil || self.dataset != nil else { return notes }
    let x = dataset.x(.train)
    let constant = features.constantColumns(x)
    if !constant.isEmpty {
      let names =
        "\(Self.list(constant.map(\.quotedInList))); \(constant.count == 1 ? "this column carries" : "these columns carry") no information"
      notes.append(Note(text: "Constant in the training rows: \(names)"))
    }
    notes += cautions(dataset, x, isScaled: features.standardizations.contains { $0 != nil })
    let numbers = dataset.numbers(.train)
    if let first = numbers.first, numbers.allSatisfy({ $0 == first }) {
      let target = dataset.columns.target.name.quotedInList
      notes.append(
        Note(text: "the target \(target) is \(first.shortText) in every training row: there is nothing to learn.", isWarning: true))
    }
    return notes
  }

  /// What can't be learnt or measured of these data, whose training rows are `x`.  What a version knows that is trained on isn't asked.
  private func cautions(_ dataset: Dataset, _ x: [Double], isScaled: Bool) -> [Note] {
    var warnings: [String] = []
    if parent == nil {
      warnings += dataset.untrainedCategories(x).prefix(5).map { column, category in
        "'\(category)' of \(column.quotedInList) is in no training row: what the net answers for it is chance."
      }
    }
    let classes = dataset.unmeasuredClasses
    if !classes.isEmpty {
      let names = classes.prefix(5).map { "'\($0)'" }.joined(separator: ", ") + (classes.count > 5 ? ", …" : "")
      let isSplitHere = csv != nil && data.testCsv == nil && !data.stratify
      warnings.append(
        "the test part has no row of \(names): the measures don't tell how the net does there"
          + (isSplitHere ? "; --stratify keeps each class's share." : "."))
    }
    if !isScaled, let twins = dataset.float32Twins(x) {
      warnings.append(
        "\(twins.column.quotedInList) has numbers that are one in float32 (\(Self.exact(twins.first)), \(Self.exact(twins.second)))"
          + (parent == nil ? "; --standardize keeps them apart." : "."))
    }
    return warnings.map { Note(text: $0.singleLine, isWarning: true) }
  }

  private static func exact(_ number: Double) -> String { Int64(exactly: number).map { String($0) } ?? number.description }

  /// What helps a net whose features are so large that it doesn't learn; nil where they are scaled, or small.
  private func scaling(_ dataset: Dataset, _ features: FeatureEncoder) -> String? {
    guard parent == nil, !features.standardizations.contains(where: { $0 != nil }),
      let farthest = dataset.farthestFeature(dataset.x(.train)), farthest.magnitude >= 1000
    else { return nil }
    return "--standardize scales the features (\(farthest.column.quotedInList) reaches \(farthest.magnitude.shortText)), or more --epochs"
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(20).joined(separator: ", ") + (names.count > 20 ? " and \(names.count - 20) more" : "")
  }

  func printResult(_ result: TrainingResult, seconds: Double, notes: [Note]) throws {
    let stored = result.stored
    let values: [(String, CellValue)] = [
      ("model", .text(stored.model)), ("version", CellValue(stored.version)), ("run", CellValue(stored.run)),
      ("dataset", .text(stored.dataset)),
      ("test_loss_before", .real(result.testLossBefore)), ("train_loss", .real(result.train.loss)), ("test_loss", .real(result.test.loss)),
      ("accuracy", CellValue(result.test.accuracy)), ("precision", CellValue(result.test.scores?.precision)),
      ("recall", CellValue(result.test.scores?.recall)), ("f1", CellValue(result.test.scores?.f1)),
      ("roc_auc", CellValue(result.test.scores?.rocAUC)), ("epochs", CellValue(result.epochs)),
      ("seconds", .real((seconds * 1e6).rounded() / 1e6)),
    ]
    switch format.format {
    case .json: try Streams.output(JSONValue.object(values.map { ($0.0, JSONValue($0.1)) } + [("notes", Note.json(notes))]).pretty + "\n")
    case .csv: try Streams.output(csvText(columns: values.map(\.0), rows: [values.map(\.1)]))
    case .table:
      let accuracy = result.test.accuracy.map { ", accuracy \($0.shortText)" } ?? ""
      try Streams.proseUnlessGone(
        "Stored \(stored.model)/\(stored.version): run \(stored.run), dataset \(stored.dataset)\(accuracy), in \(database.resolvedPath.singleLine)\n"
      )
    }
  }
}

extension ClassWeight: ArgumentWord {}
extension LearningTask: ArgumentWord {}
extension ImputationStrategy: ArgumentWord {}
extension OptimizerKind: ArgumentWord {}
extension HiddenActivation: ArgumentWord {}
extension BatchNormPlace: ArgumentWord {}
