/// Cuts a stream of CSV text into records and fields, by RFC 4180, in one buffer that grows only for a long record.
///
/// Invariants:
/// 1. `buffer[start..<filled]` is what has been read and not yet passed; a record lies whole in the buffer.
/// 2. A field is a range of the buffer, without its quotes, doubled quotes made one, and blanks around an unquoted
///    field left out.  It is valid until the next record.
/// 3. Text that comes out is UTF-8 without NUL bytes.
/// 4. No record is longer than `recordLimit` and none has more than `columnLimit` fields: memory is bounded.
struct CSVTokenizer: ~Copyable {
  static let columnLimit = 10_000
  private let recordLimit: Int
  private static let chunk = 256 << 10

  struct Field {
    var start: Int
    var end: Int
    var isQuoted: Bool
    var hasDoubledQuotes: Bool
    /// Whether blanks around it were left out.
    var hasBlanks: Bool
  }

  var file: String { source.name }
  private(set) var fields: [Field] = []
  /// The physical line on which the record begins, from 1.
  private(set) var line = 1
  private(set) var delimiter: UInt8 = UInt8(ascii: ",")
  private var source: ByteSource
  private var buffer: [UInt8]
  private var start = 0
  private var filled = 0
  private var isAtEnd = false
  private var nextLine = 1
  private var scanner = CSVScanner(delimiter: UInt8(ascii: ","))
  /// The record at hand is given once more.
  private var isPutBack = false

  /// Opens the input and finds its delimiter, unless one is given: the one that Excel's first line `sep=;` names, or that of
  /// `,` `;` and tab which the first two records have as often as each other; else the one that occurs most in the header.
  static func open(_ input: CSVInput, delimiter: UInt8?, recordLimit: Int = 16 << 20) throws(CSVError) -> CSVTokenizer {
    var tokenizer = CSVTokenizer(try ByteSource(input), recordLimit: recordLimit)
    try tokenizer.begin(delimiter)
    return tokenizer
  }

  private init(_ source: consuming ByteSource, recordLimit: Int) {
    self.source = source
    self.recordLimit = recordLimit
    buffer = [UInt8](repeating: 0, count: Self.chunk)
  }

  private mutating func begin(_ given: UInt8?) throws(CSVError) {
    try fill(toHave: 3)
    if filled >= 2, (buffer[0], buffer[1]) == (0xff, 0xfe) || (buffer[0], buffer[1]) == (0xfe, 0xff) {
      throw CSVError(file: source.name, reason: .utf16)
    }
    try fill(toHave: [UInt8(ascii: "P"), UInt8(ascii: "B")].contains(buffer[0]) ? 4 : 3)
    if let format = BinaryFormat(buffer[..<filled]) { throw CSVError(file: source.name, reason: .binary(format)) }
    if filled >= 3, (buffer[0], buffer[1], buffer[2]) == (0xef, 0xbb, 0xbf) { start = 3 }
    let named = try separatorLine()
    if let chosen = given ?? named { delimiter = chosen } else { delimiter = try findDelimiter() }
    scanner = CSVScanner(delimiter: delimiter)
  }

  /// Moves to the next record; false at the end of the text.  A line with nothing on it is passed over, unless
  /// `keepsBlankLines` (in a file of one column it is an empty cell).
  mutating func next(keepsBlankLines: Bool = false) throws(CSVError) -> Bool {
    if isPutBack {
      isPutBack = false
      return true
    }
    while true {
      line = nextLine
      while true {
        fields.removeAll(keepingCapacity: true)
        if start == filled, isAtEnd { return false }
        let outcome = scan()
        if case .complete(let end) = outcome {
          try finish(end)
          break
        }
        if case .failed(let reason, let linesBefore) = outcome {
          throw CSVError(file: source.name, line: line + linesBefore, reason: reason)
        }
        guard filled - start <= recordLimit else {
          let opened: Int? = if case .incomplete(let openQuote) = outcome { openQuote.map { line + $0 } } else { nil }
          throw CSVError(file: source.name, line: line, reason: .recordTooLong(limit: recordLimit, quoteOpenedOnLine: opened))
        }
        // A long record asks for twice as much each time, so that it is not scanned again for every small read of a
        // pipe; a short one for what there is, so that rows flow on as they come.
        let ahead = filled - start
        try fill(toHave: ahead < Self.chunk / 4 ? ahead + 1 : 2 * ahead)
      }
      if fields.count == 1, fields[0].start == fields[0].end, !fields[0].isQuoted, !keepsBlankLines { continue }
      return true
    }
  }

  /// Gives the record at hand once more: it was no header.
  mutating func putBack() { isPutBack = true }

  /// Passes over a first line `sep=;`, and gives the delimiter that it names.
  private mutating func separatorLine() throws(CSVError) -> UInt8? {
    for (offset, letter) in "sep=".utf8.enumerated() {
      if filled - start <= offset { try fill(toHave: offset + 1) }
      // What lies ahead has been moved to the front, unless it was all there.
      guard filled - start > offset, buffer[start + offset] | (offset < 3 ? 0x20 : 0) == letter else { return nil }
    }
    try fill(toHave: 7)
    guard filled - start >= 6 else { return nil }
    let (mark, end) = (buffer[start + 4], buffer[start + 5])
    guard mark < 0x80, mark != UInt8(ascii: "\n"), end == UInt8(ascii: "\n") || end == UInt8(ascii: "\r") else { return nil }
    let isFollowed = end == UInt8(ascii: "\r") && filled - start > 6 && buffer[start + 6] == UInt8(ascii: "\n")
    start += isFollowed ? 7 : 6
    nextLine = 2
    return mark
  }

