import ModelRegistry
import Plots
import Tensors

/// Any metrics of any runs as curves over their steps, or over time.
struct MetricCurves {
  /// What x is.
  enum Axis: String, ArgumentWord {
    case step, time
  }

  /// One metric of one run.
  struct Series {
    /// The place of its run, and of its metric, among those that are drawn.
    let run: Int
    let metric: Int
    let points: [MetricPoint]
  }

  let titles: [String]
  let metrics: [String]
  let series: [Series]
  let axis: Axis
  /// The weight of the moving average; 0 is none.
  let smoothing: Double
  /// Whether every run is a training of this program's, whose steps are epochs.
  let countsEpochs: Bool
  /// Whose runs they are: the experiments.
  let subtitle: String
  /// What of the metrics a run doesn't have.
  private(set) var missing: [String]

  /// More curves than this make a picture that nobody can read, and a legend that fills it.
  private static let mostInLegend = 24

  func plot(title: String, isLog: Bool) -> CurvePlot {
    let starts = titles.indices.map { run in series.filter { $0.run == run }.compactMap(\.points.first?.time).min() ?? 0 }
    // One unit for all.
    let longest = series.compactMap { series in series.points.last.map { $0.time - starts[series.run] } }.max() ?? 0
    let unit = TimeUnit(milliseconds: Double(longest))
    var curves: [CurvePlot.Curve] = []
    for (index, series) in series.enumerated() {
      func x(_ point: MetricPoint) -> Double {
        axis == .step ? Double(point.step) : Double(point.time - starts[series.run]) / unit.milliseconds
      }
      // Times needn't grow with the steps.
      let points = axis == .step ? series.points : series.points.sorted { $0.time < $1.time }
      let raw = points.map { Point(x: x($0), y: $0.value) }
      let (group, style) = look(of: series, index)
      var curve = CurvePlot.Curve(name: "", points: raw, style: style, group: group)
      if smoothing > 0 {
        curve.isPale = true
        curves.append(curve)
        curve.isPale = false
        curve.points = zip(raw, smoothed(raw.map(\.y), weight: smoothing)).map { Point(x: $0.x, y: $1) }
      }
      let key = metrics[series.metric]
      let isScore = MetricSummary.isScoreLike(key)
      // On a logarithmic axis, one that is there.
      let best = points.filter { $0.value.isFinite && (!isLog || $0.value > 0) }.min { isScore ? $0.value > $1.value : $0.value < $1.value }
      if let best, points.count > 1 { curve.best = Point(x: x(best), y: best.value) }
      let found = points.count > 1 ? best.map { "\(isScore ? "highest" : "lowest") \($0.value.shortText) at \(self.step) \($0.step)" } : nil
      if index < Self.mostInLegend { curve.name = name(of: series) + (found.map { " (\($0))" } ?? "") }
      curves.append(curve)
    }
    let more = series.count - Self.mostInLegend
    let notes =
      (smoothing > 0 ? ["smoothed: a debiased moving average of weight \(smoothing.shortText); best values are those measured"] : [])
      + (more > 0 ? ["\(more) more curves aren't named above"] : []) + missing
    let y = metrics.count == 1 ? metrics[0] : "value"
    let text = PlotText(
      title: title, subtitle: subtitle,
      xLabel: axis == .step ? step : unit.name, yLabel: isLog ? "\(y), logarithmic" : y, notes: notes)
    return CurvePlot(text, curves: curves, isLog: isLog, hasIntegersOnX: axis == .step)
  }

  private var step: String { countsEpochs ? "epoch" : "step" }

  private func name(of series: Series) -> String {
    if titles.count == 1 { return metrics[series.metric] }
    return metrics.count == 1 ? titles[series.run] : "\(titles[series.run]) \(metrics[series.metric])"
  }

  /// Of one run, or of one metric, a colour each; of several runs with two metrics a colour for each run, the second metric dashed.
  private func look(of series: Series, _ index: Int) -> (group: Int, style: CurvePlot.Curve.Style) {
    if titles.count == 1 { return (series.metric, .line) }
    if metrics.count <= 2 { return (series.run, series.metric == 1 ? .dashed : .line) }
    return (index, .line)
  }
}

/// The unit of an axis of times, by how long it is.
private struct TimeUnit {
  let name: String
  let milliseconds: Double

  init(milliseconds: Double) {
    (name, self.milliseconds) =
      switch milliseconds {
      case ..<300_000: ("seconds", 1000)
      case ..<18_000_000: ("minutes", 60_000)
      case ..<432_000_000: ("hours", 3_600_000)
      default: ("days", 86_400_000)
      }
  }
}

extension MetricCurves {
  private static let mostTelling = 4

