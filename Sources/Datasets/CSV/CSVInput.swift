internal import Files
internal import Glibc

/// Where CSV text comes from.
public enum CSVInput: Sendable, Hashable {
  case path(String)
  /// An open file descriptor, which stays open; the name is for messages and for the dataset's source.
  case descriptor(Int32, name: String)

  /// The standard input, named `-`.
  public static let standardInput = CSVInput.descriptor(STDIN_FILENO, name: "-")

  /// The path, or the descriptor's name.
  public var name: String {
    switch self {
    case .path(let path): path
    case .descriptor(_, let name): name
    }
  }

  /// The name without its folders.
  public var fileName: String { name.pathParts.last { !$0.isEmpty } ?? name }
}

/// Reads bytes from a file descriptor, and closes it if it opened it.
struct ByteSource: ~Copyable {
  let name: String
  private let descriptor: Int32
  private let isOwned: Bool

  init(_ input: CSVInput) throws(CSVError) {
    name = input.name
    switch input {
    case .path(let path):
      descriptor = open(path, O_RDONLY | O_CLOEXEC)
      isOwned = true
      guard descriptor >= 0 else { throw Self.error(errno, name) }
    case .descriptor(let number, _):
      descriptor = number
      isOwned = false
    }
  }

  deinit { if isOwned, descriptor >= 0 { close(descriptor) } }

  /// Fills a part of the buffer from `offset` on; gives the number of bytes, 0 at the end.
  mutating func read(into buffer: inout [UInt8], at offset: Int) throws(CSVError) -> Int {
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe Glibc.read(descriptor, bytes.baseAddress.map { unsafe $0 + offset }, bytes.count - offset)
      }
      if count >= 0 { return count }
      if errno != EINTR { throw Self.error(errno, name) }
    }
  }

  private static func error(_ code: Int32, _ name: String) -> CSVError {
    switch code {
    case ENOENT, ENOTDIR: CSVError(file: name, reason: .noSuchFile)
    case EISDIR: CSVError(file: name, reason: .isDirectory)
    default: CSVError(file: name, reason: .unreadable(code: code, message: unsafe String(cString: strerror(code))))
    }
  }
}
