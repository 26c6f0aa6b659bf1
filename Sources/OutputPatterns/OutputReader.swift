/// Reads what a command writes, as it comes, and finds the metrics in it: by the patterns that were given, and by the default ones.
///
/// Memory is bounded: of a line its first megabyte is read, of names the first thousand.
public struct OutputReader: Sendable {
  private let patterns: [LinePattern]
  private let usesDefaults: Bool
  private var splitters = [LineSplitter(), LineSplitter()]
  private var tables = [TableReader(), TableReader()]
  private var tracker = StepTracker()

  /// With neither patterns nor the default ones nothing is found.
  public init(patterns: [LinePattern] = [], usesDefaults: Bool = true) {
    (self.patterns, self.usesDefaults) = (patterns, usesDefaults)
  }

  /// Whether there were more names than are kept.
  public var hasTooManyNames: Bool { tracker.hasTooManyNames }

  /// Reads the next bytes of standard output (0) or standard error (1), and gives what is certain by now.
  public mutating func read(_ bytes: ArraySlice<UInt8>, stream: Int = 0, time: Int64 = 0) -> [Measurement] {
    guard usesDefaults || !patterns.isEmpty else { return [] }
    var position = bytes.startIndex
    while let end = splitters[stream].next(in: bytes, &position) {
      take(splitters[stream].line, stream: stream, isRefresh: end == .refresh, time: time)
    }
    return tracker.found()
  }

  /// Gives what has become certain because nothing came.
  public mutating func wait(time: Int64) -> [Measurement] {
    tracker.settleDone(at: time)
    return tracker.found()
  }

  /// Gives what was still to be settled: the last line, and what a progress bar showed last.
  public mutating func finish(time: Int64 = 0) -> [Measurement] {
    for stream in splitters.indices where splitters[stream].finish() {
      take(splitters[stream].line, stream: stream, isRefresh: false, time: time)
    }
    tracker.settleAll()
    return tracker.found()
  }

  private mutating func take(_ line: [UInt8], stream: Int, isRefresh: Bool, time: Int64) {
    var isMatched = false
    for (index, pattern) in patterns.enumerated() {
      guard let numbers = pattern.numbers(in: line) else { continue }
      isMatched = true
      tracker.take(Self.finding(pattern, index, numbers, isRefresh: isRefresh), time: time)
    }
    guard usesDefaults, !isMatched else { return }
    if let row = isRefresh ? nil : tables[stream].finding(line, stream: stream) {
      tracker.take(row, time: time)
    } else if let finding = DefaultLine.finding(line, stream: stream, isRefresh: isRefresh) {
      tracker.take(finding, time: time)
    }
  }

  /// `{step}` is the step; `{epoch}` is it where there is no `{step}`, else a metric.
  private static func finding(_ pattern: LinePattern, _ index: Int, _ numbers: [Double], isRefresh: Bool) -> Finding {
    var finding = Finding(of: .pattern(index), isRefresh: isRefresh)
    let hasStep = pattern.names.contains { $0.utf8.elementsEqual("step".utf8) }
    for (name, number) in zip(pattern.names, numbers) {
      if name.utf8.elementsEqual("step".utf8) {
        (finding.step, finding.isGlobal) = (Token.count(number), true)
      } else if name.utf8.elementsEqual("epoch".utf8), !hasStep {
        finding.epoch = number
      } else {
        finding.values.append(Finding.Value(key: Array(name.utf8), value: number))
      }
    }
    return finding
  }
}
