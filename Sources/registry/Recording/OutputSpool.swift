#if canImport(Glibc)
import Glibc
#endif

/// All output of a command in a file without a name: of any size, and gone with the process, however that ends.
final class OutputSpool: Sendable {
  private let file: Int32

  /// In `$TMPDIR`, else in /tmp.
  init() throws {
    let folder = getenv("TMPDIR").flatMap { $0.pointee == 0 ? nil : String(cString: $0) } ?? "/tmp"
    var path = Array("\(folder)/registry-run.XXXXXX".utf8CString)
    file = mkstemp(&path)
    guard file >= 0 else { throw SystemError(call: folder, code: errno) }
    unlink(path)
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
  }

  deinit { close(file) }

  /// Appends bytes; false when the disk takes no more.
  func append(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes
      while !rest.isEmpty {
        let count = write(file, rest.baseAddress, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          return false
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
      return true
    }
  }

  var byteCount: Int {
    var status = stat()
    return fstat(file, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Where it can be read, by this process alone.
  var path: String { "/proc/self/fd/\(file)" }
}
