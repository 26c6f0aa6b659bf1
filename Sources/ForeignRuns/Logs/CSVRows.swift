/// The rows of a CSV file (RFC 4180, or with semicolons or tabs), one after the other.
struct CSVRows: ~Copyable {
  private var lines: LineReader
  private var delimiter: UInt8?
  /// The number of the line in which the row that was given last begins.
  private(set) var line = 0

  init(_ path: String) throws(ForeignError) { lines = try LineReader(path) }

  /// Whether the last row ended with its line's end.
  var isComplete: Bool { lines.isComplete }

  /// The next row that isn't blank; nil after the last.
  mutating func next() throws(ForeignError) -> [String]? {
    while let first = try lines.next() {
      line = lines.number
      guard first.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
      let separator = delimiter ?? Self.delimiter(of: first)
      delimiter = separator
      guard first.contains(0x22) else {
        var fields: [String] = []
        for field in first.split(separator: separator, omittingEmptySubsequences: false) { fields.append(try text(trimmed(field))) }
        return fields
      }
      return try quotedRow(Array(first), separator)
    }
    return nil
  }

  /// What stands most often in the header.
  private static func delimiter(of header: ArraySlice<UInt8>) -> UInt8 {
    var best: (byte: UInt8, count: Int) = (0x2c, 0)
    for byte in [0x2c, 0x3b, 0x09] as [UInt8] {
      let count = header.count { $0 == byte }
      if count > best.count { best = (byte, count) }
    }
    return best.byte
  }

  private mutating func quotedRow(_ first: [UInt8], _ separator: UInt8) throws(ForeignError) -> [String] {
    var row = first
    var fields: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var isOpen = false
    var position = 0
    while true {
      if position == row.count {
        guard isOpen else { break }
        // The field goes on in the next line.
        guard row.count <= LineReader.longest else {
          throw ForeignError(file: lines.path, .line(line), .log(.lineTooLong(limit: LineReader.longest)))
        }
        guard let more = try lines.next() else { throw ForeignError(file: lines.path, .line(line), .log(.openQuote)) }
        field.append(0x0a)
        row = Array(more)
        position = 0
        continue
      }
      let byte = row[position]
      position += 1
      if isOpen {
        if byte != 0x22 {
          field.append(byte)
        } else if position < row.count, row[position] == 0x22 {
          field.append(byte)
          position += 1
        } else {
          isOpen = false
        }
      } else if byte == 0x22, trimmed(field[...]).isEmpty {
        field = []
        (isQuoted, isOpen) = (true, true)
      } else if byte == separator {
        fields.append(try text(isQuoted ? field[...] : trimmed(field[...])))
        field = []
        isQuoted = false
      } else {
        field.append(byte)
      }
    }
    fields.append(try text(isQuoted ? field[...] : trimmed(field[...])))
    return fields
  }

  private func trimmed(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard field.first == 0x20 || field.last == 0x20 else { return field }
    let start = field.drop { $0 == 0x20 }
    return start.prefix(start.count - start.reversed().prefix { $0 == 0x20 }.count)
  }

  private func text(_ bytes: ArraySlice<UInt8>) throws(ForeignError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw ForeignError(file: lines.path, .line(line), .log(.notUTF8)) }
    return text
  }
}
