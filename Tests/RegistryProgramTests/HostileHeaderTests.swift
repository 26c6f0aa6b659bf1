import Foundation
import TestSupport
import Testing

/// Registries whose first bytes lie.
struct HostileHeaderTests {
  struct Bytes: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let offset: Int
    let bytes: [UInt8]
    /// The exit codes of the commands.
    let codes: Set<Int32>

    init(_ description: String, at offset: Int, _ bytes: [UInt8], _ codes: Set<Int32>) {
      (testDescription, self.offset, self.bytes, self.codes) = (description, offset, bytes, codes)
    }
  }

  /// What stands in the header of the file (sqlite.org/fileformat2.html, section 1.3).
  static let headers = [
    Bytes("WAL mode, without a WAL", at: 18, [2, 2], [0]),
    Bytes("a file format of the future for readers", at: 19, [9], [65]),
    Bytes("a file format of the future for writers", at: 18, [9], [0, 65]),
    Bytes("a page size that it hasn't", at: 16, [2, 0], [65]),
    Bytes("a page size of zero", at: 16, [0, 0], [65]),
    Bytes("reserved bytes on every page", at: 20, [255], [65]),
    Bytes("an enormous count of pages", at: 28, [255, 255, 255, 255], [0, 65]),
    Bytes("a free list that leads nowhere", at: 32, [0, 255, 255, 255, 0, 0, 0, 9], [0, 65]),
    Bytes("a free list of the schema's own page", at: 32, [0, 0, 0, 1, 0, 0, 0, 1], [0, 65]),
    Bytes("a schema format of the future", at: 44, [0, 0, 0, 9], [65]),
    Bytes("an enormous cache", at: 48, [127, 255, 255, 255], [0]),
    Bytes("auto-vacuum that there isn't", at: 52, [0, 0, 0, 9, 0, 0, 0, 1], [0, 65]),
    Bytes("text in UTF-16", at: 56, [0, 0, 0, 2], [65]),
    Bytes("text in no encoding", at: 56, [0, 0, 0, 9], [0]),  // SQLite looks at two bits of it
  ]

  @Test("what the header says may be anything", arguments: headers)
  func header(attack: Bytes) throws {
    let program = try Program(copying: Shared.tutorial().program)
    var data = try #require(try program.files()["registry.db"])
    data.replaceSubrange(attack.offset..<attack.offset + attack.bytes.count, with: attack.bytes)
    try data.write(to: program.folder.url.appending(path: "registry.db"))
    for command in [["list"], ["show", "1"], ["predict", "--version", "1"], ["verify", "--format", "json"], ["backup", "copy.db"]] {
      let result = try program.bounded(command)
      #expect(attack.codes.contains(result.status), "\(command): \(result)")
      try? FileManager.default.removeItem(atPath: program.folder.path("copy.db"))
      let after = try program.files()
      #expect(after["registry.db"] == data, "\(command) wrote")
      // Whoever reads a file in WAL mode needs these beside it.
      #expect(Set(after.keys).isSubset(of: ["registry.db", "registry.db-wal", "registry.db-shm"]), "\(command)")
    }
    // A writer may find what readers don't come upon; it never makes things worse in silence.
    let trained = try program("train", "--epochs", "2", "--seed", "8")
    #expect([0, 65, 74].contains(trained.status), "\(trained)")
    if trained.status == 0 { #expect(try program("verify").status == 0 || attack.codes.contains(65)) }
  }
}
