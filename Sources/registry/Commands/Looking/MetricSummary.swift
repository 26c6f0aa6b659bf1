import ModelRegistry
import Tensors

/// What became of one metric of a run: its last value, its best ones, and where they are.
struct MetricSummary {
  typealias Value = (step: Int, value: Double)

  let key: String
  let count: Int
  let first: Int
  let last: Value
  /// The lowest and the highest; nil where every value is NaN.  Of equal ones, the first.
  let lowest: Value?
  let highest: Value?

  /// Nil for a metric without a value.
  init?(_ key: String, _ values: [Value]) {
    guard let first = values.first, let last = values.last else { return nil }
    self.key = key
    count = values.count
    self.first = first.step
    self.last = last
    var (low, high): (Value?, Value?) = (nil, nil)
    for point in values where !point.value.isNaN {
      if low.map({ point.value < $0.value }) ?? true { low = point }
      if high.map({ point.value > $0.value }) ?? true { high = point }
    }
    (lowest, highest) = (low, high)
  }

  /// Those of a run, by key.
  static func all(_ run: Registry.RunRecord) -> [MetricSummary] { run.metrics.compactMap { MetricSummary($0.key, $0.values) } }

  /// Whether lower values are better ones: losses and errors.
  var isLossLike: Bool { Self.isLossLike(key) }

  static func isLossLike(_ key: String) -> Bool {
    Self.words(key).contains {
      ["loss", "error", "err", "mse", "rmse", "mae", "nll", "perplexity", "ppl", "cost", "wer", "cer"].contains($0)
    }
  }

  /// The best value, for the better direction that the key's name tells; nil where it tells none.
  var best: Value? { isLossLike ? lowest : Self.isScoreLike(key) ? highest : nil }

  static func isScoreLike(_ key: String) -> Bool {
    Self.words(key).contains { word in
      ["accuracy", "acc", "auc", "f1", "precision", "recall", "score", "reward", "return", "iou", "map", "bleu", "rouge", "r2", "dice"]
        .contains(word)
    }
  }

  /// How telling its curve is: the lower, the more.
  var rank: Int {
    if count < 2 { return 4 }
    if let lowest, let highest, lowest.value == highest.value { return 3 }
    if Self.words(key).contains("loss") { return 0 }
    return isLossLike || Self.isScoreLike(key) ? 1 : 2
  }

  /// Whether one is shown before another: losses first, and of those what was measured on other data than the training's.
  static func isMoreTelling(_ a: MetricSummary, _ b: MetricSummary) -> Bool {
    func order(_ metric: MetricSummary) -> (Int, Int) {
      (metric.rank, words(metric.key).contains { ["val", "valid", "validation", "test", "eval", "dev"].contains($0) } ? 0 : 1)
    }
    return order(a) == order(b) ? a.key.precedesByBytes(b.key) : order(a) < order(b)
  }

  /// `val/top1_acc` is val, top1 and acc.
  private static func words(_ key: String) -> [String] {
    key.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map(String.init)
  }

  var json: JSONValue {
    func number(_ value: Value?) -> JSONValue { value.map { .real($0.value) } ?? .null }
    func step(_ value: Value?) -> JSONValue { value.map { JSONValue($0.step) } ?? .null }
    return .object([
      ("last", .real(last.value)), ("last_step", JSONValue(last.step)), ("min", number(lowest)), ("min_step", step(lowest)),
      ("max", number(highest)), ("max_step", step(highest)), ("count", JSONValue(count)),
    ])
  }
}

extension Registry.RunRecord {
  /// The last value of each metric: of all, or of those up to a step, such as a version's.
  func lastMetrics(upTo step: Int?) -> [(key: String, value: Double)] {
    metrics.compactMap { metric in
      let last = metric.values.last { value in step.map { value.step <= $0 } ?? true }
      return last.map { (key: metric.key, value: $0.value) }
    }
  }
}
