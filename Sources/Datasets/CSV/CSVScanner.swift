/// The grammar of one record: finds the fields of a record that begins at a given place of a buffer.
struct CSVScanner {
  enum Outcome {
    /// The record's end: where the next one begins.
    case complete(Int)
    /// The buffer ends first; a quote that is still open began that many lines below the record's first.
    case incomplete(openQuote: Int?)
    /// An error that many lines below the record's first.
    case failed(CSVError.Reason, linesBefore: Int)
  }

  private let delimiter: UInt8
  /// Line breaks in the last complete record, its own end included.
  private(set) var lines = 0
  /// Whether the last record has bytes above 127.
  private(set) var sawNonASCII = false

  init(delimiter: UInt8) { self.delimiter = delimiter }

  mutating func scan(
    _ bytes: Span<UInt8>, from start: Int, to end: Int, isAtEnd: Bool, fields: inout [CSVTokenizer.Field]
  ) -> Outcome {
    var i = start
    var seen: UInt8 = 0
    lines = 0
    defer { sawNonASCII = seen > 127 }
    while true {
      if fields.count == CSVTokenizer.columnLimit {
        return .failed(.tooManyColumns(limit: CSVTokenizer.columnLimit), linesBefore: lines)
      }
      if i < end, bytes[i] == UInt8(ascii: "\"") {
        let openedAt = lines
        switch scanQuoted(bytes, from: i + 1, to: end, isAtEnd: isAtEnd, seen: &seen) {
        case .closed(let field):
          fields.append(field)
          i = field.end + 1
        case .open: return isAtEnd ? .failed(.unterminatedQuote, linesBefore: openedAt) : .incomplete(openQuote: openedAt)
        case .nul: return .failed(.nulByte, linesBefore: lines)
        }
      } else {
        let fieldStart = i
        while true {
          i = skipOrdinary(bytes, from: i, to: end, seen: &seen)
          guard i < end, isOrdinary(bytes[i]) else { break }
          i += 1
        }
        fields.append(trimmed(bytes, fieldStart, i))
      }

      guard i < end else { return isAtEnd ? .complete(end) : .incomplete(openQuote: nil) }
      switch bytes[i] {
      case delimiter: i += 1
      case UInt8(ascii: "\n"):
        lines += 1
        return .complete(i + 1)
      case UInt8(ascii: "\r"):
        if i + 1 == end, !isAtEnd { return .incomplete(openQuote: nil) }
        lines += 1
        return .complete(i + 1 < end && bytes[i + 1] == UInt8(ascii: "\n") ? i + 2 : i + 1)
      case 0: return .failed(.nulByte, linesBefore: lines)
      default: return .failed(.strayQuote, linesBefore: lines)
      }
    }
  }

  private enum Quoted {
    case closed(CSVTokenizer.Field)
    case open
    case nul
  }

  /// From behind the opening quote to the closing one.
  private mutating func scanQuoted(
    _ bytes: Span<UInt8>, from start: Int, to end: Int, isAtEnd: Bool, seen: inout UInt8
  ) -> Quoted {
    var i = start
    var hasDoubledQuotes = false
    while i < end {
      let byte = bytes[i]
      if byte == UInt8(ascii: "\"") {
        // At the buffer's end the quote's pair may still be on its way.
        if i + 1 == end, !isAtEnd { return .open }
        guard i + 1 < end, bytes[i + 1] == UInt8(ascii: "\"") else {
          return .closed(CSVTokenizer.Field(start: start, end: i, isQuoted: true, hasDoubledQuotes: hasDoubledQuotes, hasBlanks: false))
        }
        hasDoubledQuotes = true
        i += 2
        continue
      }
      if byte == 0 { return .nul }
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") && !(i + 1 < end && bytes[i + 1] == UInt8(ascii: "\n")) {
        lines += 1
      }
      seen |= byte
      i += 1
    }
    return .open
  }

  /// The first byte that is the delimiter or not above the quote in ASCII's order; blanks and `!` are among those.
  ///
  /// Eight bytes at a time.  Source: S. E. Anderson, "Bit Twiddling Hacks": a word has a byte below n, or a zero byte.  A
  /// borrow can only mark bytes above one that is rightly marked, so the lowest mark is right.
  @inline(__always)
  private func skipOrdinary(_ bytes: Span<UInt8>, from start: Int, to end: Int, seen: inout UInt8) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highBits: UInt64 = 0x8080_8080_8080_8080
    let delimiters = ones &* UInt64(delimiter)
    var i = start
    var high: UInt64 = 0
    defer { if high & highBits != 0 { seen = 0x80 } }
    // The last bytes of the buffer go one by one.
    while i + 8 <= end {
      let word = bytes.eightBytes(at: i)
      let different = word ^ delimiters
      let marks = ((word &- ones &* 0x23) & ~word | (different &- ones) & ~different) & highBits
      if marks != 0 {
        let ordinary = marks.trailingZeroBitCount & ~7
        high |= word & ((1 << UInt64(ordinary)) - 1)
        return i + ordinary / 8
      }
      high |= word
      i += 8
    }
    while i < end, bytes[i] > UInt8(ascii: "\""), bytes[i] != delimiter {
      high |= UInt64(bytes[i])
      i += 1
    }
    return i
  }

  private func isOrdinary(_ byte: UInt8) -> Bool {
    byte != delimiter && byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\r") && byte != UInt8(ascii: "\"") && byte != 0
  }

  @inline(__always)
  private func trimmed(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> CSVTokenizer.Field {
    let whole = end - start
    var start = start
    var end = end
    while start < end, isBlank(bytes[start]) { start += 1 }
    while start < end, isBlank(bytes[end - 1]) { end -= 1 }
    return CSVTokenizer.Field(start: start, end: end, isQuoted: false, hasDoubledQuotes: false, hasBlanks: end - start < whole)
  }

  @inline(__always)
  private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  /// The line breaks (LF, CR LF or CR) in a piece of text.
  static func lineBreaks(_ bytes: Span<UInt8>) -> Int {
    var count = 0
    for i in bytes.indices {
      let isFollowed = i + 1 < bytes.count && bytes[i + 1] == UInt8(ascii: "\n")
      if bytes[i] == UInt8(ascii: "\n") || bytes[i] == UInt8(ascii: "\r") && !isFollowed { count += 1 }
    }
    return count
  }

  static func isUTF8(_ bytes: Span<UInt8>) -> Bool {
    do {
      _ = try UTF8Span(validating: bytes)
      return true
    } catch {
      return false
    }
  }
}
