internal import CChecksums

/// The CRC-32 of zip (polynomial 0xEDB88320): by the processor's own instruction where it has one, else sixteen bytes a step by tables.
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
    unsafe update(bytes, folding: Self.canFold)
  }

  /// Tests want the tables' result too, on every machine.
  mutating func update(_ bytes: UnsafeRawBufferPointer, folding: Bool) {
    var rest = unsafe bytes
    let blocks = bytes.count / 64
    if folding, blocks > 0 {
      let folded = unsafe withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) { folded in
        unsafe ccrc32_fold(state, bytes.baseAddress, blocks, folded.baseAddress)
        return unsafe Self.advanced(0, by: UnsafeRawBufferPointer(folded))
      }
      state = folded
      rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[(64 * blocks)...])
    }
    state = unsafe Self.advanced(state, by: rest)
  }

  private static let canFold = ccrc32_is_available()

  /// The state after some bytes, by tables.
  private static func advanced(_ state: UInt32, by bytes: UnsafeRawBufferPointer) -> UInt32 {
    var crc = state
    var offset = 0
    return unsafe tables.withUnsafeBufferPointer { tables in
      while bytes.count - offset >= 16 {
        crc = unsafe step(crc, bytes, offset, tables)
        offset += 16
      }
      while offset < bytes.count {
        crc = unsafe tables[Int((crc ^ UInt32(bytes[offset])) & 0xff)] ^ crc >> 8
        offset += 1
      }
      return crc
    }
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
