#if canImport(Glibc)
import Glibc
#endif

/// Standard input, line by line, without ever waiting longer than asked: what has come is to be stored while nothing comes.
struct LineInput {
  /// What a look for the next line found.
  enum Found {
    /// A line without its end; `isTooLong` where the rest of it was thrown away.
    case line(Range<Int>, isTooLong: Bool)
    /// Nothing came for so long.
    case silence
    case end
  }

  /// No line is longer, in bytes.
  static let longestLine = 16 << 20

  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var start = 0
  /// How far it was looked for the end of the line.
  private var searched = 0
  private var hasEnded = false
  /// How often something was read.
  private(set) var reads = 0
  /// Whether the rest of a line that is too long is still to come.
  private var isSkipping = false

  init(_ descriptor: Int32 = STDIN_FILENO) { self.descriptor = descriptor }

  /// The bytes of a line.
  func withBytes<T>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
    try buffer.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  /// The next line; its bytes stay until the next call.
  mutating func next(milliseconds: Int32) throws -> Found {
    while true {
      if let end = endOfLine() {
        let line = start..<end
        start = end + 1
        searched = start
        if isSkipping {
          isSkipping = false
          return .line(line.upperBound..<line.upperBound, isTooLong: true)
        }
        return .line(line, isTooLong: line.count > Self.longestLine)
      }
      searched = buffer.count
      if hasEnded {
        guard start < buffer.count || isSkipping else { return .end }
        defer { (start, searched, isSkipping) = (buffer.count, buffer.count, false) }
        return .line(start..<buffer.count, isTooLong: isSkipping || buffer.count - start > Self.longestLine)
      }
      if buffer.count - start > Self.longestLine {
        isSkipping = true
        buffer.removeAll(keepingCapacity: true)
        (start, searched) = (0, 0)
      }
      guard try fill(milliseconds) else { return .silence }
    }
  }

  private func endOfLine() -> Int? {
    buffer.withUnsafeBytes { bytes in
      guard searched < bytes.count, let start = bytes.baseAddress, let found = memchr(start + searched, 0x0a, bytes.count - searched) else {
        return nil
      }
      return UnsafeRawPointer(found) - start
    }
  }

  /// Reads what there is; false where nothing came in time.
  private mutating func fill(_ milliseconds: Int32) throws -> Bool {
    var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let count = poll(&ready, 1, milliseconds)
    guard count > 0 else {
      guard count == 0 || errno == EINTR else {
        throw ErrorReport("cannot read standard input: \(String(cString: strerror(errno))).", .inputOutput)
      }
      return false
    }
    if start > 0 {
      buffer.removeSubrange(..<start)
      searched -= start
      start = 0
    }
    let held = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: 1 << 16))
    let read = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + held, 1 << 16) }
    buffer.removeLast((1 << 16) - max(0, read))
    if read < 0 {
      guard errno == EINTR || errno == EAGAIN else {
        throw ErrorReport("cannot read standard input: \(String(cString: strerror(errno))).", .inputOutput)
      }
      return false
    }
    if read == 0 { hasEnded = true }
    reads += 1
    return true
  }
}
