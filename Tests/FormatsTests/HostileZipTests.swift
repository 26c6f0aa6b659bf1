import Formats
import Tensors
import Testing

/// A change to a harmless archive, and why the result is refused.
struct ZipAttack: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let bytes: [UInt8]
  let problem: FormatError.Reason

  init(_ name: String, _ problem: ZipProblem, _ change: (inout CraftedZip) -> Void) {
    var zip = CraftedZip.torch(Pickle.file(Pickle.dictionary([(Pickle.text("w"), Pickle.tensor())])))
    change(&zip)
    (testDescription, bytes, self.problem) = (name, zip.bytes, .zip(problem))
  }

  init(_ name: String, _ problem: ZipProblem, bytes: [UInt8]) {
    (testDescription, self.bytes, self.problem) = (name, bytes, .zip(problem))
  }
}

/// A zip64 end record and its locator.
private func zip64(
  _ offset: Int, _ size: Int, _ count: Int, recordSize: UInt64 = 44, place: UInt64? = nil, disks: UInt32 = 1
) -> [UInt8] {
  let numbers: [UInt64] = [UInt64(count), UInt64(count), UInt64(size), UInt64(offset)]
  let record = cat(le(0x0606_4b50 as UInt32), le(recordSize), le(45 as UInt16), le(45 as UInt16), le(0 as UInt64))
  return cat(record, numbers.flatMap { le($0) }, le(0x0706_4b50 as UInt32), le(0 as UInt32), le(place ?? UInt64(offset + size)), le(disks))
}

@Suite("Hostile zip archives")
struct HostileZipTests {
  static let harmless = CraftedZip.torch(Pickle.file(Pickle.dictionary([(Pickle.text("w"), Pickle.tensor())]))).bytes
  static let attacks: [ZipAttack] = [
    ZipAttack("a file of two bytes", .noEndOfDirectory, bytes: [0x50, 0x4b]),
    ZipAttack("cut off", .noEndOfDirectory, bytes: harmless.dropLast()),
    ZipAttack("a byte behind the archive", .noEndOfDirectory, bytes: harmless + [0]),
    ZipAttack("a comment", .noEndOfDirectory) { $0.comment = Array("hello".utf8) },
    ZipAttack("a second end record hidden in a comment", .directoryMisplaced) { zip in
      zip.comment = Array(harmless.suffix(22))
      zip.commentCount = 22
    },
    ZipAttack("a comment that is not there", .noEndOfDirectory) { $0.commentCount = 5 },
    ZipAttack("several disks", .severalDisks) { $0.disk = 1 },
    ZipAttack("an entry on another disk", .severalDisks) { $0.entries[0].disk = 1 },
    ZipAttack("a directory one byte off", .directoryMisplaced) { $0.directoryOffset = 5 },
    ZipAttack("a directory larger than the file", .directoryMisplaced) { $0.directorySize = 0x7fff_ffff },
    ZipAttack("an entry more than there are", .entryCount(declared: 4, found: 3)) { $0.count = 4 },
    ZipAttack("65,534 entries declared", .entryCount(declared: 65534, found: 3)) { $0.count = 65534 },
    ZipAttack("an entry fewer than there are", .entryCount(declared: 2, found: 3)) { $0.count = 2 },
    ZipAttack("another signature in the directory", .badDirectoryEntry) { $0.entries[1].signature = 1 },
    ZipAttack("an empty name", .badName) { $0.entries[1].name = [] },
    ZipAttack("a NUL in a name", .badName) { $0.entries[1].name = Array("a/b\u{0}".utf8) },
    ZipAttack("a name that is not UTF-8", .badName) { $0.entries[1].name = [0xff] },
    ZipAttack("a name twice", .duplicateName("a/data.pkl")) { $0.entries.append($0.entries[0]) },
    ZipAttack("encrypted", .encrypted("a/data/0")) { $0.entries[2].flags = 1 },
    ZipAttack("deflated", .compressed("a/data/0", method: 8)) { $0.entries[2].method = 8 },
    ZipAttack("deflated in the local header alone", .localHeader("a/data/0")) { $0.entries[2].localMethod = 8 },
    ZipAttack("two sizes", .badDirectoryEntry) { $0.entries[2].stored = 3 },
    ZipAttack("another name in the local header", .localHeader("a/data/0")) { $0.entries[2].localName = Array("a/data/1".utf8) },
    ZipAttack("another size in the local header", .localHeader("a/data/0")) { $0.entries[2].localSize = 3 },
    ZipAttack("another checksum in the local header", .localHeader("a/data/0")) { $0.entries[2].localChecksum = 3 },
    ZipAttack("another signature in the local header", .localHeader("a/data/0")) { $0.entries[2].localSignature = 3 },
    ZipAttack("a wide size without a zip64 field in the local header", .localHeader("a/data/0")) { $0.entries[2].localSize = 0xffff_ffff },
    ZipAttack("a wide size without a zip64 field in the directory", .badDirectoryEntry) { $0.entries[2].size = 0xffff_ffff },
    ZipAttack("a zip64 field that is too short", .badDirectoryEntry) {
      $0.entries[2].size = 0xffff_ffff
      $0.entries[2].extra = cat(le(1 as UInt16), le(8 as UInt16), le(4 as UInt64))
    },
    ZipAttack("a size of 2^64 - 1", .badDirectoryEntry) {
      $0.entries[2].size = 0xffff_ffff
      $0.entries[2].extra = cat(le(1 as UInt16), le(16 as UInt16), le(UInt64.max), le(UInt64.max))
    },
    ZipAttack("a size of 2^63 - 1", .outOfBounds("a/data/0")) {
      $0.entries[2].size = 0xffff_ffff
      $0.entries[2].extra = cat(le(1 as UInt16), le(16 as UInt16), le(UInt64(Int.max)), le(UInt64(Int.max)))
    },
    ZipAttack("beyond the directory", .outOfBounds("a/data/0")) { $0.entries[2].size = 4000 },
    ZipAttack("a local header beyond the end", .outOfBounds("a/data/0")) { $0.entries[2].headerOffset = 0x7fff_ffff },
    ZipAttack(
      "a wrong checksum of the pickle",
      .checksum("a/data.pkl", declared: 1, computed: crc32(Pickle.file(Pickle.dictionary([(Pickle.text("w"), Pickle.tensor())]))))
    ) {
      $0.entries[0].checksum = 1
    },
    ZipAttack("a wrong checksum of a storage", .checksum("a/data/0", declared: 1, computed: crc32([0, 0, 128, 63]))) {
      $0.entries[2].checksum = 1
    },
    ZipAttack("a zip64 record of another length", .badZip64) { $0.beforeEnd = { zip64($0, $1, $2, recordSize: 45) } },
    ZipAttack("a zip64 record elsewhere", .badZip64) { $0.beforeEnd = { zip64($0, $1, $2, place: 0) } },
    ZipAttack("a zip64 record at 2^64 - 1", .badZip64) { $0.beforeEnd = { zip64($0, $1, $2, place: .max) } },
    ZipAttack("zip64 on two disks", .severalDisks) { $0.beforeEnd = { zip64($0, $1, $2, disks: 2) } },
    ZipAttack("a zip64 record that contradicts the short one", .badZip64) { $0.beforeEnd = { zip64($0, $1, $2 + 1) } },
    ZipAttack("2^64 - 1 entries", .entryCount(declared: .max, found: 3)) {
      $0.count = 0xffff
      $0.beforeEnd = { offset, size, _ in zip64(offset, size, 0).withMostEntries() }
    },
  ]

