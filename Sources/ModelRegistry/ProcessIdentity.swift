#if canImport(Glibc)
internal import Glibc
#endif

/// Which process writes a run: enough to tell later whether it still lives.
struct ProcessIdentity {
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
    // The program's name stands in parentheses and may hold spaces; the fields after it are counted from 3.
    let stat = Self.read("/proc/self/stat") ?? ""
    let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
    start = fields.count > 20 ? Int(fields[20]) : nil
    bootID = Self.read("/proc/sys/kernel/random/boot_id")
    var link = [CChar](repeating: 0, count: 64)
    let length = readlink("/proc/self/ns/pid", &link, link.count)
    pidNamespace = Int(
      String(decoding: link.prefix(max(0, length)).map(UInt8.init(bitPattern:)).filter { (48...57).contains($0) }, as: UTF8.self))
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

extension ProcessIdentity {
  /// The login name that the environment tells of, else the number.
  var userName: String {
    for name in ["LOGNAME", "USER"] { if let value = getenv(name), value.pointee != 0 { return String(cString: value) } }
    return "uid \(getuid())"
  }
}
