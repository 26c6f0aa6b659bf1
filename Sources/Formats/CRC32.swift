/// The CRC-32 of zip (polynomial 0xEDB88320), sixteen bytes a step.
///
/// Source: M. Kounavis and F. Berry, "A Systematic Approach to Building High Performance Software-based CRC Generators", 2005.
struct CRC32 {
  private var state: UInt32 = 0xffff_ffff

  /// The checksum of the bytes so far.
  var value: UInt32 { ~state }

  /// The checksum of an array.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var crc = CRC32()
    unsafe bytes.withUnsafeBytes { unsafe crc.update($0) }
    return crc.value
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var crc = state
    var offset = 0
    unsafe Self.tables.withUnsafeBufferPointer { tables in
      func look(_ table: Int, _ byte: UInt32) -> UInt32 { unsafe tables[table << 8 | Int(byte & 0xff)] }
      while bytes.count - offset >= 16 {
        let a = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) ^ crc
        let b = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
        let c = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self))
        let d = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
        let first = look(15, a) ^ look(14, a >> 8) ^ look(13, a >> 16) ^ look(12, a >> 24)
        let second = look(11, b) ^ look(10, b >> 8) ^ look(9, b >> 16) ^ look(8, b >> 24)
        let third = look(7, c) ^ look(6, c >> 8) ^ look(5, c >> 16) ^ look(4, c >> 24)
        let fourth = look(3, d) ^ look(2, d >> 8) ^ look(1, d >> 16) ^ look(0, d >> 24)
        crc = first ^ second ^ third ^ fourth
        offset += 16
      }
      while offset < bytes.count {
        crc = unsafe look(0, crc ^ UInt32(bytes[offset])) ^ crc >> 8
        offset += 1
      }
    }
    state = crc
  }

  /// Sixteen tables of 256: table k is the effect of a byte that k more bytes follow.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 16 * 256)
    for index in 0..<256 {
      var crc = UInt32(index)
      for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xedb8_8320 }
      tables[index] = crc
    }
    for index in 256..<tables.count {
      let before = tables[index - 256]
      tables[index] = tables[Int(before & 0xff)] ^ before >> 8
    }
    return tables
  }()
}
