import ModelRegistry

/// A table for people: columns padded to their widest cell, numbers to the right, and no line wider than the terminal.
///
/// Columns that don't fit are left out, the least important first, and that is said; a cell is never cut without a `…`.
struct Table {
  struct Column {
    let name: String
    /// The higher, the sooner it is left out; 0 stays.
    var rank = 0
    /// The widest that a text may be.
    var limit = 48
  }

  var columns: [Column]
  var rows: [[Scalar]]

  /// The lines, each ended, and the names of the columns that were left out.
  func render(width: Int?) -> (text: String, omitted: [String]) {
    let cells = rows.map { row in zip(row, columns).map { Self.text($0, limit: $1.limit) } }
    let isNumber = columns.indices.map { column in
      rows.contains { Self.isNumber($0[column]) } && rows.allSatisfy { $0[column] == .null || Self.isNumber($0[column]) }
    }
    let widths = columns.indices.map { column in cells.reduce(columns[column].name.displayWidth) { max($0, $1[column].displayWidth) } }
    var shown = Array(columns.indices)
    func total() -> Int { shown.reduce(0) { $0 + widths[$1] } + 2 * max(0, shown.count - 1) }
    while let width, total() > width, let worst = shown.filter({ columns[$0].rank > 0 }).max(by: { columns[$0].rank < columns[$1].rank }) {
      shown.removeAll { $0 == worst }
    }
    func line(_ texts: [String]) -> String {
      let padded = shown.map { texts[$0].padded(to: widths[$0], right: isNumber[$0]) }
      let line = padded.joined(separator: "  ").trimmingTrailingSpaces
      guard let width else { return line + "\n" }
      return line.truncated(to: width) + "\n"
    }
    let text = line(columns.map(\.name)) + cells.map(line).joined()
    return (text, columns.indices.filter { !shown.contains($0) }.map { columns[$0].name })
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
