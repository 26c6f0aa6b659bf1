/// The records of an event file: a length and its checksum, the bytes and theirs (TFRecord).
///
/// A file that a killed writer left ends in the middle of a record.  What is there up to then is given, and so it is up to the first record
/// whose checksum doesn't match: there is no mark from which one could go on.
struct RecordReader: ~Copyable {
  private var file: SequentialFile
  /// Why there is no further record, and where it would have begun; nil at a clean end.
  private(set) var ending: (place: Int, problem: RecordProblem)?
  /// Records that were too large to be looked at.
  private(set) var tooLarge = 0

  /// A record of scalars has a few hundred bytes; larger ones hold pictures, graphs and checkpoints.
  static let largest = 64 << 20
  private static let headerSize = 12
  private static let checksumSize = 4

  init(_ path: String) throws(ForeignError) { file = try SequentialFile(path) }

  var path: String { file.path }

  /// The next record; nil after the last.
  mutating func next() throws(ForeignError) -> ArraySlice<UInt8>? {
    while ending == nil, file.remaining > 0 {
      let place = file.position
      guard try file.fill(Self.headerSize) else { return end(place, .cut) }
      let start = file.start
      let header = file.bytes[start..<start + Self.headerSize]
      guard littleEndian(header.suffix(4)) == UInt64(MaskedCRC.of(header.prefix(8))) else { return end(place, .lengthChecksum) }
      let length = littleEndian(header.prefix(8))
      file.take(Self.headerSize)
      guard file.remaining >= Self.checksumSize, length <= UInt64(file.remaining - Self.checksumSize) else { return end(place, .cut) }
      guard length <= UInt64(Self.largest) else {
        try skip(Int(length) + Self.checksumSize)
        tooLarge += 1
        continue
      }
      let count = Int(length)
      guard try file.fill(count + Self.checksumSize) else { return end(place, .cut) }
      let data = file.bytes[file.start..<file.start + count]
      let checksum = littleEndian(file.bytes[data.endIndex..<data.endIndex + Self.checksumSize])
      guard checksum == UInt64(MaskedCRC.of(data)) else { return end(place, .dataChecksum) }
      file.take(count + Self.checksumSize)
      return data
    }
    return nil
  }

  private mutating func skip(_ count: Int) throws(ForeignError) {
    var left = count
    while left > 0 {
      guard try file.fill(1) else { return }
      let part = min(left, file.available)
      file.take(part)
      left -= part
    }
  }

  private mutating func end(_ place: Int, _ problem: RecordProblem) -> ArraySlice<UInt8>? {
    ending = (place, problem)
    return nil
  }

  private func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
}
