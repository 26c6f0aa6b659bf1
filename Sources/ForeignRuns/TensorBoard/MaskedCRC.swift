/// The checksum of event files: CRC-32C (Castagnoli), rotated and shifted by a constant, so that a checksum of checksums isn't all zero.
///
/// Source: the TFRecord format, tensorflow.org/tutorials/load_data/tfrecord.
enum MaskedCRC {
  static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    let crc = crc32c(bytes)
    return (crc >> 15 | crc << 17) &+ 0xa282_ead8
  }

  /// CRC-32C, eight bytes at a time.
  static func crc32c(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBytes { bytes in
      tables.withUnsafeBufferPointer { table in
        var crc = ~UInt32(0)
        var position = 0
        while bytes.count - position >= 8 {
          let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)) ^ UInt64(crc)
          crc = 0
          for index in 0..<8 {
            unsafe crc ^= table[(7 - index) << 8 | Int(word >> (8 * UInt64(index)) & 0xff)]
          }
          position += 8
        }
        while position < bytes.count {
          unsafe crc = table[Int((crc ^ UInt32(bytes[position])) & 0xff)] ^ crc >> 8
          position += 1
        }
        return ~crc
      }
    }
  }

  /// Eight tables of 256: the k-th for a byte that has k bytes behind it.
  private static let tables: [UInt32] = {
    var table = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
      table[byte] = crc
    }
    for index in 256..<table.count { table[index] = table[index - 256] >> 8 ^ table[Int(table[index - 256] & 0xff)] }
    return table
  }()
}
