/// A line as its author describes it: `Train loss at {step} is {train_loss}`.
///
/// `{name}` is a number, `{_}` any text, `{{` and `}}` are braces; all else is literal, where blanks stand for any run of blanks.
/// It is looked for anywhere in a line.  Matching takes time in proportion to the length of the line.
public struct LinePattern: Sendable {
  /// A run of pieces without a gap: each has one place where it can end, so nothing is ever tried twice.
  typealias Chunk = [Piece]

  enum Piece: Sendable, Equatable {
    case literal([UInt8])
    case blanks
    /// A number, with its place among the names.
    case number(Int)
  }

  let chunks: [Chunk]
  /// The names of its numbers, in order.
  public let names: [String]

  /// Whether one of its numbers is a metric: neither `{step}`, nor `{epoch}` where that is the step.
  public var hasMetric: Bool {
    let others = names.filter { !$0.utf8.elementsEqual("step".utf8) }
    return others.contains { !$0.utf8.elementsEqual("epoch".utf8) } || !others.isEmpty && others.count < names.count
  }

  /// The numbers of a line, in the order of `names`; nil when the line isn't one of these.
  public func numbers(in line: String) -> [Double]? { numbers(in: Array(line.utf8)) }

  func numbers(in line: [UInt8]) -> [Double]? {
    var values = [Double](repeating: 0, count: names.count)
    var place = 0
    // The first place for each chunk leaves the most for those behind it.
    for chunk in chunks {
      guard let end = Self.firstEnd(of: chunk, in: line, from: place, &values) else { return nil }
      place = end
    }
    return values
  }

  private static func firstEnd(of chunk: Chunk, in line: [UInt8], from: Int, _ values: inout [Double]) -> Int? {
    guard let first = chunk.first else { return from }
    var start = from
    while start <= line.count {
      // Neither a run of blanks nor a number is begun in its middle.
      let isInside =
        switch first {
        case .literal: false
        case .blanks: start > 0 && line[start - 1].isBlank
        case .number: start > 0 && Self.isInside(line, start)
        }
      if !isInside, let end = end(of: chunk, in: line, at: start, &values) { return end }
      start += 1
    }
    return nil
  }

  private static func end(of chunk: Chunk, in line: [UInt8], at start: Int, _ values: inout [Double]) -> Int? {
    var place = start
    for piece in chunk {
      switch piece {
      case .literal(let text):
        guard Self.has(line, text, at: place) else { return nil }
        place += text.count
      case .blanks:
        let first = place
        while place < line.count, line[place].isBlank { place += 1 }
        guard place > first else { return nil }
      case .number(let index):
        guard Self.mayBegin(line, at: place), let number = NumberText(line, at: place) else { return nil }
        values[index] = number.value
        place = number.end
      }
    }
    return place
  }

  private static func isInside(_ line: [UInt8], _ start: Int) -> Bool {
    let before = line[start - 1]
    return before.isLetter || before == UInt8(ascii: "_") || start > 1 && before == UInt8(ascii: ".") && line[start - 2].isDigit
  }

  private static func has(_ line: [UInt8], _ text: [UInt8], at start: Int) -> Bool {
    guard line.count - start >= text.count else { return false }
    for index in text.indices where line[start + index] != text[index] { return false }
    return true
  }

  /// Whether a number may begin here: not in the middle of another, so that each run of digits is read once, and not in that of a word.
  private static func mayBegin(_ line: [UInt8], at place: Int) -> Bool {
    guard place > 0, place < line.count else { return true }
    let before = line[place - 1]
    return !before.isDigit && !(before.isLetter && line[place].isLetter)
  }
}
