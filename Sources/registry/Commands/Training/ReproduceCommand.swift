import ArgumentParser
import ModelRegistry

struct ReproduceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Train a version again from what is stored and compare every bit.",
    discussion: """
      The data, the params, the seed and, for a fine-tuned version, the parent's weights come from the registry; nothing is written to it.
      Exit code 0: weights and losses are bit-identical. 1: they differ. 65: the version was \
      imported, or another program logged it, so there is no training to repeat.

      registry reproduce 3
      registry reproduce wine@champion --format json
      """)

  @Argument(help: "3, name/3, name@champion or latest.") var version: String
  @Option(help: .versionsModel) var model: String?
  @Flag(help: "No progress on standard error.") var quiet = false
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    let registry = try database.open()
    let name = try versionName(version, model: model, in: registry)
    let clock = ContinuousClock()
    let start = clock.now
    let epochs = try registry.run(registry.version(name).run).params.first { $0.key == "epochs" }?.value
    var progress = TrainingReport(
      printsLines: false, showsProgress: !quiet && Streams.errorIsTerminal, warnsOfLoss: false, epochs: epochs.flatMap(\.wholeNumber) ?? 0)
    let reproduction = try registry.reproduce(name) { try progress.take($0) }
    progress.end()
    let report = ReproductionReport(reproduction, seconds: (clock.now - start) / .seconds(1))
    switch format.format {
    case .json: try Streams.output(report.json.pretty + "\n")
    case .csv: try Streams.output(csvText(columns: report.summary.map(\.0), rows: [report.summary.map(\.1)]))
    case .table: try Streams.output(report.text(width: Streams.terminalWidth))
    }
    if let error = report.error { throw error }
  }
}

extension CellValue {
  fileprivate var wholeNumber: Int? { if case .integer(let number) = self { Int(number) } else { nil } }
}
