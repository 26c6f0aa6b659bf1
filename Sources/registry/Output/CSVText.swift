import Datasets
import ModelRegistry

/// Rows as CSV: full precision, NULL as an empty cell; texts as they are, but on a terminal on one line, where no text of a stranger's file
/// steers it.
func csvText(columns: [String], rows: [[CellValue]], isForTerminal: Bool = Streams.outputIsTerminal) -> String {
  func shown(_ text: String) -> String { isForTerminal ? text.singleLine : text }
  var writer = CSVWriter()
  for name in columns { writer.append(shown(name)) }
  writer.endRecord()
  for row in rows {
    for scalar in row {
      switch scalar {
      case .null: writer.append("")
      case .integer(let number): writer.append(String(number))
      case .real(let number): writer.append(number.isFinite ? "\(number)" : number.shortText)
      case .text(let text): writer.append(shown(text))
      case .blob(let bytes): writer.append("\(bytes) bytes")
      }
    }
    writer.endRecord()
  }
  return String(decoding: writer.take(), as: UTF8.self)
}