  /// The metrics that are wanted, or the losses of the runs; where there is none, the most telling of what they have.
  ///
  /// Throws where no run has one of the metrics, and where a run has none of them.
  init(
    _ sources: [LossCurves.Source], _ wanted: [String]?, axis: Axis = .step, smoothing: Double = 0, in registry: Registry
  ) throws {
    let metrics = try wanted.map { try Self.check($0, sources, registry) } ?? Self.telling(sources)
    var (series, missing): ([Series], [String]) = ([], [])
    for (run, source) in sources.enumerated() {
      let own = Set(source.run.metrics.map { Name($0.key) })
      let found = metrics.indices.filter { own.contains(Name(metrics[$0])) }
      guard !found.isEmpty else {
        throw ErrorReport.noMetrics(of: source.title, run: source.run.run, wanted: wanted, database: registry.path)
      }
      let absent = metrics.indices.filter { !found.contains($0) }.map { metrics[$0].quotedInList }
      if !absent.isEmpty { missing.append("\(source.title) has no \(absent.joined(separator: ", "))") }
      series += try found.map {
        Series(run: run, metric: $0, points: try registry.history(ofMetric: metrics[$0], run: source.run.run))
      }
    }
    self.init(
      titles: sources.map(\.title), metrics: metrics, series: series, axis: axis, smoothing: smoothing,
      countsEpochs: sources.allSatisfy { $0.run.kind == .train }, subtitle: Self.experiments(sources), missing: missing)
  }

  /// `experiment sweep`, or the names of several.
  private static func experiments(_ sources: [LossCurves.Source]) -> String {
    var seen: Set<Name> = []
    let names = sources.map(\.run.experiment).filter { seen.insert(Name($0)).inserted }
    let shown = names.prefix(4).map(\.quotedInList).joined(separator: ", ") + (names.count > 4 ? " and \(names.count - 4) more" : "")
    return names.count == 1 ? "experiment \(names[0])" : "experiments \(shown)"
  }

  /// The curves that runs of other programs have, over each other; nil where there is none, and where all are trainings of this program,
  /// which have a picture of their own.
  static func comparing(_ sources: [LossCurves.Source], in registry: Registry) throws -> CurvePlot? {
    guard sources.contains(where: { $0.run.kind == .log }) else { return nil }
    // At most two, so that runs keep their colours; of many runs one.
    let metrics = Array(shared(sources).prefix(sources.count > 2 ? 1 : 2))
    let shown = sources.filter { source in source.run.metrics.contains { metrics.contains(named: $0.key) } }
    guard !metrics.isEmpty, !shown.isEmpty else { return nil }
    var curves = try MetricCurves(shown, metrics, in: registry)
    let titles = shown.map(\.title)
    curves.missing += sources.filter { !titles.contains(named: $0.title) }.map { source in
      "\(source.title) has no \(metrics.map(\.quotedInList).joined(separator: ", "))"
    }
    return curves.plot(title: metrics.map(\.quotedInList).joined(separator: ", "), isLog: false)
  }

  /// What tells most of the runs beside each other: first what more than half of them have, then the most telling, and of those what the
  /// most have.
  private static func shared(_ sources: [LossCurves.Source]) -> [String] {
    let all = sources.flatMap { MetricSummary.all($0.run) }.filter { $0.count > 1 }
    let owners = Dictionary(grouping: all) { Name($0.key) }.mapValues(\.count)
    func order(_ metric: MetricSummary) -> (Int, Int, Int) {
      let count = owners[Name(metric.key)] ?? 0
      return (count * 2 > sources.count ? 0 : 1, metric.rank, -count)
    }
    let sorted = all.sorted { order($0) == order($1) ? MetricSummary.isMoreTelling($0, $1) : order($0) < order($1) }
    guard let first = sorted.first else { return [] }
    var seen: Set<Name> = []
    return sorted.filter { $0.rank == first.rank && seen.insert(Name($0.key)).inserted }.map(\.key)
  }

  /// Each once.  Throws for one that no run has.
  private static func check(_ wanted: [String], _ sources: [LossCurves.Source], _ registry: Registry) throws -> [String] {
    let known = sources.flatMap { $0.run.metrics.map(\.key) }
    var seen: Set<Name> = []
    let metrics = wanted.filter { seen.insert(Name($0)).inserted }
    if let unknown = metrics.first(where: { !known.contains(named: $0) }) {
      throw ErrorReport.unknownMetric(unknown, of: sources.map(\.title), known: known, run: sources[0].run.run, database: registry.path)
    }
    return metrics
  }

  private static func telling(_ sources: [LossCurves.Source]) -> [String] {
    let all = sources.flatMap { MetricSummary.all($0.run) }.sorted(by: MetricSummary.isMoreTelling)
    // Where there are losses, these alone.
    let best = all.first?.rank ?? 0
    var seen: Set<Name> = []
    return Array(all.filter { $0.rank == best && seen.insert(Name($0.key)).inserted }.map(\.key).prefix(mostTelling))
  }
}
