/// The central directory of a zip archive as it stands at the end of the file, not yet held against the local headers.
///
/// The archive must fill the file: the end record has no comment and nothing follows it, so that there is one way to read it.
struct ZipDirectory {
  /// One entry as the directory has it.
  struct Record {
    let name: String
    /// Where the record itself stands in the file, for messages.
    let place: Int
    let flags: Int
    let method: Int
    let checksum: UInt32
    let count: Int
    let headerOffset: Int
  }

  /// Where the directory starts.
  let offset: Int
  private let file: String
  private let bytes: [UInt8]
  private let declaredCount: Int

  init(_ input: InputFile, limits: FormatLimits) throws(FormatError) {
    func problem(_ problem: ZipProblem, _ offset: Int? = nil) -> FormatError {
      FormatError(file: input.name, offset: offset, reason: .zip(problem))
    }
    let endOffset = input.count - 22
    guard endOffset >= 0 else { throw problem(.noEndOfDirectory) }
    let end = try input.bytes(at: endOffset, count: 22)
    guard end.uint32(at: 0) == 0x0605_4b50, end.uint16(at: 20) == 0 else { throw problem(.noEndOfDirectory, endOffset) }
    guard end.uint16(at: 4) == 0, end.uint16(at: 6) == 0, end.uint16(at: 8) == end.uint16(at: 10) else {
      throw problem(.severalDisks, endOffset)
    }
    var directoryEnd = endOffset
    var count = UInt64(end.uint16(at: 10))
    var size = UInt64(end.uint32(at: 12))
    var start = UInt64(end.uint32(at: 16))
    let locator = endOffset >= 20 ? try input.bytes(at: endOffset - 20, count: 20) : []
    if !locator.isEmpty, locator.uint32(at: 0) == 0x0706_4b50 {
      guard locator.uint32(at: 4) == 0, locator.uint32(at: 16) == 1 else { throw problem(.severalDisks, endOffset - 20) }
      guard let place = Int(exactly: locator.uint64(at: 8)), place >= 0, place == endOffset - 20 - 56 else {
        throw problem(.badZip64, endOffset - 20)
      }
      let wide = try input.bytes(at: place, count: 56)
      guard wide.uint32(at: 0) == 0x0606_4b50, wide.uint64(at: 4) == 44 else { throw problem(.badZip64, place) }
      guard wide.uint32(at: 16) == 0, wide.uint32(at: 20) == 0, wide.uint64(at: 24) == wide.uint64(at: 32) else {
        throw problem(.severalDisks, place)
      }
      // A field of the short record is either the same or all ones.
      guard count == 0xffff || count == wide.uint64(at: 32), size == 0xffff_ffff || size == wide.uint64(at: 40),
        start == 0xffff_ffff || start == wide.uint64(at: 48)
      else { throw problem(.badZip64, place) }
      count = wide.uint64(at: 32)
      size = wide.uint64(at: 40)
      start = wide.uint64(at: 48)
      directoryEnd = place
    }
    guard size <= UInt64(directoryEnd), start == UInt64(directoryEnd) - size else { throw problem(.directoryMisplaced, endOffset) }
    guard size <= UInt64(limits.directoryBytes) else {
      throw problem(.directoryTooLong(bytes: Int(size), limit: limits.directoryBytes), Int(start))
    }
    // 46 bytes are the least that an entry takes: no later loop runs longer than the file.
    guard count <= size / 46 else {
      throw problem(.entryCount(declared: Int(clamping: count), found: Int(size / 46)), endOffset)
    }
    file = input.name
    offset = Int(start)
    declaredCount = Int(count)
    bytes = try input.bytes(at: offset, count: Int(size))
  }

  func records() throws(FormatError) -> [Record] {
    var records: [Record] = []
    records.reserveCapacity(declaredCount)
    var position = 0
    while position < bytes.count {
      let (record, next) = try record(at: position)
      records.append(record)
      position = next
    }
    guard records.count == declaredCount else {
      throw FormatError(file: file, offset: offset, reason: .zip(.entryCount(declared: declaredCount, found: records.count)))
    }
    return records
  }

  private func record(at position: Int) throws(FormatError) -> (record: Record, next: Int) {
    func problem(_ problem: ZipProblem) -> FormatError { FormatError(file: file, offset: offset + position, reason: .zip(problem)) }
    guard bytes.count - position >= 46, bytes.uint32(at: position) == 0x0201_4b50 else { throw problem(.badDirectoryEntry) }
    let nameEnd = position + 46 + bytes.uint16(at: position + 28)
    let extraEnd = nameEnd + bytes.uint16(at: position + 30)
    let next = extraEnd + bytes.uint16(at: position + 32)
    guard next <= bytes.count else { throw problem(.badDirectoryEntry) }
    guard let name = String(validating: bytes[position + 46..<nameEnd], as: UTF8.self), !name.isEmpty, !name.utf8.contains(0) else {
      throw problem(.badName)
    }
    let flags = bytes.uint16(at: position + 8)
    let method = bytes.uint16(at: position + 10)
    // Bit 0 is encryption, 6 strong encryption, 13 a masked directory, 5 patch data.
    guard flags & 0x2061 == 0 else { throw problem(.encrypted(name)) }
    guard method == 0 else { throw problem(.compressed(name, method: method)) }
    guard bytes.uint16(at: position + 34) == 0 else { throw problem(.severalDisks) }

    // The zip64 field holds, in this order, those of the three that are all ones.
    var wide = Self.extraField(1, in: bytes[nameEnd..<extraEnd]).map { Array($0) } ?? []
    func widened(_ short: UInt32) -> Int? {
      guard short == 0xffff_ffff else { return Int(short) }
      guard wide.count >= 8 else { return nil }
      let value = wide.uint64(at: 0)
      wide.removeFirst(8)
      return Int(exactly: value)
    }
    guard let count = widened(bytes.uint32(at: position + 24)), let stored = widened(bytes.uint32(at: position + 20)),
      let headerOffset = widened(bytes.uint32(at: position + 42)), count == stored
    else { throw problem(.badDirectoryEntry) }
    let record = Record(
      name: name, place: offset + position, flags: flags, method: method, checksum: bytes.uint32(at: position + 16), count: count,
      headerOffset: headerOffset)
    return (record, next)
  }

  /// The extra field of this id; nil when there is none.
  static func extraField(_ id: Int, in extra: some RandomAccessCollection<UInt8>) -> ArraySlice<UInt8>? {
    let extra = Array(extra)
    var position = 0
    while extra.count - position >= 4 {
      let end = position + 4 + extra.uint16(at: position + 2)
      guard end <= extra.count else { return nil }
      if extra.uint16(at: position) == id { return extra[position + 4..<end] }
      position = end
    }
    return nil
  }
}
