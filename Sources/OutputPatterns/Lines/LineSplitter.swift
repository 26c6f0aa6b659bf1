/// Cuts a stream of bytes into lines: without their ends, and without the escape sequences that colour them or move the cursor.
struct LineSplitter {
  /// Of a longer line only the start is kept.
  static let longestLine = 1 << 20

  enum End {
    /// A new line began.
    case line
    /// The cursor went back: what comes replaces this one.
    case refresh
  }

  private enum State { case text, escape, control, command, commandEscape }

  private(set) var line: [UInt8] = []
  private var isDone = false
  private var state = State.text
  /// Whether a return has been seen whose line feed may follow.
  private var hasReturned = false

  /// Reads on to the end of the next line, which then stands in `line`; nil when the bytes are used up.
  mutating func next(in bytes: ArraySlice<UInt8>, _ position: inout Int) -> End? {
    if isDone {
      line.removeAll(keepingCapacity: true)
      isDone = false
    }
    while position < bytes.endIndex {
      if state == .text, !hasReturned {
        let start = position
        while position < bytes.endIndex, bytes[position] >= 0x20 || bytes[position] == 0x09 { position += 1 }
        keep(bytes[start..<position])
        if position == bytes.endIndex { break }
      }
      let byte = bytes[position]
      switch state {
      case .text:
        switch byte {
        case 0x0a:
          position += 1
          hasReturned = false
          if line.isEmpty { continue }
          return ended(.line)
        case 0x0d, 0x08:
          hasReturned = true
        case 0x1b:
          state = .escape
        default:
          if hasReturned, byte >= 0x20 || byte == 0x09 {
            hasReturned = false
            // The byte is of the next line.
            if !line.isEmpty { return ended(.refresh) }
            continue
          }
        }
      case .escape:
        switch byte {
        case UInt8(ascii: "["): state = .control
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"): state = .command
        // `ESC ( B` and its kind have one byte more.
        case 0x20...0x2f: break
        default: state = .text
        }
      // Parameters, then a letter.
      case .control: if byte >= 0x40 || byte < 0x20 { state = .text }
      // A title or a link, up to BEL or ESC \.
      case .command:
        if byte == 0x07 || byte == 0x0a { state = .text } else if byte == 0x1b { state = .commandEscape }
      case .commandEscape: state = .text
      }
      position += 1
    }
    return nil
  }

  /// Whether something is left behind the last end of a line; it then stands in `line`.
  mutating func finish() -> Bool {
    if isDone { return false }
    isDone = true
    return !line.isEmpty
  }

  private mutating func keep(_ part: ArraySlice<UInt8>) { line += part.prefix(Self.longestLine - line.count) }

  private mutating func ended(_ end: End) -> End {
    isDone = true
    return end
  }
}
