import ArgumentParser
import ForeignRuns
import ModelRegistry

#if canImport(Glibc)
import Glibc
#endif

struct ImportRunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import-runs",
    abstract: "Take in what MLflow, TensorBoard or a log file has recorded, once.",
    discussion: """
      registry import-runs mlflow mlflow.db --artifacts mlartifacts
      registry import-runs mlflow mlruns
      registry import-runs tensorboard logs
      registry import-runs csv log.csv --key loss --key val_loss --step epoch --model xor
      registry import-runs jsonl log.jsonl --experiment digits

      The source is only read, and nothing in it is ever run. Experiments, runs, params, metrics by step, tags, datasets, artifacts, \
      registered models, versions and aliases come over. Versions get the next free numbers; the tag mlflow.version has theirs. A file \
      of weights among a version's files becomes tensors too.
      A second import adds what is new in the source since, and nothing twice. What is here stays as it is. An import that was \
      stopped is taken up by the next.
      A database names folders of files: those beside it and those in --artifacts are read, and no others.
      """)

  enum Source: String, ArgumentWord {
    case mlflow, tensorboard, csv, jsonl
  }

  @Argument(help: "What it is: mlflow, tensorboard, csv or jsonl.") var source: Source
  @Argument(help: "MLflow's database or mlruns folder, TensorBoard's folder of logs, or a log file.") var path: String
  @Option(help: "Of mlflow: the folder that holds the artifacts (default: beside the database).") var artifacts: String?
  @Option(help: "Of csv and jsonl: a column that is a metric; repeatable (default: all of numbers but the step and the time).")
  var key: [String] = []
  @Option(help: "Of csv and jsonl: the column of the step (default: step, epoch or the like, else the number of the row).")
  var step: String?
  @Option(help: "Of csv and jsonl: the column of the time: seconds or milliseconds since 1970, or ISO 8601.") var time: String?
  @Option(help: "The model that the runs belong to; not of mlflow.") var model: String?
  @Option(help: "The experiment that the runs go to (default: the model's name, else the folder's); not of mlflow.") var experiment: String?
  @Option(help: "Of csv and jsonl: the name of the run (default: the file's).") var name: String?
  @Option(
    help: """
      The folder for the files of a registry that is made now, each named by its digest; a relative one stands beside the registry \
      (default: in the registry itself). Other commands call it --artifacts.
      """)
  var filesIn: String?
  @Flag(help: "Only say what would come in.") var dryRun = false
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    try checkOptions()
    // Opened first, so that nothing is made for the sake of a source that can't be read.
    let opened = try open()
    let isNew = access(database.resolvedPath, F_OK) != 0
    let registry = dryRun && isNew ? nil : try database.open(dryRun ? .read : .create)
    if let filesIn, !dryRun { try registry?.useFileFolder(filesIn) }
    Signals.watch()
    var settings = ForeignImport.Settings(source: source.rawValue, path: path)
    (settings.model, settings.experiment, settings.name) = (model, experiment, name)
    let importer = ForeignImport(opened, into: registry, settings, isDryRun: dryRun)
    try importer.run()
    let report = ForeignReportText(importer.report, source: source.rawValue, path: path, isDryRun: dryRun)
    switch format.format {
    case .json: try Streams.output(report.json.pretty + "\n")
    case .csv: try Streams.output(report.csv)
    case .table: try Streams.prose(report.text)
    }
    for line in report.remarks { Streams.note(line) }
    if importer.report.remarks.contains(where: \.isDamage) {
      throw ErrorReport("'\(path)' is damaged: what could be read of it was imported.", .badData)
    }
  }

  private func checkOptions() throws {
    guard !path.isEmpty else { throw UsageError("'' names no file.") }
    let isLog = source == .csv || source == .jsonl
    func require(_ isFine: Bool, _ option: String, _ isGiven: Bool, _ whose: String) throws {
      if isGiven, !isFine { throw UsageError("'\(option)' is of \(whose).", hint: "leave out \(option)") }
    }
    try require(source == .mlflow, "--artifacts", artifacts != nil, "mlflow")
    try require(isLog, "--key", !key.isEmpty, "csv and jsonl")
    try require(isLog, "--step", step != nil, "csv and jsonl")
    try require(isLog, "--time", time != nil, "csv and jsonl")
    try require(isLog, "--name", name != nil, "csv and jsonl")
    try require(source != .mlflow, "--model", model != nil, "tensorboard, csv and jsonl: MLflow has models of its own")
    try require(source != .mlflow, "--experiment", experiment != nil, "tensorboard, csv and jsonl: MLflow has experiments of its own")
    if let filesIn, filesIn.isEmpty { throw UsageError("'--files-in' names no folder.") }
    if let model { try Registry.checkName(model, of: "model") }
  }

  private func open() throws -> any ForeignSource {
    let columns = LogColumns(keys: key, step: step, time: time)
    return switch source {
    case .mlflow where MLflowFolder.isFolder(path): try MLflowFolder(path, artifacts: artifacts)
    case .mlflow: try MLflowDatabase(path, artifacts: artifacts)
    case .tensorboard: try TensorBoardFolder(path)
    case .csv: try CSVLog(path, columns: columns)
    case .jsonl: try JSONLog(path, columns: columns)
    }
  }
}