  private mutating func scan() -> CSVScanner.Outcome {
    // A reference of its own, for this call alone: the fields change while the bytes are looked at.
    let bytes = buffer
    let end = min(filled, start + recordLimit + 1)
    return scanner.scan(bytes.span, from: start, to: end, isAtEnd: isAtEnd && end == filled, fields: &fields)
  }

  /// The number in a field, if it is one: the way of almost every cell.
  func number(_ index: Int) -> Double? {
    if case .number(let value) = NumberParser.parse(buffer.span.extracting(fields[index].start..<fields[index].end)) { return value }
    return nil
  }

  /// The number in a field, and whether it is an integer with a zero in front that a number doesn't keep.
  @inline(__always)
  func markedNumber(_ index: Int) -> (value: Double, hasLeadingZero: Bool)? {
    let bytes = buffer.span.extracting(fields[index].start..<fields[index].end)
    guard case .number(let value) = NumberParser.parse(bytes) else { return nil }
    // Most columns are whole throughout or nowhere: the branch is foreseen, as one on the first byte isn't.
    let isWhole = value.magnitude >= ExactInteger.limit || Double(Int64(value)) == value
    return (value, isWhole && ExactInteger.hasLeadingZero(bytes))
  }

  /// Whether a field is an integer that isn't `value`, its nearest float64.
  func isRounded(_ index: Int, _ value: Double) -> Bool {
    ExactInteger.isRounded(buffer.span.extracting(fields[index].start..<fields[index].end), value)
  }

  /// Whether a field is an integer with a zero in front that a number doesn't keep.
  func hasLeadingZero(_ index: Int) -> Bool {
    ExactInteger.hasLeadingZero(buffer.span.extracting(fields[index].start..<fields[index].end))
  }

  /// What stands in a field.
  func cell(_ index: Int) -> CSVCell {
    CSVCell(buffer.span.extracting(fields[index].start..<fields[index].end))
  }

  /// The number of a field's text in an index, a new one if need be.
  func insert(_ index: Int, into texts: inout CategoryIndex) -> Int {
    texts.insert(buffer.span.extracting(fields[index].start..<fields[index].end))
  }

  /// The number of a field's text in an index; nil when it is not there.
  func find(_ index: Int, in texts: CategoryIndex) -> Int? {
    texts.find(buffer.span.extracting(fields[index].start..<fields[index].end))
  }

  /// The text of a field.
  func text(_ index: Int) -> String { String(decoding: buffer[fields[index].start..<fields[index].end], as: UTF8.self) }

  /// The physical line on which a field begins: line breaks within the quotes of earlier fields count.
  func line(of index: Int) -> Int {
    if nextLine - line <= 1 { return line }
    return fields[..<index].reduce(line) { $0 + CSVScanner.lineBreaks(buffer.span.extracting($1.start..<$1.end)) }
  }

  /// An error at a field of this record.
  func error(_ reason: CSVError.Reason, field: Int, column: String) -> CSVError {
    var error = CSVError(file: source.name, line: line(of: field), column: column, value: text(field), reason: reason)
    if !fields[field].isQuoted { error.separator = delimiter }
    return error
  }

  private mutating func finish(_ end: Int) throws(CSVError) {
    if scanner.sawNonASCII, !CSVScanner.isUTF8(buffer.span.extracting(start..<end)) {
      throw CSVError(file: source.name, line: line, reason: .invalidUTF8)
    }
    for index in fields.indices where fields[index].hasDoubledQuotes { mergeDoubledQuotes(index) }
    start = end
    nextLine = line + scanner.lines
  }

  private mutating func mergeDoubledQuotes(_ index: Int) {
    var to = fields[index].start
    var from = to
    while from < fields[index].end {
      buffer[to] = buffer[from]
      from += buffer[from] == UInt8(ascii: "\"") ? 2 : 1
      to += 1
    }
    fields[index].end = to
  }

  /// Reads until `count` bytes lie ahead, or the text ends.  Moves what lies ahead to the front of the buffer first.
  private mutating func fill(toHave count: Int) throws(CSVError) {
    if start > 0 {
      unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<filled]))
      }
      filled -= start
      start = 0
    }
    if buffer.count < count || buffer.count - filled < Self.chunk / 2 {
      buffer += [UInt8](repeating: 0, count: max(buffer.count, count - buffer.count))
    }
    while filled < count, !isAtEnd {
      let read = try source.read(into: &buffer, at: filled)
      filled += read
      isAtEnd = read == 0
    }
  }

  /// The delimiter of a text that names none: by its first two records, which a reader waits for in any case.
  private mutating func findDelimiter() throws(CSVError) -> UInt8 {
    while true {
      let records = DelimiterMarks.records(buffer.span.extracting(start..<filled), isAtEnd: isAtEnd)
      if records.count == 2 || isAtEnd || filled - start > recordLimit { return DelimiterMarks.delimiter(records) }
      let ahead = filled - start
      try fill(toHave: ahead < Self.chunk / 4 ? ahead + 1 : 2 * ahead)
    }
  }
}
