import Files
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

// Invariants:
// 1. Until the run is stored the file has no name: where there is no run, nothing is left over.
// 2. From then on it stands beside the registry, under the run's UUID, and is locked as long as this process lives: what a killed one left is
//    told from what another still writes, and `LeftOutput` stores it.
// 3. Its name goes only once the registry has the bytes.

/// All output of a command in a file, of any size.
final class OutputSpool: Sendable {
  private let file: Int32
  /// Its name, once it has one; also held while something is written.
  private let name = Mutex<String?>(nil)

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

  /// Where the output of a run is kept while it goes on.
  static func path(besides registry: String, uuid: String) -> String { "\(prefix(besides: registry))\(uuid).log" }

  /// What the names of all of them begin with.
  static func prefix(besides registry: String) -> String {
    // Whoever names the registry by a link finds them all the same.
    let resolved = realpath(registry, nil)
    defer { free(resolved) }
    return "\(resolved.map { String(cString: $0) } ?? registry)-run-"
  }

  /// Moves to the disk of the registry, so that a kill of this process loses nothing.  Where that can't be, it stays where it is.
  func keep(besides registry: String, uuid: String) {
    name.withLock { name in
      let path = Self.path(besides: registry, uuid: uuid)
      let target = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard target >= 0 else { return }
      defer { close(target) }
      guard flock(target, LOCK_EX | LOCK_NB) == 0, copy(to: target), dup2(target, file) == file else {
        unlink(path)
        return
      }
      _ = fcntl(file, F_SETFD, FD_CLOEXEC)
      name = path
    }
  }

  /// What has come so far: it is little, as the run has just begun.
  private func copy(to target: Int32) -> Bool {
    var (offset, buffer) = (0, [UInt8](repeating: 0, count: 1 << 16))
    while true {
      let count = pread(file, &buffer, buffer.count, off_t(offset))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 }
      guard Self.write(buffer[..<count], to: target) else { return false }
      offset += count
    }
  }

  /// Appends bytes; false when the disk takes no more.
  func append(_ bytes: ArraySlice<UInt8>) -> Bool { name.withLock { _ in Self.write(bytes, to: file) } }

  private static func write(_ bytes: ArraySlice<UInt8>, to file: Int32) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes
      while !rest.isEmpty {
        let count = Glibc.write(file, rest.baseAddress, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          return false
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
      return true
    }
  }

  /// The registry has all of it.
  func discard() {
    name.withLock { name in
      if let name { unlink(name) }
      name = nil
    }
  }

  var byteCount: Int {
    var status = stat()
    return fstat(file, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Where it can be read, by this process alone.
  var path: String { "/proc/self/fd/\(file)" }
}
