#if canImport(Glibc)
import Glibc
#endif

/// What git says of the working folder: the commit, and whether files that it knows were changed since.
struct GitState: Equatable {
  let commit: String
  let isDirty: Bool

  /// Of what `git status --porcelain=v2 --branch` prints; nil where there is no commit yet.
  init?(status: String) {
    var commit: String?
    var isDirty = false
    for line in status.split(separator: "\n") {
      if line.hasPrefix("# branch.oid ") {
        commit = String(line.dropFirst(13))
      } else if !line.hasPrefix("#") {
        isDirty = true
      }
    }
    guard let commit, commit.utf8.count >= 40,
      commit.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0 })
    else { return nil }
    (self.commit, self.isDirty) = (commit, isDirty)
  }
}

/// Git, asked while the command has already started.  Whatever goes wrong, there is no answer, and after five seconds there is none.
struct GitQuestion {
  private let pid: pid_t
  private let reading: Int32
  private let deadline = ContinuousClock.now + .seconds(5)

  init?() {
    guard let (reading, writing) = try? Pipe.open() else { return nil }
    defer { close(writing) }
    self.reading = reading
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(null) }
    // It takes no lock that the command's own git may want.
    let words = ["git", "status", "--porcelain=v2", "--branch", "--untracked-files=no", "--ignore-submodules=untracked"]
    let environment = ChildProcess.environment.filter { !$0.hasPrefix("GIT_OPTIONAL_LOCKS=") } + ["GIT_OPTIONAL_LOCKS=0", "LC_ALL=C"]
    guard
      let pid = try? ChildProcess.start(
        words.map { Array($0.utf8CString) }, input: null, output: writing, error: null, environment: environment)
    else {
      close(reading)
      return nil
    }
    self.pid = pid
  }

  func answer() -> GitState? {
    defer { close(reading) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var isWhole = false
    while true {
      var ready = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
      let wait = (deadline - .now) / .milliseconds(1)
      if wait <= 0 { break }
      let code = poll(&ready, 1, Int32(wait.rounded(.up)))
      if code < 0, errno == EINTR { continue }
      guard code > 0 else { break }
      let count = read(reading, &buffer, buffer.count)
      if count == 0 { isWhole = true }
      guard count > 0 else { break }
      // Of more changes than this it is enough to know that there are some.
      if text.count < 1 << 20 { text += buffer[..<count] }
    }
    if !isWhole { kill(pid, SIGKILL) }
    let end = ChildProcess.wait(for: pid) {}
    guard isWhole, end == .exited(0) else { return nil }
    return GitState(status: String(decoding: text, as: UTF8.self))
  }
}
