import ModelRegistry
import Tensors

/// A table for people: columns padded to their widest cell, numbers to the right, and no line wider than the terminal.
///
/// Where it is too wide, and would be even with long texts cut to a quarter of the width, columns are left out, the least important first;
/// then texts are cut, with a `…`, then the headings of numbers; then columns are left out from the right.  Numbers are never cut, unless one alone is wider than the terminal.
struct Table {
  struct Column {
    let name: String
    /// The higher, the sooner it is left out; 0 stays as long as it can.
    var rank = 0
    /// The widest that a text may be on a terminal; elsewhere it is whole, and shorter ones are padded no further than this.
    var limit = 48
    /// The narrowest that it is cut to, unless it stands alone.
    var narrowest = 8
    /// Whether texts lose their middle, not their end: names, of which each should still be told from the others.
    var isName = false

    /// A column of names, whole where there is room.
    static func names(_ name: String, rank: Int = 0) -> Column { Column(name: name, rank: rank, limit: 200, isName: true) }

    fileprivate func cut(_ text: String, to width: Int) -> String {
      isName ? text.truncatedInMiddle(to: width) : text.truncated(to: width)
    }
  }

  let columns: [Column]
  let rows: [[CellValue]]
  /// What stands in the cells.
  private let texts: [[String]]

  init(columns: [Column], rows: [[CellValue]]) {
    self.columns = columns
    self.rows = rows
    texts = rows.map { $0.map(Self.text) }
  }

  /// Which columns are shown, how wide each is, and whether it holds numbers: kept, so that rows that come later stand under the same
  /// headings.
  struct Layout {
    fileprivate var shown: [Int]
    fileprivate var widths: [Int]
    fileprivate var isNumber: [Bool]
  }

  /// The lines, each ended, and the names of the columns that were left out.
  func render(width: Int?, isColored: Bool = false) -> (text: String, omitted: [String]) {
    let layout = layout(width: width)
    return (header(layout, width: width, isColored: isColored) + body(layout, width: width), omitted(layout))
  }

  /// Prints it for the terminal that standard output is, and says what was left out and how to see it.
  func print(hint: String) throws {
    let (text, omitted) = render(width: Streams.terminalWidth, isColored: Streams.outputIsColored)
    try Streams.output(text)
    if let note = Self.note(omitted, hint: hint) { Streams.note(note) }
  }

  /// As a part of a longer text: moved to the right by two, what was left out said below it.
  func section(width: Int?, hint: String) -> String {
    let inner = width.map { max(1, $0 - 2) }
    let (text, omitted) = render(width: inner)
    return text.indented + (Self.note(omitted, hint: hint).map { $0.wrapped(to: inner).indented } ?? "")
  }

  /// Says which columns were left out and how to see them; nil where none were.
  static func note(_ omitted: [String], hint: String) -> String? {
    omitted.isEmpty ? nil : "(not shown for lack of width: \(omitted.joined(separator: ", ")); \(hint) shows them)"
  }

  /// The names of the columns that were left out.
  func omitted(_ layout: Layout) -> [String] { columns.indices.filter { !layout.shown.contains($0) }.map { columns[$0].name } }

