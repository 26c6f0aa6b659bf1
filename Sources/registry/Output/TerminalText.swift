import Plots

#if canImport(Glibc)
import Glibc
#endif

/// Lines of a plot as text: no wider than the terminal, prose folded, in colours where there is a terminal that wants them (no-color.org).
enum TerminalText {
  static var wantsColours: Bool {
    func value(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
    return isatty(STDOUT_FILENO) == 1 && value("NO_COLOR").isEmpty && value("TERM") != "dumb"
  }

  /// The colours of `Plots`' palette, as near as a terminal's sixteen come.
  private static let codes = [94, 33, 32, 35, 91, 93, 36, 90]

  static func text(_ lines: [TerminalLine], width: Int?, inColours: Bool = wantsColours) -> String {
    let lines = width.map { width in lines.flatMap { folded($0, width: width) } } ?? lines
    return lines.map { line($0, width: width ?? .max, inColours: inColours) + "\n" }.joined()
  }

  /// Titles, names and notes that are too long go on in lines of their own, under where they began.
  private static func folded(_ spans: TerminalLine, width: Int) -> [TerminalLine] {
    guard let last = spans.last, last.colour == nil else { return [spans] }
    let before = spans.dropLast().reduce(0) { $0 + $1.text.displayWidth }
    let text = last.text.singleLine
    let hanging = before + text.prefix { $0 == " " }.count
    guard before + text.displayWidth > width, hanging <= width / 2 else { return [spans] }
    let lines = (String(repeating: " ", count: before) + text).wrapped(to: width, hanging: hanging).split(separator: "\n").map(String.init)
    return lines.enumerated().map { index, line in
      index == 0 ? spans.dropLast() + [TerminalSpan(String(line.dropFirst(before)))] : [TerminalSpan(line)]
    }
  }

  private static func line(_ spans: TerminalLine, width: Int, inColours: Bool) -> String {
    var result = ""
    var rest = width
    let total = spans.reduce(0) { $0 + $1.text.displayWidth }
    for (index, span) in spans.enumerated() where rest > 0 {
      var text = span.text.singleLine
      if index == spans.count - 1 { text = text.trimmingTrailingSpaces }
      // What is cut says so, even where the cut falls between two pieces.
      if total > width, text.displayWidth >= rest, index < spans.count - 1 || text.displayWidth > rest {
        text = (text + " ").truncated(to: rest)
      }
      rest -= text.displayWidth
      if let colour = span.colour, inColours, !text.isEmpty {
        result += "\u{1b}[\(codes[colour % codes.count])m\(text)\u{1b}[0m"
      } else {
        result += text
      }
    }
    return result
  }
}
