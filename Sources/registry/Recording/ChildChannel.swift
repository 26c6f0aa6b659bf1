#if canImport(Glibc)
import Glibc
#endif

/// One of the two streams that a command writes: a pseudo-terminal where ours is a terminal, so that it draws and colours as ever; else a pipe.
struct ChildChannel {
  /// Our end, which never blocks.
  let reading: Int32
  /// The command's end, to be closed here once it has started.
  let writing: Int32
  let isTerminal: Bool

  init(like file: Int32) throws {
    isTerminal = isatty(file) == 1
    if isTerminal {
      (reading, writing) = try Self.openTerminal(like: file)
    } else {
      (reading, writing) = try Pipe.open()
    }
    _ = fcntl(reading, F_SETFL, fcntl(reading, F_GETFL, 0) | O_NONBLOCK)
  }

  /// A pseudo-terminal of the same size that passes every byte on as it is: what our terminal makes of them happens there.
  private static func openTerminal(like file: Int32) throws -> (Int32, Int32) {
    // What posix_openpt, unlockpt and opening the other end do, by the calls below them (ioctl_tty(2)): Swift's Glibc doesn't have these.
    let reading = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard reading >= 0 else { throw SystemError(call: "/dev/ptmx", code: errno) }
    var isLocked: Int32 = 0
    let (setLock, openPeer): (UInt, UInt) = (0x4004_5431, 0x5441)
    let writing = ioctl(reading, setLock, &isLocked) == 0 ? ioctl(reading, openPeer, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1
    guard writing >= 0 else { throw SystemError(call: "ioctl", code: errno) }
    var settings = termios()
    if tcgetattr(writing, &settings) == 0 {
      settings.c_oflag &= ~tcflag_t(OPOST)
      settings.c_lflag &= ~tcflag_t(ECHO)
      tcsetattr(writing, TCSANOW, &settings)
    }
    copySize(from: file, to: reading)
    return (reading, writing)
  }

  /// Gives a pseudo-terminal the size of another.
  static func copySize(from file: Int32, to terminal: Int32) {
    var size = winsize()
    if ioctl(file, UInt(TIOCGWINSZ), &size) == 0 { _ = ioctl(terminal, UInt(TIOCSWINSZ), &size) }
  }
}

enum Pipe {
  /// A pipe that no other process inherits.
  static func open() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw SystemError(call: "pipe", code: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }
}

/// A call of the system that failed.
struct SystemError: Error {
  let call: String
  let code: Int32

  var message: String { "\(call): \(String(cString: strerror(code)))" }
}
