import Datasets
import ModelRegistry

/// Rows as CSV: full precision, NULL as an empty cell.
func csvText(columns: [String], rows: [[CellValue]]) -> String {
  var writer = CSVWriter()
  for name in columns { writer.append(name) }
  writer.endRecord()
  for row in rows {
    for scalar in row {
      switch scalar {
      case .null: writer.append("")
      case .integer(let number): writer.append(String(number))
      case .real(let number): writer.append(number.isFinite ? "\(number)" : number.shortText)
      case .text(let text): writer.append(text)
      case .blob(let bytes): writer.append("\(bytes) bytes")
      }
    }
    writer.endRecord()
  }
  return String(decoding: writer.take(), as: UTF8.self)
}
