/// Writes a zip archive of stored entries: no clock, no user, the same bytes each time.
///
/// The data of each entry start at a multiple of 64 bytes, as torch writes them, by an extra field `FB` of padding.
/// Sizes and offsets of 4 GiB and more are written as zip64.
package struct ZipWriter {
  static let alignment = 64

  private(set) var position = 0
  private var directory: [UInt8] = []
  private var count = 0
  /// The least number that does not fit the 32-bit fields; smaller in tests.
  private let wideFrom: Int

  package init(wideFrom: Int = 0xffff_ffff) { self.wideFrom = wideFrom }

  mutating func add<Sink: ByteSink & ~Copyable>(_ name: String, _ bytes: [UInt8], to sink: inout Sink) throws(FormatError) {
    try begin(name, checksum: CRC32.checksum(bytes), size: bytes.count, to: &sink)
    try sink.write(bytes)
  }

  /// Begins an entry, whose bytes are to be written next: as many, with that checksum.
  mutating func begin<Sink: ByteSink & ~Copyable>(
    _ name: String, checksum: UInt32, size byteCount: Int, to sink: inout Sink
  ) throws(FormatError) {
    let nameBytes = Array(name.utf8)
    let isWide = byteCount >= wideFrom
    let size = isWide ? 0xffff_ffff : UInt32(byteCount)

    var header: [UInt8] = []
    header.append(littleEndian: 0x0403_4b50 as UInt32)
    header.appendVersion(isWide: isWide)
    header.append(littleEndian: checksum)
    header.append(littleEndian: size)
    header.append(littleEndian: size)
    header.append(littleEndian: UInt16(nameBytes.count))
    var extra: [UInt8] = []
    if isWide {
      extra.append(littleEndian: 0x0010_0001 as UInt32)
      extra.append(littleEndian: UInt64(byteCount))
      extra.append(littleEndian: UInt64(byteCount))
    }
    let unpadded = position + 30 + nameBytes.count + extra.count + 4
    let padding = (Self.alignment - unpadded % Self.alignment) % Self.alignment
    extra += [0x46, 0x42]
    extra.append(littleEndian: UInt16(padding))
    extra += [UInt8](repeating: 0x5a, count: padding)
    header.append(littleEndian: UInt16(extra.count))
    header += nameBytes + extra

    try sink.write(header)
    addToDirectory(nameBytes, checksum: checksum, size: byteCount)
    position += header.count + byteCount
  }

  private mutating func addToDirectory(_ name: [UInt8], checksum: UInt32, size: Int) {
    var extra: [UInt8] = []
    if size >= wideFrom {
      extra.append(littleEndian: UInt64(size))
      extra.append(littleEndian: UInt64(size))
    }
    if position >= wideFrom { extra.append(littleEndian: UInt64(position)) }
    let extraCount = extra.isEmpty ? 0 : extra.count + 4
    directory.append(littleEndian: 0x0201_4b50 as UInt32)
    directory.append(littleEndian: 45 as UInt16)
    directory.appendVersion(isWide: extraCount > 0)
    directory.append(littleEndian: checksum)
    directory.append(littleEndian: size >= wideFrom ? 0xffff_ffff : UInt32(size))
    directory.append(littleEndian: size >= wideFrom ? 0xffff_ffff : UInt32(size))
    directory.append(littleEndian: UInt16(name.count))
    directory.append(littleEndian: UInt16(extraCount))
    // No comment, disk 0, no attributes.
    directory += [UInt8](repeating: 0, count: 10)
    directory.append(littleEndian: position >= wideFrom ? 0xffff_ffff : UInt32(position))
    directory += name
    if extraCount > 0 {
      directory.append(littleEndian: 1 as UInt16)
      directory.append(littleEndian: UInt16(extra.count))
      directory += extra
    }
    count += 1
  }

  /// Writes the directory and the end records.
  mutating func finish<Sink: ByteSink & ~Copyable>(to sink: inout Sink) throws(FormatError) {
    var end: [UInt8] = []
    let isWide = count >= 0xffff || position >= wideFrom || directory.count >= wideFrom
    if isWide {
      end.append(littleEndian: 0x0606_4b50 as UInt32)
      end.append(littleEndian: 44 as UInt64)
      end.append(littleEndian: 45 as UInt16)
      end.append(littleEndian: 45 as UInt16)
      end.append(littleEndian: 0 as UInt64)
      end.append(littleEndian: UInt64(count))
      end.append(littleEndian: UInt64(count))
      end.append(littleEndian: UInt64(directory.count))
      end.append(littleEndian: UInt64(position))
      // The locator.
      end.append(littleEndian: 0x0706_4b50 as UInt32)
      end.append(littleEndian: 0 as UInt32)
      end.append(littleEndian: UInt64(position + directory.count))
      end.append(littleEndian: 1 as UInt32)
    }
    end.append(littleEndian: 0x0605_4b50 as UInt32)
    end.append(littleEndian: 0 as UInt32)
    end.append(littleEndian: isWide ? 0xffff : UInt16(count))
    end.append(littleEndian: isWide ? 0xffff : UInt16(count))
    end.append(littleEndian: isWide ? 0xffff_ffff : UInt32(directory.count))
    end.append(littleEndian: isWide ? 0xffff_ffff : UInt32(position))
    end.append(littleEndian: 0 as UInt16)
    try sink.write(directory)
    try sink.write(end)
    position += directory.count + end.count
  }
}

extension Array<UInt8> {
  /// The version needed, UTF-8 names (bit 11), stored, 1980-01-01 00:00.
  fileprivate mutating func appendVersion(isWide: Bool) {
    append(littleEndian: (isWide ? 45 : 20) as UInt16)
    append(littleEndian: 0x0800 as UInt16)
    append(littleEndian: 0 as UInt16)
    append(littleEndian: 0 as UInt16)
    append(littleEndian: 0x0021 as UInt16)
  }
}
