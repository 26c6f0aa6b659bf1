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

  public init() {}

  /// The digest of a tensor whose data follow in parts.
  public init(dtype: DType, shape: [Int]) { hash = Tensor.beginning(dtype: dtype, shape: shape) }

  public mutating func update(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe hash.update($0) }
  }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    unsafe hash.update(bytes)
  }

  /// Feeds two messages at once, in the time of the longer one where the processor has instructions for SHA-256.
  public static func update(
    _ first: inout DigestBuilder, _ firstBytes: UnsafeRawBufferPointer, _ second: inout DigestBuilder, _ secondBytes: UnsafeRawBufferPointer
  ) {
    unsafe SHA256.update(&first.hash, firstBytes, &second.hash, secondBytes)
  }

  /// The string's length in UTF-8 bytes, a colon, and the string.
  public mutating func update(netstring string: String) {
    hash.update(String(string.utf8.count).utf8)
    hash.update(CollectionOfOne(UInt8(ascii: ":")))
    hash.update(string.utf8)
  }

  /// The same, of a string whose bytes stand elsewhere.
  public mutating func update(netstring bytes: RawSpan) {
    hash.update(String(bytes.byteCount).utf8)
    hash.update(CollectionOfOne(UInt8(ascii: ":")))
    unsafe bytes.withUnsafeBytes { unsafe hash.update($0) }
  }

  public func finalize() -> Digest { Digest(bytes: hash.finalize()) }
}

extension Tensor {
  /// SHA-256 of the dtype, the shape and the data: `sha256(b"F32[5,2]" + data)` in Python's words.
  public var digest: Digest {
    unsafe data.withUnsafeBytes { unsafe Tensor.digest(dtype: dtype, shape: shape, data: $0) }
  }

  /// The digest of a tensor whose bytes stand elsewhere (in a database page, say).
  public static func digest(dtype: DType, shape: [Int], data: UnsafeRawBufferPointer) -> Digest {
    var hash = beginning(dtype: dtype, shape: shape)
    unsafe hash.update(data)
    return Digest(bytes: hash.finalize())
  }

  /// The digests of two tensors, in the time of the larger one where the processor has instructions for SHA-256.
  package static func digests(_ first: Tensor, _ second: Tensor) -> (Digest, Digest) {
    var a = beginning(dtype: first.dtype, shape: first.shape)
    var b = beginning(dtype: second.dtype, shape: second.shape)
    first.data.withUnsafeBytes { firstData in
      second.data.withUnsafeBytes { secondData in unsafe SHA256.update(&a, firstData, &b, secondData) }
    }
    return (Digest(bytes: a.finalize()), Digest(bytes: b.finalize()))
  }

  /// What is hashed before the data: `F32[5,2]`.
  fileprivate static func beginning(dtype: DType, shape: [Int]) -> SHA256 {
    var hash = SHA256()
    hash.update(dtype.rawValue.utf8)
    hash.update(shapeJSON(shape).utf8)
    return hash
  }

  /// A shape as the registry writes it: `[5,2]`, and `[]` for a scalar.
  public static func shapeJSON(_ shape: [Int]) -> String {
    "[" + shape.map(String.init).joined(separator: ",") + "]"
  }
}
