/// Changes to the bytes of elements that need not know what the elements are.
extension Array<UInt8> {
  /// Reverses each run of `size` bytes: big-endian numbers become little-endian ones.
  mutating func reverseParts(of size: Int) {
    guard size > 1 else { return }
    for start in stride(from: 0, to: count - size + 1, by: size) {
      for index in 0..<size / 2 { swapAt(start + index, start + size - 1 - index) }
    }
  }

  /// Negates little-endian floating-point parts: each, or every second one.
  mutating func flipSigns(partSize: Int, every step: Int, from first: Int) {
    for index in stride(from: (first + 1) * partSize - 1, to: count, by: step * partSize) { self[index] ^= 0x80 }
  }
}
