import CSQLite
import Glibc

/// What SQLite's locks stand on.
public enum FileSystem {
  /// The f_type of the file system that a path is on (statfs(2), linux/magic.h); nil where the system doesn't say.
  public static func type(of path: String) -> Int64? {
    let type = csqlite_file_system(path)
    return type < 0 ? nil : type
  }

  /// What stands in a folder, in no order, as far as a look at so many entries shows it; nothing where it can't be read.
  public static func names(inFolder path: String, atMost most: Int) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while names.count < most, let entry = unsafe readdir(folder) {
      names.append(
        unsafe withUnsafePointer(to: &entry.pointee.d_name) {
          unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        })
    }
    return names
  }
}

extension Duration {
  /// Lets this thread sleep so long; a signal may end it early.
  func sleep() {
    let (seconds, attoseconds) = components
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    nanosleep(&time, nil)
  }
}
