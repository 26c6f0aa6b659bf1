internal import Glibc

/// A file of the disk that is read as one thing: as many bytes as it had when it was opened.
final class SourceFile {
  let file: String
  let byteCount: Int
  private let descriptor: Int32

  /// Throws for what is no plain file.
  init(_ file: String) throws {
    self.file = file
    descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw StoreError(
        errno == ENOENT ? .noSource : .unreadableSource, "file '\(file)'",
        errno == ENOENT ? StoreError.absence(of: file) : String(cString: strerror(errno)), path: "")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw StoreError(.notAFile, "file '\(file)'", "it is no plain file", path: "")
    }
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  var changed: StoreError { StoreError(.changedFile, "file '\(file)'", "it changed while it was read", path: "") }

  /// Gives all its bytes in order, from the beginning.  Throws where there are fewer or more than there were.
  func read(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    var buffer = [UInt8](repeating: 0, count: min(1 << 20, byteCount + 1))
    var offset = 0
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw StoreError(.unreadableSource, "file '\(file)'", String(cString: strerror(errno)), path: "") }
      guard count > 0 else { break }
      offset += count
      guard offset <= byteCount else { throw changed }
      try unsafe buffer.withUnsafeBytes { try unsafe body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
    guard offset == byteCount else { throw changed }
  }
}

extension StoreError {
  /// Why a file isn't there.  The bytes of a name that isn't UTF-8 are lost before the program sees them.
  static func absence(of file: String) -> String {
    file.unicodeScalars.contains("\u{fffd}") ? "there is no such file, or its name isn't UTF-8: rename it" : "there is no such file"
  }
}
