internal import Crypto

/// A SHA-256 digest, written as 64 lower-case hexadecimal digits.
public struct Digest: Sendable, Hashable, CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  public let hex: String

  /// Takes 64 lower-case hexadecimal digits, as the registry stores them; nil for anything else.
  public init?(hex: String) {
    var hex = hex
    let isDigest = hex.withUTF8 { digits in
      unsafe digits.count == 64 && digits.allSatisfy { $0 &- UInt8(ascii: "0") < 10 || $0 &- UInt8(ascii: "a") < 6 }
    }
    guard isDigest else { return nil }
    self.hex = hex
  }

  fileprivate init(_ digest: SHA256Digest) { self.init(bytes: digest) }

  /// Takes the 32 bytes of a digest.
  init(bytes: some Sequence<UInt8>) {
    func digit(_ half: UInt8) -> UInt8 { half < 10 ? UInt8(ascii: "0") + half : UInt8(ascii: "a") + half - 10 }
    hex = unsafe String(unsafeUninitializedCapacity: 64) { digits in
      var count = 0
      for byte in bytes.prefix(32) {
        unsafe digits[count] = digit(byte >> 4)
        unsafe digits[count + 1] = digit(byte & 15)
        count += 2
      }
      return count
    }
  }

  public var description: String { hex }
}

/// Feeds bytes to SHA-256.  Strings go in as netstrings (`5:hello`), so that no two lists of strings give the same bytes.
public struct DigestBuilder {
  private var hash = SHA256()
  /// What hasn't gone to `hash` yet: a call for each short string would take longer than the hashing.
  private var waiting: [UInt8] = []

  public init() {}

  public mutating func update(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe update($0) }
  }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    if bytes.count < 1024 {
      unsafe waiting.append(contentsOf: bytes)
      if waiting.count < 4096 { return }
      flush()
    } else {
      flush()
      unsafe hash.update(bufferPointer: bytes)
    }
  }

  /// The string's length in UTF-8 bytes, a colon, and the string.
  public mutating func update(netstring string: String) {
    update(utf8: String(string.utf8.count))
    waiting.append(UInt8(ascii: ":"))
    update(utf8: string)
  }

  /// The bytes of a string, without its length.
  mutating func update(utf8 string: String) {
    var string = string
    string.withUTF8 { unsafe update(UnsafeRawBufferPointer($0)) }
  }

  private mutating func flush() {
    if waiting.isEmpty { return }
    unsafe waiting.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
    waiting.removeAll(keepingCapacity: true)
  }

  public func finalize() -> Digest {
    var whole = self
    whole.flush()
    return Digest(whole.hash.finalize())
  }
}

extension Tensor {
  /// SHA-256 of the dtype, the shape and the data: `sha256(b"F32[5,2]" + data)` in Python's words.
  public var digest: Digest {
    unsafe data.withUnsafeBytes { unsafe Tensor.digest(dtype: dtype, shape: shape, data: $0) }
  }

  /// The digest of a tensor whose bytes stand elsewhere (in a database page, say).
  public static func digest(dtype: DType, shape: [Int], data: UnsafeRawBufferPointer) -> Digest {
    var builder = DigestBuilder()
    builder.update(digestText(dtype: dtype, shape: shape))
    unsafe builder.update(data)
    return builder.finalize()
  }

  /// What is hashed before the data: `F32[5,2]`.
  var digestText: [UInt8] { Self.digestText(dtype: dtype, shape: shape) }

  private static func digestText(dtype: DType, shape: [Int]) -> [UInt8] { Array("\(dtype.rawValue)\(shapeJSON(shape))".utf8) }

  /// A shape as the registry writes it: `[5,2]`, and `[]` for a scalar.
  public static func shapeJSON(_ shape: [Int]) -> String {
    "[" + shape.map(String.init).joined(separator: ",") + "]"
  }
}
