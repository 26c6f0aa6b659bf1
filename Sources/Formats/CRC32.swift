/// The CRC-32 of zip (polynomial 0xEDB88320): sixteen bytes a step, and three lanes at once where there are enough bytes,
/// because one lane's table look-ups wait for each other.
///
/// Source: M. Kounavis and F. Berry, "A Systematic Approach to Building High Performance Software-based CRC Generators", 2005.
struct CRC32 {
  private var state: UInt32 = 0xffff_ffff
  /// Bytes of a lane; a multiple of 16.
  private static let lane = 4096

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
      while bytes.count - offset >= 3 * Self.lane {
        var second: UInt32 = 0
        var third: UInt32 = 0
        let end = offset + Self.lane
        while offset < end {
          crc = unsafe Self.step(crc, bytes, offset, tables)
          second = unsafe Self.step(second, bytes, offset &+ Self.lane, tables)
          third = unsafe Self.step(third, bytes, offset &+ 2 &* Self.lane, tables)
          offset &+= 16
        }
        crc = Self.afterLane(Self.afterLane(crc) ^ second) ^ third
        offset += 2 * Self.lane
      }
      while bytes.count - offset >= 16 {
        crc = unsafe Self.step(crc, bytes, offset, tables)
        offset += 16
      }
      while offset < bytes.count {
        crc = unsafe tables[Int((crc ^ UInt32(bytes[offset])) & 0xff)] ^ crc >> 8
        offset += 1
      }
    }
    state = crc
  }

  /// The state after the sixteen bytes at `offset`.
  @inline(__always)
  private static func step(
    _ crc: UInt32, _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ tables: UnsafeBufferPointer<UInt32>
  ) -> UInt32 {
    let low = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) ^ UInt64(crc)
    let high = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self))
    func look(_ table: Int, _ word: UInt64) -> UInt32 { unsafe tables[table << 8 | Int(truncatingIfNeeded: word & 0xff)] }
    let first = (look(15, low) ^ look(14, low &>> 8)) ^ (look(13, low &>> 16) ^ look(12, low &>> 24))
    let second = (look(11, low &>> 32) ^ look(10, low &>> 40)) ^ (look(9, low &>> 48) ^ look(8, low &>> 56))
    let third = (look(7, high) ^ look(6, high &>> 8)) ^ (look(5, high &>> 16) ^ look(4, high &>> 24))
    let fourth = (look(3, high &>> 32) ^ look(2, high &>> 40)) ^ (look(1, high &>> 48) ^ look(0, high &>> 56))
    return (first ^ second) ^ (third ^ fourth)
  }

  /// The state after a lane of zero bytes.  The state is linear in its bits: what lanes give apart can be added.
  private static func afterLane(_ crc: UInt32) -> UInt32 {
    (0..<4).reduce(UInt32(0)) { $0 ^ laneTables[$1 << 8 | Int(crc >> UInt32(8 * $1) & 0xff)] }
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

  /// Four tables of 256: the effect of a lane of zero bytes on each byte of the state.
  private static let laneTables: [UInt32] = {
    var bits = (0..<32).map { UInt32(1) << UInt32($0) }
    for _ in 0..<lane { bits = bits.map { tables[Int($0 & 0xff)] ^ $0 >> 8 } }
    return (0..<4 * 256).map { index in
      (0..<8).reduce(0) { index >> $1 & 1 == 0 ? $0 : $0 ^ bits[(index >> 8) * 8 + $1] }
    }
  }()
}
