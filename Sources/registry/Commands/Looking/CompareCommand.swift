import ArgumentParser
import ModelRegistry

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare versions or runs: params, metrics, weights, files, predictions and curves.",
    discussion: """
      The others are compared with the first. The metrics of a version (train_loss, test_loss, accuracy, precision, recall, f1, roc_auc) \
      are those of its stored weights; others are those of its run, at the version's step where it has one. The metrics of a run are the last ones that it logged: its train_loss was measured before the last \
      update, so the two differ. Of runs the best values are compared too, and their curves are drawn over each other.

      registry compare 2 3
      registry compare cancer/1 cancer@champion latest --model cancer --format json
      registry compare --run 2 3
      """)

  @Argument(help: "Two or more of 3, name/3, name@champion or latest.") var versions: [String] = []
  @Option(name: .customLong("run"), parsing: .upToNextOption, help: "Two or more runs instead of versions.") var runs: [Int] = []
  @Flag(name: .customLong("equal"), help: "Show the params, metrics and tensors that are equal, too.") var showsEqual = false
  @Option(help: .versionsModel) var model: String?
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    guard versions.isEmpty || runs.isEmpty else {
      throw UsageError("versions and --run exclude each other.", hint: "registry compare --help")
    }
    guard max(versions.count, runs.count) >= 2 else {
      throw UsageError("compare needs two or more versions or runs.", hint: "registry compare 1 2")
    }
    try requireNoModel(model, besideRuns: runs)
    let registry = try database.open()
    let comparison = try runs.isEmpty ? compareVersions(registry) : Comparison(runs: runs.map { try registry.run($0) })
    let plot = format.format == .table ? try MetricCurves.comparing(comparison.curves, in: registry) : nil
    switch format.format {
    case .json: try Streams.output(comparison.json.pretty + "\n")
    case .csv: try Streams.output(comparison.csv)
    case .table: try Streams.output(comparison.text(width: Streams.terminalWidth, showsEqual: showsEqual, metricPlot: plot))
    }
    for note in comparison.guesses { Streams.note(note) }
  }

  private func compareVersions(_ registry: Registry) throws -> Comparison {
    let records = try versions.map { try registry.version(versionName($0, model: model, in: registry)) }
    let pairs = try records.dropFirst().map { other in
      Comparison.Pair(
        reference: records[0].title, version: other.title, tensors: try registry.compareTensors(records[0], other),
        files: Comparison.FileComparison.all(records[0], other),
        agreement: try registry.agreement(records[0], other))
    }
    return Comparison(versions: try records.map { ($0, try registry.run($0.run)) }, pairs: pairs)
  }
}
