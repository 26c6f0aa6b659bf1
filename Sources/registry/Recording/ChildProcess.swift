#if canImport(Glibc)
import Glibc
#endif

/// How a command ended.
enum ChildEnd: Equatable, Sendable {
  case exited(Int32)
  case signalled(Int32)

  /// As the shell has it: 128 and the number of the signal.
  var exitCode: Int32 {
    switch self {
    case .exited(let code): code
    case .signalled(let signal): 128 + signal
    }
  }

  init(waitStatus: Int32) {
    let signal = waitStatus & 0x7f
    self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .signalled(signal)
  }
}

/// A process that was started.
///
/// posix_spawn and not the package swift-subprocess: that one costs 43 s more of building and 5 ms more at each start, measured here, and knows
/// no pseudo-terminals.
enum ChildProcess {
  /// Starts a command with these streams as its output; its standard input is ours.  The words go to it byte for byte.  Throws `SystemError`.
  static func start(_ words: [[CChar]], input: Int32? = nil, output: Int32, error: Int32, environment: [String]? = nil) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input { posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) }
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, error, STDERR_FILENO)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What this program ignores for itself, the command doesn't inherit.
    var defaults = sigset_t()
    sigemptyset(&defaults)
    sigaddset(&defaults, SIGPIPE)
    sigaddset(&defaults, SIGXFSZ)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))

    let arguments = words.map { word in word.withUnsafeBufferPointer { strdup($0.baseAddress!) } }
    let variables = environment?.map { strdup($0) }
    defer { (arguments + (variables ?? [])).forEach { free($0) } }
    var pid: pid_t = 0
    let code: Int32
    if let variables {
      code = posix_spawnp(&pid, arguments[0]!, &actions, &attributes, arguments + [nil], variables + [nil])
    } else {
      code = posix_spawnp(&pid, arguments[0]!, &actions, &attributes, arguments + [nil], environ)
    }
    guard code == 0 else { throw SystemError(call: "posix_spawn", code: code) }
    return pid
  }

  /// Throws an `ErrorReport` for a command that there isn't, or that may not be run, before anything is made for it.
  static func check(_ name: String) throws {
    guard !name.isEmpty else { throw ErrorReport(notStarted: name, code: ENOENT) }
    var paths = [name]
    if !name.utf8.contains(UInt8(ascii: "/")) {
      let path = getenv("PATH").map { String(cString: $0) } ?? "/bin:/usr/bin"
      paths = path.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { folder in
        folder.isEmpty ? name : "\(Substring(folder))/\(name)"
      }
    }
    var code = ENOENT
    for path in paths {
      var status = stat()
      guard stat(path, &status) == 0 else { continue }
      if status.st_mode & S_IFMT != S_IFDIR, access(path, X_OK) == 0 { return }
      if name.utf8.contains(UInt8(ascii: "/")) || status.st_mode & S_IFMT != S_IFDIR { code = EACCES }
    }
    throw ErrorReport(notStarted: name, code: code)
  }

  /// Waits for its end.  Until `beforeReaping` has returned its number belongs to no other process.
  static func wait(for pid: pid_t, beforeReaping: () -> Void) -> ChildEnd {
    var info = siginfo_t()
    while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    beforeReaping()
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return ChildEnd(waitStatus: status)
  }

  /// This process's environment, as `NAME=value`.
  static var environment: [String] {
    var variables: [String] = []
    var next = environ
    while let variable = next.pointee {
      variables.append(String(cString: variable))
      next += 1
    }
    return variables
  }
}
