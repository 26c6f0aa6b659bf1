/// One line as the default patterns read it.  What is a metric is a guess, so these are the rules:
///
/// 1. A number belongs to the words right before it: `key: value`, `key = value`; `key value` only where the key is a word for a measure
///    (loss, accuracy, …) and nothing else stands around it, so that prose gives none.
/// 2. `key: value` of any one word counts on a line that has a step; with decimals also beside a measure, or where the whole line is pairs.
/// 3. Times, rates, dates, memory, percentages and settings are no metrics; the percentage of an accuracy is one, as it is written, and
///    `97/100` right is 0.97.
/// 4. What is an argument of a call (`Linear(in_features=2)`) is none.
struct DefaultLine {
  let line: [UInt8]
  var tokens: [Token]
  var finding: Finding
  /// Whether the line itself says where the training stands.
  var hasStep = false

  /// What a line says; nil where that is nothing.
  static func finding(_ line: [UInt8], stream: Int, isRefresh: Bool) -> Finding? {
    // Every other line of a log: there is nothing to read in it.
    guard line.contains(where: { $0.isDigit || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "=") }) else { return nil }
    var read = DefaultLine(
      line: line, tokens: Tokenizer.tokens(readable(line)), finding: Finding(of: .refresh(stream), isRefresh: isRefresh))
    read.findSteps()
    read.findBar(stream: stream, isRefresh: isRefresh)
    read.findStart()
    read.hasStep = read.finding.epoch != nil || read.finding.step != nil || read.isBar
    read.finding.values = read.pairs()
    return read.finding.isEmpty && !read.isBar ? nil : read.finding
  }

  var isBar: Bool { if case .bar = finding.source { true } else { false } }

  /// Of scikit-learn's searches what stands behind the parameters; of any other line all.
  private static func readable(_ line: [UInt8]) -> [UInt8] {
    guard line.starts(with: "[CV".utf8), let end = line.lastIndex(of: UInt8(ascii: ";")) else { return line }
    return [UInt8](repeating: 0x20, count: end + 1) + line[(end + 1)...]
  }

  func word(_ index: Int) -> ArraySlice<UInt8> { line[tokens[index].start..<tokens[index].end] }

  func kind(_ index: Int) -> Token.Kind? { tokens.indices.contains(index) ? tokens[index].kind : nil }

  /// Takes tokens out of what pairs are looked for in.
  mutating func consume(_ range: ClosedRange<Int>) { for index in range { tokens[index].kind = .separator } }
}
