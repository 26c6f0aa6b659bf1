internal import Glibc

/// A file of the disk that is read as one thing: as many bytes as it had when it was opened.
final class SourceFile {
  let file: String
  let byteCount: Int
  private let descriptor: Int32
  private let registry: String

  /// `registry` is the path of the registry, for errors.  Throws for what is no plain file.
  init(_ file: String, registry: String) throws {
    self.file = file
    self.registry = registry
    descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw StoreError(errno == ENOENT ? .notFound : .refused, "file '\(file)'", String(cString: strerror(errno)), path: registry)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw StoreError(.illegalValue, "file '\(file)'", "it is no plain file", path: registry)
    }
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  var changed: StoreError { StoreError(.changed, "file '\(file)'", "it changed while it was read", path: registry) }

  /// Gives all its bytes in order, from the beginning.  Throws where there are fewer or more than there were.
  func read(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    var buffer = [UInt8](repeating: 0, count: min(1 << 20, byteCount + 1))
    var offset = 0
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw StoreError(.refused, "file '\(file)'", String(cString: strerror(errno)), path: registry) }
      guard count > 0 else { break }
      offset += count
      guard offset <= byteCount else { throw changed }
      try unsafe buffer.withUnsafeBytes { try unsafe body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
    guard offset == byteCount else { throw changed }
  }
}
