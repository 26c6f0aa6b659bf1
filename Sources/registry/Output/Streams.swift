#if canImport(Glibc)
import Glibc
#endif

/// The two streams.  Results go to standard output, everything else to standard error.
enum Streams {
  /// Writes a text whole.  Throws `OutputError` when standard output takes no more.
  static func output(_ text: String) throws {
    try write(text, to: STDOUT_FILENO)
  }

  /// Writes bytes whole: UTF-8 that was put together without a String.
  static func output(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0, to: STDOUT_FILENO) }
  }

  /// Writes, unless the reader of a pipe has gone: what is being done goes on without it.
  static func outputUnlessGone(_ text: String) throws {
    do {
      try output(text)
    } catch let error as OutputError where error.isBrokenPipe {
      return
    }
  }

  /// Writes sentences of a result: on a terminal no line is wider than it.
  static func prose(_ text: String) throws { try output(text.wrapped(to: terminalWidth)) }

  /// The same, unless the reader of a pipe has gone.
  static func proseUnlessGone(_ text: String) throws { try outputUnlessGone(text.wrapped(to: terminalWidth)) }

  /// Writes bytes whole.  Throws `OutputError` when standard output takes no more.
  static func output(_ bytes: UnsafeRawBufferPointer) throws { try write(bytes, to: STDOUT_FILENO) }

  static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Whether results may be coloured: on a terminal that can, unless $NO_COLOR is set (no-color.org).
  static var outputIsColored: Bool {
    guard isatty(STDOUT_FILENO) == 1 else { return false }
    if let value = getenv("NO_COLOR"), value.pointee != 0 { return false }
    return getenv("TERM").map { strcmp($0, "dumb") != 0 } ?? false
  }

  /// Replaces the line of progress on standard error, which must be a terminal.
  static func progress(_ text: String) {
    try? write("\r\u{1b}[K" + text.truncated(to: (width(of: STDERR_FILENO) ?? 80) - 1), to: STDERR_FILENO)
  }

  /// Writes sentences to standard error, on a terminal no line wider than it; what can't be written there can't be told anywhere.  Who quotes a
  /// stranger's text puts it on one line; were that forgotten, it steers no terminal all the same.
  static func note(_ text: String) {
    try? write(text.plainLines.wrapped(to: width(of: STDERR_FILENO)) + "\n", to: STDERR_FILENO)
  }

  /// The columns of the terminal that standard output is; nil when it is a file or a pipe.
  static var terminalWidth: Int? { width(of: STDOUT_FILENO) }

  private static func width(of file: Int32) -> Int? {
    guard isatty(file) == 1 else { return nil }
    var size = winsize()
    guard ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  private static func write(_ text: String, to file: Int32) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0), to: file) }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(file, rest.baseAddress, rest.count)
      if count >= 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } else if errno == EAGAIN {
        // A terminal or pipe that was set not to block: wait until it takes more.
        var ready = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, -1)
      } else if errno != EINTR {
        throw OutputError(code: errno)
      }
    }
  }
}

/// Standard output took no more: the reader of a pipe has gone, or the disk is full.
struct OutputError: Error {
  let code: Int32

  var isBrokenPipe: Bool { code == EPIPE }
  var message: String { String(cString: strerror(code)) }
}