  @Test("is refused for what it does", arguments: attacks)
  func attack(_ attack: ZipAttack) {
    #expect(refusal(attack.bytes)?.reason == attack.problem)
  }

  @Test("the crafted archive without an attack is accepted, with a zip64 record too")
  func harmless() {
    #expect(refusal(Self.harmless) == nil)
    var zip = CraftedZip.torch(Pickle.file(Pickle.dictionary([(Pickle.text("w"), Pickle.tensor())])))
    zip.beforeEnd = { zip64($0, $1, $2) }
    #expect(refusal(zip.bytes) == nil)
  }

  @Test("two entries over the same bytes are refused: a quine or a bomb")
  func overlap() {
    // The second record points at the first local header: same name, to get past the comparison, is a duplicate.
    var zip = CraftedZip.torch(Pickle.file(Pickle.dictionary([(Pickle.text("w"), Pickle.tensor())])))
    var inner = CraftedZip()
    inner.entries = [CraftedZip.Entry("b/x", [1])]
    let local = Array(inner.bytes.prefix(34))
    zip.entries.append(CraftedZip.Entry("b/outer", local))
    var hidden = CraftedZip.Entry("b/x", [1])
    let start = zip.bytes.firstIndex(of: local) ?? 0
    hidden.headerOffset = UInt32(start)
    zip.entries.append(hidden)
    #expect(refusal(zip.bytes)?.reason == .zip(.overlap("b/outer", "b/x")))
  }

  @Test("a directory above the limit is refused before it is read")
  func directoryLimit() {
    var limits = FormatLimits()
    limits.directoryBytes = 100
    guard case .zip(.directoryTooLong(_, 100))? = refusal(Self.harmless, limits: limits)?.reason else {
      Issue.record("not refused")
      return
    }
  }

  @Test("a pickle above the limit is refused before it is read")
  func pickleLimit() {
    var limits = FormatLimits()
    limits.pickleBytes = 10
    guard case .zip(.entryTooLong("a/data.pkl", _, 10))? = refusal(Self.harmless, limits: limits)?.reason else {
      Issue.record("not refused")
      return
    }
  }
}

extension Array<UInt8> {
  fileprivate func firstIndex(of part: [UInt8]) -> Int? {
    indices.first { self[$0...].starts(with: part) }
  }

  /// The entry counts of a zip64 record become 2^64 - 1.
  fileprivate func withMostEntries() -> [UInt8] {
    var copy = self
    for index in 24..<40 { copy[index] = 0xff }
    return copy
  }
}
