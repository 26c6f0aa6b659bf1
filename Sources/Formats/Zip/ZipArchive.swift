internal import Tensors

/// The directory of a zip archive of stored (uncompressed) entries, as torch.save writes it.
///
/// The central directory is authoritative; every local header must agree with it.  Invariants of `entries`, checked at init:
/// 1. each name is unique, not empty, UTF-8 and without NUL;
/// 2. each entry, local header included, lies before the directory, and no two overlap;
/// 3. none is compressed or encrypted.
/// Source: APPNOTE.TXT 6.3.10 (PKWARE).
struct ZipArchive {
  struct Entry: Equatable {
    let name: String
    /// Where its local header starts, where its bytes start, and how many they are.
    let headerOffset: Int
    let offset: Int
    let count: Int
    let checksum: UInt32
  }

  let input: InputFile
  let entries: [Entry]
  /// Off in an archive without checksums, and in the fuzzer, whose mutations would end at the first checksum otherwise.
  let verifiesChecksums: Bool
  private let positions: [Name: Int]

  subscript(name: String) -> Entry? { positions[Name(name)].map { entries[$0] } }

  init(_ input: InputFile, limits: FormatLimits = FormatLimits(), verifyingChecksums: Bool = true) throws(FormatError) {
    let directory = try ZipDirectory(input, limits: limits)
    let records = try directory.records()
    var entries: [Entry] = []
    var positions: [Name: Int] = [:]
    entries.reserveCapacity(records.count)
    positions.reserveCapacity(records.count)
    for record in records {
      guard positions.updateValue(entries.count, forKey: Name(record.name)) == nil else {
        throw FormatError(file: input.name, offset: record.place, reason: .zip(.duplicateName(record.name)))
      }
      entries.append(try Self.verified(record, in: input, end: directory.offset))
    }
    try Self.checkOverlap(entries, in: input)
    self.input = input
    self.entries = entries
    self.positions = positions
    // torch.serialization.set_crc32_options(False) writes 0 for every entry.  One that isn't 0 shows that the archive has checksums.
    verifiesChecksums = verifyingChecksums && entries.contains { $0.checksum != 0 }
  }

  /// All bytes of a small entry, checksum verified.
  func contents(of entry: Entry, limit: Int) throws(FormatError) -> [UInt8] {
    guard entry.count <= limit else {
      throw FormatError(
        file: input.name, offset: entry.headerOffset, reason: .zip(.entryTooLong(entry.name, bytes: entry.count, limit: limit)))
    }
    let bytes = try input.bytes(at: entry.offset, count: entry.count)
    try verify(CRC32.checksum(bytes), of: entry)
    return bytes
  }

  /// Compares a computed checksum with the directory's.
  func verify(_ computed: UInt32, of entry: Entry) throws(FormatError) {
    guard computed == entry.checksum || !verifiesChecksums else {
      throw FormatError(
        file: input.name, offset: entry.offset,
        reason: .zip(.checksum(entry.name, declared: entry.checksum, computed: computed)))
    }
  }

  /// Reads the local header at the place that the directory names, and holds it against the directory's record.
  private static func verified(_ record: ZipDirectory.Record, in input: InputFile, end: Int) throws(FormatError) -> Entry {
    func problem(_ problem: ZipProblem) -> FormatError {
      FormatError(file: input.name, offset: record.headerOffset, reason: .zip(problem))
    }
    let start = record.headerOffset
    guard start <= end - 30 else { throw problem(.outOfBounds(record.name)) }
    let fixed = try input.bytes(at: start, count: 30)
    guard fixed.uint32(at: 0) == 0x0403_4b50, fixed.uint16(at: 6) == record.flags, fixed.uint16(at: 8) == record.method else {
      throw problem(.localHeader(record.name))
    }
    let nameCount = fixed.uint16(at: 26)
    let extraCount = fixed.uint16(at: 28)
    let offset = start + 30 + nameCount + extraCount
    guard offset <= end, record.count <= end - offset else { throw problem(.outOfBounds(record.name)) }
    guard try input.bytes(at: start + 30, count: nameCount) == Array(record.name.utf8) else { throw problem(.localHeader(record.name)) }
    // With bit 3 the checksum and the sizes follow the data, and stand here as 0 or as what they are.
    let isDeferred = record.flags & 8 != 0
    let checksum = fixed.uint32(at: 14)
    guard checksum == record.checksum || isDeferred && checksum == 0 else { throw problem(.localHeader(record.name)) }
    for place in [18, 22] {
      let size = fixed.uint32(at: place)
      if size == 0xffff_ffff {
        let extra = try input.bytes(at: start + 30 + nameCount, count: extraCount)
        let wide = ZipDirectory.extraField(1, in: extra)
        guard let wide, wide.count >= 16, Array(wide).uint64(at: place == 18 ? 8 : 0) == UInt64(record.count) || isDeferred else {
          throw problem(.localHeader(record.name))
        }
      } else {
        guard UInt64(size) == UInt64(record.count) || isDeferred && size == 0 else { throw problem(.localHeader(record.name)) }
      }
    }
    return Entry(name: record.name, headerOffset: start, offset: offset, count: record.count, checksum: record.checksum)
  }

  private static func checkOverlap(_ entries: [Entry], in input: InputFile) throws(FormatError) {
    let sorted = entries.sorted { $0.headerOffset < $1.headerOffset }
    for (first, second) in zip(sorted, sorted.dropFirst()) where first.offset + first.count > second.headerOffset {
      throw FormatError(file: input.name, offset: second.headerOffset, reason: .zip(.overlap(first.name, second.name)))
    }
  }
}
