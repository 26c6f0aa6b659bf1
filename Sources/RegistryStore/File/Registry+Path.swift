internal import Files
internal import Glibc
internal import SQLite
internal import Tensors

// The file of a registry as the system knows it.

extension Registry {
  /// False only for what is there and is neither: a device, a pipe, a socket.
  static func isFileOrFolder(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return true }
    return [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }

  /// SQLite keeps 512 bytes for a path (MAX_PATHNAME in its os_unix.c), and puts "-journal" behind it.
  private static let longestPath = 512 - "-journal".utf8.count

  /// Throws for a file that SQLite can't open: it needs the whole path, from the root and with links followed.
  static func checkLength(ofPath path: String) throws(StoreError) {
    let bytes = wholePath(path).utf8.count
    guard bytes <= longestPath else { throw .longPath(path: path, bytes: bytes, limit: longestPath) }
  }

  /// A path from the root with links followed, as SQLite has it; the path itself where its folder isn't there.
  static func wholePath(_ path: String) -> String {
    func whole(_ path: String) -> String? {
      guard let found = realpath(path, nil) else { return nil }
      defer { free(found) }
      return String(cString: found)
    }
    return whole(path) ?? whole(path.pathFolder).map { $0 == "/" ? "/\(path.pathName)" : "\($0)/\(path.pathName)" } ?? path
  }

  /// Whether a path leads to a file that SQLite could open: it begins as each of its databases does.
  public static func isDatabase(_ path: String) -> Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return false }
    defer { close(file) }
    var start = [UInt8](repeating: 0, count: 16)
    return pread(file, &start, 16, 0) == 16 && start.elementsEqual("SQLite format 3\0".utf8)
  }

  /// The names of the databases in a folder (empty: the current one), sorted, as far as a look at a thousand entries shows them.
  public static func databases(inFolder folder: String) -> [String] {
    FileSystem.names(inFolder: folder.isEmpty ? "." : folder, atMost: 1000)
      .filter { $0.first != "." && $0.hasSuffix(".db") && isDatabase(folder + $0) }.sortedByBytes()
  }

  static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// Whether two paths lead to one file.
  static func isSameFile(_ first: String, _ second: String) -> Bool {
    var (a, b) = (stat(), stat())
    return stat(first, &a) == 0 && stat(second, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino
  }
}
