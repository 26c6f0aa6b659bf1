import Foundation
import TestSupport
import Testing

@testable import ForeignRuns

@Suite struct RecordTests {
  @Test func aChecksumIsTheStandardsExample() {
    // RFC 3720, B.4, and the check value of CRC-32C.
    #expect(MaskedCRC.crc32c(Array("123456789".utf8)[...]) == 0xe306_9283)
    #expect(MaskedCRC.crc32c([UInt8](repeating: 0, count: 32)[...]) == 0x8a91_36aa)
    #expect(MaskedCRC.crc32c([UInt8](repeating: 0xff, count: 32)[...]) == 0x62a8_ab43)
    #expect(MaskedCRC.crc32c(Array(0..<32)[...]) == 0x46dd_794e)
    #expect(MaskedCRC.crc32c([]) == 0)
  }

  private let records: [[UInt8]] = [Array("first".utf8), [], Array("the third".utf8)]

  private func read(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> (records: [[UInt8]], ending: RecordProblem?, place: Int?) {
    var reader = try RecordReader(try folder.write("events", bytes: bytes))
    var found: [[UInt8]] = []
    while let record = try reader.next() { found.append(Array(record)) }
    return (found, reader.ending?.problem, reader.ending?.place)
  }

  @Test func everyCutGivesTheWholeRecordsBeforeIt() throws {
    let folder = try TemporaryFolder()
    let bytes = records.flatMap(Wire.record)
    let ends = records.indices.map { records[...$0].flatMap(Wire.record).count }
    for length in 0...bytes.count {
      let (found, ending, place) = try read(Array(bytes[..<length]), in: folder)
      let whole = ends.count { $0 <= length }
      #expect(found == Array(records[..<whole]), "cut at \(length)")
      let isClean = length == 0 || ends.contains(length)
      #expect(ending == (isClean ? nil : .cut), "cut at \(length)")
      #expect(place == (isClean ? nil : whole == 0 ? 0 : ends[whole - 1]), "cut at \(length)")
    }
  }

  @Test func everyFlippedBitIsFoundAndWhatStandsBeforeItIsGiven() throws {
    let folder = try TemporaryFolder()
    let bytes = records.flatMap(Wire.record)
    for index in bytes.indices {
      for bit in [0, 7] {
        var flipped = bytes
        flipped[index] ^= 1 << bit
        let (found, ending, _) = try read(flipped, in: folder)
        #expect(ending != nil && found.count < records.count, "byte \(index)")
        #expect(Array(records.prefix(found.count)) == found, "byte \(index)")
      }
    }
  }

  @Test(arguments: [UInt64.max, 1 << 63, UInt64(Int64.max), UInt64(Int.max) - 3, 1 << 40])
  func aLengthBeyondTheFileIsACut(length: UInt64) throws {
    let folder = try TemporaryFolder()
    let header = Wire.little(length)
    let (found, ending, _) = try read(header + Wire.little(MaskedCRC.of(header[...])) + [1, 2, 3, 4, 5], in: folder)
    #expect(found.isEmpty)
    #expect(ending == .cut)
  }

  @Test func aFolderAndAMissingFileAreErrors() throws {
    let folder = try TemporaryFolder()
    #expect(refusal { _ = try RecordReader(folder.url.path) }?.problem == .notAFile)
    #expect(refusal { _ = try RecordReader(folder.path("none")) }?.problem == .noSuchFile)
  }
}
