import Foundation
import SQLite
import StoreTestSupport
import TestSupport
import Testing

@testable import ModelRegistry
@testable import RegistryStore

/// A crafted file of a few more pages than it had, in which a table has more rows than anybody can read: each of its inner pages leads 500
/// times to the next one.  What has no end is ended by the processor time that a child may take.
@Suite("a table without an end")
struct SharedPageTests {
  private static let levels = 6
  private static let children = 500

  private func crafted() throws -> StoredRegistry {
    let stored = try VerifyTests.registry()
    let connection = try Connection(path: stored.path, mode: .readOnly)
    let size = try connection.queryFirst("PRAGMA page_size") { row in try row.int(0) } ?? 0
    let root = try connection.queryFirst("SELECT rootpage FROM sqlite_schema WHERE name = 'runs'") { row in try row.int(0) } ?? 0
    var file = Array(try Data(contentsOf: URL(fileURLWithPath: stored.path)))
    let pages = file.count / size
    let place = (root - 1) * size..<root * size
    let leaf = file[place]
    file.replaceSubrange(place, with: Self.inner(to: pages + 1, size: size))
    for level in 1..<Self.levels { file += Self.inner(to: pages + level + 1, size: size) }
    file += leaf
    // sqlite.org/fileformat2.html#the_database_header: the count of pages.
    file.replaceSubrange(28..<32, with: Self.bigEndian(pages + Self.levels))
    try Data(file).write(to: URL(fileURLWithPath: stored.path))
    return stored
  }

  /// An inner page of a table (sqlite.org/fileformat2.html#b_tree_pages): cells of a child and a key of two bytes.
  private static func inner(to child: Int, size: Int) -> [UInt8] {
    var page = [UInt8](repeating: 0, count: size)
    for cell in 0..<children {
      let key = cell + 128
      let place = size - 6 * (cell + 1)
      page.replaceSubrange(place..<place + 6, with: bigEndian(child) + [0x80 | UInt8(key >> 7), UInt8(key & 0x7f)])
      page.replaceSubrange(12 + 2 * cell..<14 + 2 * cell, with: bigEndian(place).suffix(2))
    }
    page[0] = 5
    page.replaceSubrange(3..<5, with: bigEndian(children).suffix(2))
    page.replaceSubrange(5..<7, with: bigEndian(size - 6 * children).suffix(2))
    page.replaceSubrange(8..<12, with: bigEndian(child))
    return page
  }

  private static func bigEndian(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }

  @Test("ends a verification, which says so", arguments: [false, true])
  func verify(isQuick: Bool) async throws {
    let stored = try crafted()
    await #expect(processExitsWith: .success) { [path = stored.path as String, isQuick = isQuick as Bool] in
      limitProcessorTime(seconds: 120)
      let found = try Registry(path: path).verify(quick: isQuick, limit: 1000)
      #expect(found.problems.last?.what == "too much is damaged to read tables to their ends: the rest was not looked at")
      #expect(found.problems.allSatisfy { $0.kind == .file && $0.place == "the file" })
    }
  }

  @Test("is merged from and collected in by nobody")
  func mergeAndCollect() async throws {
    let stored = try crafted()
    let other = try StoredRegistry()
    try other.train()
    await #expect(processExitsWith: .success) { [path = stored.path as String, other = other.path as String] in
      limitProcessorTime(seconds: 120)
      expect(.unsoundSource) { try Registry(path: other, access: .write).merge(path) }
      #expect(throws: StoreError.self) { try Registry(path: path).garbage() }
      #expect(throws: StoreError.self) { try Registry(path: path, access: .write).collectGarbage() }
    }
  }

  @Test("would end a child that reads it to its end")
  func endless() async {
    await #expect(processExitsWith: .signal(SIGXCPU)) {
      limitProcessorTime(seconds: 1)
      while true {}
    }
  }
}
