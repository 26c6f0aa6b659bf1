import ArgumentParser
import Formats
import ModelRegistry
import Plots
import Tensors

struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Draw losses or any metrics, a decision boundary, predictions or confusions: in the terminal, or as SVG.",
    discussion: """
      Of a run that another program logged its losses are drawn, or the metrics of --metric. The best value of each curve is marked: the \
      highest of scores (accuracy, f1, reward, …), the lowest of everything else.
      --smooth draws TensorBoard's debiased exponential moving average: of values x and the weight w, s = w·s + (1 - w)·x from 0, divided by \
      1 - w^n after n values. What was measured stays behind it in SVG, pale.

      registry plot 3
      registry plot 1 2 3 --log --output loss.svg
      registry plot --run 7 8 9 --metric val_loss,train_loss --smooth 0.9 --x time
      registry plot 3 --kind boundary --output boundary.svg
      registry plot cancer@champion --kind confusion
      """)

  enum Kind: String, ArgumentWord {
    case loss, boundary, predicted, confusion
  }

  @Argument(help: "3, name/3, name@champion or latest; several for --kind loss.") var versions: [String] = []
  @Option(name: .customLong("run"), parsing: .upToNextOption, help: "The curves of these runs instead of versions.") var runs: [Int] = []
  @Option(help: "loss, boundary (two features), predicted (regression) or confusion (classes).") var kind: Kind = .loss
  @Option(help: "These metrics of the runs, instead of their losses: val_loss,acc; one with a comma in its name in double quotes.")
  var metric: String?
  @Option(parsing: .unconditional, help: "The weight of a moving average, from 0 (none) to less than 1.") var smooth: Double = 0
  @Option(help: "What metrics are drawn over: step, or time since the run's first value.") var x: MetricCurves.Axis = .step
  @Flag(help: "A logarithmic axis for the losses.") var log = false
  @Option(help: "A stored dataset instead of the version's own.") var dataset: String?
  @Option(name: .shortAndLong, help: "An SVG file to write (- is standard output).") var output: String?
  @Flag(help: "Replace the file if it exists.") var force = false
  @Option(parsing: .unconditional, help: "Columns in the terminal (default: its own), or pixels of the SVG.") var width: Int?
  @Option(help: .versionsModel) var model: String?
  @OptionGroup var database: DatabaseOption

  func run() throws {
    try checkArguments()
    let registry = try database.open()
    if kind == .loss {
      let plot = try lossPlot(registry)
      try show(svg: { plot.svg(width: $0 ?? 720) }, terminal: { plot.terminal(width: $0) })
      return
    }
    let version = try VersionPlots(registry, try versionName(versions[0], model: model, in: registry), dataset: dataset)
    switch kind {
    case .boundary:
      let plot = try version.boundary()
      try show(svg: { plot.svg(width: $0 ?? 640, height: $0 ?? 640) }, terminal: { plot.terminal(width: $0) })
    case .predicted:
      let plot = try version.predicted()
      try show(svg: { plot.svg(width: $0 ?? 560, height: ($0 ?? 560) + 40) }, terminal: { plot.terminal(width: $0) })
    case .confusion, .loss:
      let plot = try version.confusion()
      try show(svg: { plot.svg(width: $0 ?? 480) }, terminal: plot.terminal)
    }
  }

  private func checkArguments() throws {
    guard versions.isEmpty != runs.isEmpty else {
      throw UsageError(
        versions.isEmpty ? "plot needs a version or a run." : "versions and --run exclude each other.", hint: "registry plot latest")
    }
    if kind != .loss, let run = runs.first {
      throw UsageError("'--kind \(kind.rawValue)' needs a version, not run \(run).", hint: "registry show --run \(run)")
    }
    if kind != .loss, versions.count > 1 { throw UsageError("'--kind \(kind.rawValue)' takes one version, not \(versions.count).") }
    if !(0..<1).contains(smooth) {
      throw UsageError("'--smooth \(smooth.shortText)': it has to be 0 or more and less than 1.", hint: "--smooth 0.9")
    }
    if let metric, KeyList.names(metric).contains("") { throw UsageError("'--metric \(metric)': a metric has no name.") }
    if kind != .loss, let option = metric.map({ "--metric \($0)" }) ?? (smooth > 0 ? "--smooth" : x == .time ? "--x time" : nil) {
      throw UsageError("'\(option)' and '--kind \(kind.rawValue)' exclude each other.")
    }
    if kind != .loss, log { throw UsageError("'--log' and '--kind \(kind.rawValue)' exclude each other.") }
    if kind == .loss, let dataset { throw UsageError("'--dataset \(dataset)' and '--kind loss' exclude each other.") }
    try requireNoModel(model, besideRuns: runs)
    if force, output == nil || output == "-" { throw UsageError("'--force' needs a file to replace.", hint: "--output plot.svg --force") }
    let widths = output == nil ? 20...1000 : 320...4000
    if let width, !widths.contains(width) {
      throw UsageError("'--width \(width)': it has to be between \(widths.lowerBound) and \(widths.upperBound).")
    }
    if let output, output != "-", !output.lowercased().hasSuffix(".svg") {
      throw UsageError("'--output \(output)': only SVG is drawn.", hint: "--output plot.svg, and rsvg-convert plot.svg -o plot.png")
    }
  }

  private func lossPlot(_ registry: Registry) throws -> CurvePlot {
    let sources: [LossCurves.Source] =
      try versions.map { text in
        let record = try registry.version(versionName(text, model: model, in: registry))
        return LossCurves.Source(title: record.title, run: try registry.run(record.run))
      } + runs.map { LossCurves.Source(title: "run \($0)", run: try registry.run($0)) }
    let wanted = metric.map(KeyList.names)
    // Trainings of this program have a picture of their own.
    if wanted != nil || smooth > 0 || x != .step || sources.contains(where: { $0.run.kind == .log }) {
      return try metricPlot(sources, wanted, registry)
    }
    if let empty = sources.first(where: { !$0.hasLosses }) {
      throw ErrorReport.noLosses(of: empty.title, run: empty.run.run, database: database.resolvedPath)
    }
    let title = sources.count == 1 ? "Loss of \(sources[0].title)" : "Loss of \(sources.count) \(runs.isEmpty ? "versions" : "runs")"
    return LossCurves(sources: sources).plot(title: title, isLog: log)
  }

  private func metricPlot(_ sources: [LossCurves.Source], _ wanted: [String]?, _ registry: Registry) throws -> CurvePlot {
    let curves = try MetricCurves(sources, wanted, axis: x, smoothing: smooth, in: registry)
    if wanted == nil { noteOthers(curves, sources) }
    let what = curves.metrics.count <= 3 ? curves.metrics.map(\.quotedInList).joined(separator: ", ") : "\(curves.metrics.count) metrics"
    let whose = sources.count == 1 ? sources[0].title : "\(sources.count) \(runs.isEmpty ? "versions" : "runs")"
    return curves.plot(title: "\(what) of \(whose)", isLog: log)
  }

  /// Says which other curves there are, where nobody chose.
  private func noteOthers(_ curves: MetricCurves, _ sources: [LossCurves.Source]) {
    var seen: Set<Name> = []
    let others = sources.flatMap { MetricSummary.all($0.run) }.filter {
      $0.count > 1 && !curves.metrics.contains(named: $0.key) && seen.insert(Name($0.key)).inserted
    }
    guard let first = others.first else { return }
    Streams.note(
      "(\(others.count.counted("other curve")): --metric \(first.key.singleLine.quotedInKeyList.quotedForShell) draws the first)")
  }

  /// Writes the file, or prints what fits the terminal.
  private func show(svg: (Int?) -> String, terminal: (Int) -> [TerminalLine]) throws {
    guard let output else {
      let width = width ?? Streams.terminalWidth ?? 80
      return try Streams.output(TerminalText.text(terminal(width), width: width))
    }
    let text = svg(width)
    guard output != "-" else { return try Streams.output(text) }
    do {
      var file = try outputFile(output, replacing: force)
      try file.write(Array(text.utf8))
      try file.commit()
    } catch let error as FormatError {
      throw ErrorReport(writing: error)
    }
    Streams.note("Wrote \(output.singleLine) (\(text.utf8.count) bytes).")
  }
}
