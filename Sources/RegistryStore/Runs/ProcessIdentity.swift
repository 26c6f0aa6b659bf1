#if canImport(Glibc)
internal import Glibc
#endif

/// Which process writes a run: enough to tell later whether it still lives.
struct ProcessIdentity: Sendable {
  let host: String
  let pid: Int
  /// Clock ticks after boot (field 22 of /proc/self/stat): a pid that is used again has another.
  let start: Int?
  let bootID: String?
  /// The inode of the pid namespace: a container's pids are its own.
  let pidNamespace: Int?

  static let current = ProcessIdentity()

  private init() {
    var name = [CChar](repeating: 0, count: 256)
    host =
      gethostname(&name, name.count - 1) == 0 ? String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
    pid = Int(getpid())
    if case .running(let start) = Lookup(pid: pid) { self.start = start } else { start = nil }
    bootID = Self.read("/proc/sys/kernel/random/boot_id")
    var link = [CChar](repeating: 0, count: 64)
    let length = readlink("/proc/self/ns/pid", &link, link.count)
    pidNamespace = Int(
      String(decoding: link.prefix(max(0, length)).map(UInt8.init(bitPattern:)).filter { (48...57).contains($0) }, as: UTF8.self))
  }

  init(host: String, pid: Int, start: Int?, bootID: String?, pidNamespace: Int?) {
    self.host = host
    self.pid = pid
    self.start = start
    self.bootID = bootID
    self.pidNamespace = pidNamespace
  }

  /// What this machine says of a process of this pid namespace.
  enum Lookup: Equatable {
    case running(start: Int)
    case gone
    /// There is one, but when it began isn't told (a /proc that hides what others run).
    case unknown

    init(pid: Int) {
      // The program's name stands in parentheses and may hold spaces; the fields after it are counted from 3.
      let stat = ProcessIdentity.read("/proc/\(pid)/stat") ?? ""
      let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
      if fields.count > 20, let start = Int(fields[20]) {
        // A zombie (Z) has ended; only its parent hasn't asked yet how.
        self = fields[1] == "Z" || fields[1] == "X" ? .gone : .running(start: start)
      } else {
        let isThere = Int32(exactly: pid).map { kill($0, 0) == 0 || errno == EPERM } ?? false
        self = isThere ? .unknown : .gone
      }
    }
  }

  private static func read(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(file, &buffer, buffer.count)
    guard count > 0 else { return nil }
    return String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").first.map(String.init)
  }
}
