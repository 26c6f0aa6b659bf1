import ModelRegistry
import Plots
import Tensors

/// The losses of runs as curves.
///
/// x is how many epochs were done: the train loss of epoch e is that before its update, the test loss of epoch e that after it.
struct LossCurves {
  struct Source {
    /// What the curve is called: the version, or the run.
    let title: String
    let run: Registry.RunRecord

    func values(_ key: String) -> [(step: Int, value: Double)] { run.metrics.first { $0.key.hasSameBytes(as: key) }?.values ?? [] }

    var hasLosses: Bool { !values("train_loss").isEmpty || !values("test_loss").isEmpty }

    var train: [Point] { values("train_loss").map { Point(x: Double($0.step), y: $0.value) } }

    var test: [Point] {
      values("test_loss_before").prefix(1).map { Point(x: 0, y: $0.value) }
        + values("test_loss").map { Point(x: Double($0.step + 1), y: $0.value) }
    }
  }

  let sources: [Source]

  /// A test loss that was measured more often than this is a curve, else marks.
  private static let mostMarks = 20

  func plot(title: String, isLog: Bool) -> CurvePlot {
    let isSingle = sources.count == 1
    var curves: [CurvePlot.Curve] = []
    var styles: Set<Bool> = []
    for (index, source) in sources.enumerated() {
      let test = source.test
      let isMarked = test.count <= Self.mostMarks
      let train = CurvePlot.Curve(name: isSingle ? "train_loss" : source.title, points: source.train, group: index)
      // Where several have marks for their test losses, one more would be taken for one of those.
      curves.append(isSingle || test.isEmpty ? Self.marked(train, isLog) : train)
      guard !test.isEmpty else { continue }
      styles.insert(isMarked)
      let style: CurvePlot.Curve.Style = isMarked ? .marks : isSingle ? .line : .dashed
      let curve = CurvePlot.Curve(name: isSingle ? "test_loss" : "", points: test, style: style, group: isSingle ? 1 : index)
      curves.append(isMarked ? curve : Self.marked(curve, isLog))
    }
    let signs = [styles.contains(true) ? "marks" : nil, styles.contains(false) ? "dashed lines" : nil].compactMap(\.self)
    let notes = isSingle || signs.isEmpty ? [] : ["lines: train_loss; \(signs.joined(separator: " and ")): test_loss"]
    let text = PlotText(title: title, subtitle: subtitle, xLabel: "epoch", yLabel: isLog ? "\(loss), logarithmic" : loss, notes: notes)
    return CurvePlot(text, curves: curves, isLog: isLog)
  }

  /// With its lowest point marked, and named in the legend.
  private static func marked(_ curve: CurvePlot.Curve, _ isLog: Bool) -> CurvePlot.Curve {
    guard curve.points.count > 1, let best = curve.points.filter({ $0.y.isFinite && (!isLog || $0.y > 0) }).min(by: { $0.y < $1.y }) else {
      return curve
    }
    var curve = curve
    curve.best = best
    if !curve.name.isEmpty { curve.name += " (lowest \(best.y.shortText) at epoch \(Int(best.x)))" }
    return curve
  }

  /// The datasets, and of one run what it was told.
  private var subtitle: String {
    var names: [String] = []
    for name in sources.compactMap(\.run.dataset) where !names.contains(named: name) { names.append(name) }
    let shown =
      (names.count == 1 ? names : names.prefix(4).map(\.quotedInList)).joined(separator: ", ")
      + (names.count > 4 ? " and \(names.count - 4) more" : "")
    guard sources.count == 1, let run = sources.first?.run else { return shown }
    let params = Dictionary(run.params.map { (Name($0.key), $0.value) }) { first, _ in first }
    let told = [("optimizer", "optimizer"), ("learning_rate", "learning rate")].compactMap { key, word in
      params[Name(key)].map { "\(word) \(Table.text($0))" }
    }
    return ([shown] + told + (run.seed.map { ["seed \($0)"] } ?? [])).filter { !$0.isEmpty }.joined(separator: ", ")
  }

  /// What the loss is, where all of the runs have the same.
  private var loss: String {
    let tasks = Set(sources.map { source in source.run.params.first { $0.key == "task" }?.value })
    switch tasks {
    case [.text("binary")]: return "loss (binary cross-entropy)"
    case [.text("multiclass")]: return "loss (cross-entropy)"
    case [.text("regression")]: return "loss (mean squared error)"
    default: return "loss"
    }
  }
}
