import Testing

@testable import Formats

@Suite struct CRC32Tests {
  /// The definition, bit by bit.
  private func reference(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xedb8_8320 }
    }
    return ~crc
  }

  @Test("the checksum of the nine digits is the one that every description of CRC-32 gives")
  func nineDigits() {
    #expect(CRC32.checksum(Array("123456789".utf8)) == 0xcbf4_3926)
    #expect(CRC32.checksum([]) == 0)
  }

  @Test("bytes of every length, in one piece or in two, by the instruction or by tables, have the checksum of the definition")
  func lengths() {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<700).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    for count in 0...bytes.count {
      let start = Int.random(in: 0...(bytes.count - count))
      let middle = start + Int.random(in: 0...count)
      let end = start + count
      let values = bytes.withUnsafeBytes { bytes in
        var (whole, tables, parts) = (CRC32(), CRC32(), CRC32())
        whole.update(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        tables.update(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), folding: false)
        parts.update(UnsafeRawBufferPointer(rebasing: bytes[start..<middle]))
        parts.update(UnsafeRawBufferPointer(rebasing: bytes[middle..<end]))
        return [whole.value, tables.value, parts.value]
      }
      #expect(values == Array(repeating: reference(bytes[start..<end]), count: 3), "\(Array(bytes[start..<end]))")
    }
  }
}
