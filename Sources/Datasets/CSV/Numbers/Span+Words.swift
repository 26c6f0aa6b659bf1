extension Span<UInt8> {
  /// The eight bytes from `index` on as one word, the first in the lowest place.  They have to be there.
  @inline(__always)
  func eightBytes(at index: Int) -> UInt64 {
    precondition(index >= 0 && index <= count - 8)
    return UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
  }
}
