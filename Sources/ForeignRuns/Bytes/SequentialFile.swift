internal import Glibc

/// A regular file that is read from its beginning to its end.  It holds one part of the file, and grows with what is asked for at once.
struct SequentialFile: ~Copyable {
  let path: String
  /// Bytes of the file when it was opened: what is appended meanwhile is for the next time.
  let size: Int
  /// What has been read and not been taken: `bytes[start...]`.
  private(set) var bytes: [UInt8] = []
  private(set) var start = 0
  /// Where `bytes` begins in the file.
  private var base = 0
  private let descriptor: Int32

  static let partSize = 1 << 18

  /// Of a file whose path another file names, a link is refused.
  init(_ path: String, following: Bool = true) throws(ForeignError) {
    self.path = path
    (descriptor, size) = try Self.open(path, following ? 0 : O_NOFOLLOW)
  }

  deinit { close(descriptor) }

  private static func open(_ path: String, _ flag: Int32) throws(ForeignError) -> (descriptor: Int32, size: Int) {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flag)
    guard descriptor >= 0 else { throw ForeignError(errno: errno, path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw ForeignError(file: path, .notAFile)
    }
    return (descriptor, Int(status.st_size))
  }

  /// The offset in the file of the next byte to be taken.
  var position: Int { base + start }
  /// Bytes that are left, by the size that the file had.
  var remaining: Int { size - position }
  /// How many bytes are in memory.
  var available: Int { bytes.count - start }

  /// Has at least so many bytes in memory; false where the file has fewer.
  mutating func fill(_ count: Int) throws(ForeignError) -> Bool {
    while available < count {
      guard try readPart(atLeast: count - available) else { return false }
    }
    return true
  }

  /// Reads on; false at the end.
  mutating func readPart(atLeast needed: Int = 1) throws(ForeignError) -> Bool {
    if start > 0 {
      bytes.removeFirst(start)
      base += start
      start = 0
    }
    let wanted = min(max(needed, Self.partSize), size - base - bytes.count)
    guard wanted > 0 else { return false }
    let old = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: wanted))
    var done = 0
    var code: Int32 = 0
    bytes.withUnsafeMutableBytes { buffer in
      while done < wanted {
        let got = unsafe read(descriptor, buffer.baseAddress! + old + done, wanted - done)
        if got > 0 {
          done += got
        } else if got == 0 || errno != EINTR {
          code = got == 0 ? 0 : errno
          break
        }
      }
    }
    bytes.removeLast(wanted - done)
    guard code == 0 else { throw ForeignError(errno: code, path) }
    return done > 0
  }

  /// Goes past so many bytes, which must be in memory.
  mutating func take(_ count: Int) { start += count }
}

extension ForeignError {
  init(errno code: Int32, _ path: String) {
    switch code {
    case ENOENT, ENOTDIR: self.init(file: path, .noSuchFile)
    case EISDIR, ELOOP: self.init(file: path, .notAFile)
    default: self.init(file: path, .unreadable(code: code, message: unsafe String(cString: strerror(code))))
    }
  }
}

/// A whole small file, never through a link.
func wholeFile(_ path: String, limit: Int) throws(ForeignError) -> [UInt8] {
  var file = try SequentialFile(path, following: false)
  guard file.size <= limit else { throw ForeignError(file: path, .message("longer than \(limit) bytes")) }
  _ = try file.fill(file.size)
  return file.bytes
}

/// A whole small file as a text.
func wholeText(_ path: String, limit: Int) throws(ForeignError) -> String {
  guard let text = String(validating: try wholeFile(path, limit: limit), as: UTF8.self) else {
    throw ForeignError(file: path, .message("text that isn't UTF-8"))
  }
  return text
}
