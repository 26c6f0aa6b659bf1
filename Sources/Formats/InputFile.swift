internal import Glibc

/// A file open for reading at any place, or bytes that stand in memory.
///
/// `pread` rather than a mapping: each byte is copied once, straight to where it stays, only the pages in use count as
/// this process's memory, and a file that another program shortens meanwhile is an error instead of a SIGBUS.
public final class InputFile: Sendable {
  /// The path, or the name given to bytes in memory.
  public let name: String
  /// How many bytes there are.
  public let count: Int
  private let storage: Storage

  private enum Storage {
    case descriptor(Int32, Stamp)
    case memory([UInt8])
  }

  /// What changes when somebody writes to a file.
  private struct Stamp: Equatable {
    let size: Int
    let modified: [Int]

    init(_ status: stat) {
      size = Int(status.st_size)
      modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
    }
  }

  /// Opens a regular file.
  public init(path: String) throws(FormatError) {
    name = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.error(errno, path) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw Self.error(code, path)
    }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG else {
      close(descriptor)
      throw FormatError(file: path, reason: .file(kind == S_IFDIR ? .isDirectory : .notRegular))
    }
    count = Int(status.st_size)
    storage = .descriptor(descriptor, Stamp(status))
  }

  /// Bytes in memory under a name for messages.
  public init(bytes: [UInt8], name: String) {
    self.name = name
    count = bytes.count
    storage = .memory(bytes)
  }

  deinit { if case .descriptor(let descriptor, _) = storage { close(descriptor) } }

  /// A copy of a part of the file.  The caller has checked that the file has it.
  func bytes(at offset: Int, count: Int) throws(FormatError) -> [UInt8] {
    var failure: FormatError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(FormatError) {
        unsafe try read(into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]), at: offset)
        initialized = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// How much of a large tensor is in memory: whole elements of every type.
  static let partSize = 4 << 20

  /// A part of the file, as copies of at most `partSize`.
  func parts(of range: Range<Int>, _ body: ([UInt8]) throws -> Void) throws {
    for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.partSize) {
      try body(try bytes(at: start, count: min(Self.partSize, range.upperBound - start)))
    }
  }

  /// Fills the buffer from `offset` on.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FormatError) {
    guard offset >= 0, buffer.count <= count - offset else { throw FormatError(file: name, reason: .file(.shrank)) }
    guard let base = buffer.baseAddress, buffer.count > 0 else { return }
    switch storage {
    case .memory(let bytes):
      unsafe bytes.withUnsafeBytes { unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + buffer.count])) }
    case .descriptor(let descriptor, _):
      var done = 0
      while done < buffer.count {
        let got = unsafe pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
        if got > 0 {
          done += got
        } else if got == 0 {
          throw FormatError(file: name, reason: .file(.shrank))
        } else if errno != EINTR {
          throw Self.error(errno, name)
        }
      }
    }
  }

  /// Throws when the file was written to since it was opened: what was read of it may be half of one state and half of another.
  public func checkUnchanged() throws(FormatError) {
    guard case .descriptor(let descriptor, let stamp) = storage else { return }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw Self.error(errno, name) }
    guard Stamp(status) == stamp else { throw FormatError(file: name, reason: .file(.changed)) }
  }

  private static func error(_ code: Int32, _ name: String) -> FormatError {
    switch code {
    case ENOENT, ENOTDIR: FormatError(file: name, reason: .file(.noSuchFile))
    case EISDIR: FormatError(file: name, reason: .file(.isDirectory))
    default: FormatError(file: name, reason: .file(.unreadable(code: code, message: unsafe String(cString: strerror(code)))))
    }
  }
}
