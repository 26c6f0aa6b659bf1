/// Tables whose first column is a step: a line of headings, then lines of numbers.  So print scikit-learn's boosting, fastai and skorch.
struct TableReader {
  private var columns: [[UInt8]] = []
  /// The comma or semicolon between two columns; nil where blanks part them.
  private var mark: UInt8?
  /// Lines that were no rows since the last row.
  private var strangers = 0

  /// What a row says; nil for any other line.
  mutating func finding(_ line: [UInt8], stream: Int) -> Finding? {
    if line.allSatisfy({ $0.isBlank || "-=+|".utf8.contains($0) || $0 >= 0x80 }) { return nil }
    if let headings = Self.headings(line) {
      (columns, mark, strangers) = (headings.names, headings.mark, 0)
      return nil
    }
    guard !columns.isEmpty else { return nil }
    if let row = row(line, stream) {
      strangers = 0
      return row
    }
    strangers += 1
    if strangers == 3 { columns = [] }
    return nil
  }

  /// `epoch  train_loss  valid_loss`: names alone, the first of them a step's.
  private static func headings(_ line: [UInt8]) -> (names: [[UInt8]], mark: UInt8?)? {
    guard line.first(where: { !$0.isBlank && $0 != UInt8(ascii: "|") })?.isLetter == true else { return nil }
    let mark = line.first { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") }
    var fields: [[UInt8]] = [[]]
    var blanks = 0
    for byte in line {
      if byte.isBlank {
        blanks += byte == 0x09 ? 2 : 1
        continue
      }
      let isMark = byte == UInt8(ascii: "|") || byte == mark
      guard isMark || byte.isLetter || byte.isDigit || "_-/.@()".utf8.contains(byte) else { return nil }
      if isMark { blanks += 2 }
      if blanks >= 2, !fields[fields.count - 1].isEmpty { fields.append([]) }
      if blanks == 1, !fields[fields.count - 1].isEmpty { fields[fields.count - 1].append(UInt8(ascii: "_")) }
      blanks = 0
      if !isMark { fields[fields.count - 1].append(byte.lowercased) }
    }
    if fields.last?.isEmpty == true { fields.removeLast() }
    guard (2...50).contains(fields.count), Words.step(fields[0][...]) != nil, fields.allSatisfy({ $0.first?.isLetter == true }) else {
      return nil
    }
    return (fields, mark)
  }

  private func row(_ line: [UInt8], _ stream: Int) -> Finding? {
    let fields =
      if let mark {
        line.split(separator: mark, omittingEmptySubsequences: false).map { Array($0.filter { !$0.isBlank }) }
      } else {
        line.split { $0.isBlank || $0 == UInt8(ascii: "|") }.map { Array($0) }
      }
    guard fields.count == columns.count, let first = NumberText(fields[0], at: 0), first.end == fields[0].count, first.isInteger,
      let step = Token.count(first.value)
    else { return nil }
    var finding = Finding(of: .refresh(stream), isRefresh: false)
    if Words.step(columns[0][...]) == .epoch { finding.epoch = first.value } else { finding.step = step }
    for (name, field) in zip(columns, fields).dropFirst() where !field.isEmpty {
      let parts = Words.parts(name[...])
      guard let number = NumberText(field, at: 0) else { return nil }
      // A time has a unit or a colon.
      if number.end == field.count, !Words.isTime(parts), !Words.isFact(parts) {
        finding.values.append(Finding.Value(key: name, value: number.value))
      }
    }
    return finding
  }
}
