internal import Glibc

/// Where a writer puts its bytes, in order.
public protocol ByteSink: ~Copyable {
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FormatError)
}

extension ByteSink where Self: ~Copyable {
  public mutating func write(_ bytes: [UInt8]) throws(FormatError) {
    // The closure of `withUnsafeBytes` cannot throw a typed error.
    var failure: FormatError?
    unsafe bytes.withUnsafeBytes { buffer in
      do throws(FormatError) {
        unsafe try write(buffer)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}

/// Bytes that stay in memory.
public struct ByteArraySink: ByteSink {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FormatError) { unsafe self.bytes.append(contentsOf: bytes) }
}

/// An open file descriptor, which stays open.
public struct DescriptorSink: ByteSink {
  private let descriptor: Int32
  private let name: String

  /// The name is for messages.
  public init(_ descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    guard let base = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      let count = unsafe Glibc.write(descriptor, base + done, bytes.count - done)
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        throw FormatError(file: name, reason: .file(.unwritable(code: errno, message: unsafe String(cString: strerror(errno)))))
      }
    }
  }
}