  /// How the columns fit a width; nil is any.
  func layout(width: Int?) -> Layout {
    let isNumber = columns.indices.map { column in
      rows.contains { Self.isNumber($0[column]) } && rows.allSatisfy { $0[column] == .null || Self.isNumber($0[column]) }
    }
    var widths = columns.indices.map { column in
      texts.reduce(columns[column].name.displayWidth) { max($0, min(columns[column].limit, $1[column].displayWidth)) }
    }
    var shown = Array(columns.indices)
    guard let width else { return Layout(shown: shown, widths: widths, isNumber: isNumber) }
    func excess(_ widths: [Int]) -> Int { shown.reduce(0) { $0 + widths[$1] } + 2 * max(0, shown.count - 1) - width }
    guard excess(widths) > 0 else { return Layout(shown: shown, widths: widths, isNumber: isNumber) }
    let least = columns.indices.map { leastWidth($0, isNumber: isNumber[$0], width: width) }
    // One long name shouldn't push out every other column.
    let modest = columns.indices.map { isNumber[$0] ? widths[$0] : min(widths[$0], max(least[$0], 16, width / 4)) }
    for column in columns.indices.filter({ columns[$0].rank > 0 }).sorted(by: { columns[$0].rank > columns[$1].rank }) {
      if excess(modest) > 0, shown.count > 1 { shown.removeAll { $0 == column } }
    }
    // Headings of numbers last, unless they are as long as texts; the widest first, down to the next widest, and so on.
    let headings = columns.indices.map { isNumber[$0] ? max(least[$0], 16) : least[$0] }
    func narrowed() -> [Int] {
      var result = widths
      for least in [headings, least] {
        while excess(result) > 0, let widest = shown.filter({ result[$0] > least[$0] }).max(by: { result[$0] < result[$1] }) {
          result[widest] -= 1
        }
      }
      return result
    }
    var fitting = narrowed()
    while excess(fitting) > 0, shown.count > 1 {
      shown.removeLast()
      fitting = narrowed()
    }
    widths = fitting
    if let only = shown.first, shown.count == 1 { widths[only] = min(widths[only], width) }
    return Layout(shown: shown, widths: widths, isNumber: isNumber)
  }

  /// How narrow a column may get: numbers stay whole, and of names each should still be another, as far as half of the width allows.
  private func leastWidth(_ column: Int, isNumber: Bool, width: Int) -> Int {
    let narrowest = columns[column].narrowest
    let numbers = rows.indices.lazy.filter { isNumber || Self.isNumber(rows[$0][column]) }
    let least = numbers.reduce(narrowest) { max($0, texts[$1][column].displayWidth) }
    guard columns[column].isName, !isNumber else { return least }
    let names = Set(texts.map { Name($0[column]) })
    var (low, high) = (least, max(least, min(width / 2, names.reduce(0) { max($0, $1.text.displayWidth) })))
    while low < high {
      let middle = (low + high) / 2
      if Set(names.map { Name($0.text.truncatedInMiddle(to: middle)) }).count == names.count { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The layout of earlier rows with room for these as well, if there is any.
  func widened(_ layout: Layout, width: Int?) -> Layout {
    var wider = layout
    for column in layout.shown {
      wider.widths[column] = texts.reduce(layout.widths[column]) { max($0, min(columns[column].limit, $1[column].displayWidth)) }
    }
    let total = wider.shown.reduce(0) { $0 + wider.widths[$1] } + 2 * max(0, wider.shown.count - 1)
    return width.map { total <= $0 } ?? true ? wider : layout
  }

  /// The line of headings.
  func header(_ layout: Layout, width: Int?, isColored: Bool = false) -> String {
    let text = line(columns.map(\.name), layout, width)
    return isColored ? "\u{1b}[1m\(text)\u{1b}[0m\n" : text + "\n"
  }

  /// The lines of the rows.
  func body(_ layout: Layout, width: Int?) -> String { texts.reduce(into: "") { $0 += line($1, layout, width) + "\n" } }

  private func line(_ texts: [String], _ layout: Layout, _ width: Int?) -> String {
    var line = ""
    for (number, column) in layout.shown.enumerated() {
      let text = width == nil ? texts[column] : columns[column].cut(texts[column], to: layout.widths[column])
      if number > 0 { line += "  " }
      let space = String(repeating: " ", count: max(0, layout.widths[column] - text.displayWidth))
      if layout.isNumber[column] { line += space }
      line += text
      if !layout.isNumber[column], number + 1 < layout.shown.count { line += space }
    }
    return line.trimmingTrailingSpaces
  }

  private static func isNumber(_ scalar: CellValue) -> Bool {
    switch scalar {
    case .integer, .real: true
    default: false
    }
  }

  static func text(_ scalar: CellValue) -> String {
    switch scalar {
    case .null: "-"
    case .integer(let number): String(number)
    case .real(let number): number.shortText
    case .text(let text): text.singleLine
    case .blob(let bytes): "\(bytes) bytes"
    }
  }
}
