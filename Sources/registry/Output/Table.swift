import ModelRegistry

/// A table for people: columns padded to their widest cell, numbers to the right, and no line wider than the terminal.
///
/// Where it is too wide, columns are left out, the least important first; then long texts are cut, with a `…`; then columns are left
/// out from the right.  Numbers are never cut, unless one alone is wider than the terminal.
struct Table {
  struct Column {
    let name: String
    /// The higher, the sooner it is left out; 0 stays as long as it can.
    var rank = 0
    /// The widest that a text may be.
    var limit = 48
  }

  let columns: [Column]
  let rows: [[Scalar]]
  /// What stands in the cells.
  private let texts: [[String]]

  init(columns: [Column], rows: [[Scalar]]) {
    self.columns = columns
    self.rows = rows
    texts = rows.map { row in zip(row, columns).map { Self.text($0, limit: $1.limit) } }
  }

  /// Which columns are shown, how wide each is, and whether it holds numbers: kept, so that rows that come later stand under the same
  /// headings.
  struct Layout {
    fileprivate var shown: [Int]
    fileprivate var widths: [Int]
    fileprivate var isNumber: [Bool]
  }

  /// The narrowest that a text is cut to.
  private static let narrowest = 8

  /// The lines, each ended, and the names of the columns that were left out.
  func render(width: Int?, isColored: Bool = false) -> (text: String, omitted: [String]) {
    let layout = layout(width: width)
    return (header(layout, width: width, isColored: isColored) + body(layout, width: width), omitted(layout))
  }

  /// Prints it for the terminal that standard output is, and says what was left out and how to see it.
  func print(hint: String) throws {
    let (text, omitted) = render(width: Streams.terminalWidth, isColored: Streams.outputIsColored)
    try Streams.output(text)
    Self.noteOmitted(omitted, hint: hint)
  }

  static func noteOmitted(_ names: [String], hint: String) {
    guard !names.isEmpty else { return }
    Streams.note("(not shown for lack of width: \(names.joined(separator: ", ")); \(hint) shows them)")
  }

  /// The names of the columns that were left out.
  func omitted(_ layout: Layout) -> [String] { columns.indices.filter { !layout.shown.contains($0) }.map { columns[$0].name } }

  /// How the columns fit a width; nil is any.
  func layout(width: Int?) -> Layout {
    let isNumber = columns.indices.map { column in
      rows.contains { Self.isNumber($0[column]) } && rows.allSatisfy { $0[column] == .null || Self.isNumber($0[column]) }
    }
    var widths = columns.indices.map { column in texts.reduce(columns[column].name.displayWidth) { max($0, $1[column].displayWidth) } }
    var shown = Array(columns.indices)
    guard let width else { return Layout(shown: shown, widths: widths, isNumber: isNumber) }
    func excess() -> Int { shown.reduce(0) { $0 + widths[$1] } + 2 * max(0, shown.count - 1) - width }
    func drop(_ columns: [Int]) {
      for column in columns where excess() > 0 && shown.count > 1 { shown.removeAll { $0 == column } }
    }
    drop(columns.indices.filter { columns[$0].rank > 0 }.sorted { columns[$0].rank > columns[$1].rank })
    // The widest text first, down to the next widest, and so on.
    while excess() > 0, let widest = shown.filter({ !isNumber[$0] && widths[$0] > Self.narrowest }).max(by: { widths[$0] < widths[$1] }) {
      widths[widest] -= 1
    }
    drop(shown.dropFirst().reversed())
    if let only = shown.first, shown.count == 1 { widths[only] = min(widths[only], width) }
    return Layout(shown: shown, widths: widths, isNumber: isNumber)
  }

  /// The layout of earlier rows with room for these as well, if there is any.
  func widened(_ layout: Layout, width: Int?) -> Layout {
    var wider = layout
    for column in layout.shown { wider.widths[column] = texts.reduce(layout.widths[column]) { max($0, $1[column].displayWidth) } }
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
      let text = width == nil ? texts[column] : texts[column].truncated(to: layout.widths[column])
      if number > 0 { line += "  " }
      let space = String(repeating: " ", count: max(0, layout.widths[column] - text.displayWidth))
      if layout.isNumber[column] { line += space }
      line += text
      if !layout.isNumber[column], number + 1 < layout.shown.count { line += space }
    }
    return line.trimmingTrailingSpaces
  }

  private static func isNumber(_ scalar: Scalar) -> Bool {
    switch scalar {
    case .integer, .real: true
    default: false
    }
  }

  static func text(_ scalar: Scalar, limit: Int = .max) -> String {
    switch scalar {
    case .null: "-"
    case .integer(let number): String(number)
    case .real(let number): number.shortText
    case .text(let text): text.singleLine.truncated(to: limit)
    case .blob(let bytes): "\(bytes) bytes"
    }
  }
}
