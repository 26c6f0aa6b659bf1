import Foundation
import StoreTestSupport
import TestSupport
import Testing

@testable import RegistryStore

/// Whose a folder of files is: nobody removes what another registry needs.
@Suite("the owner of a folder of files")
struct FileFolderOwnerTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func make(_ name: String, folder files: String = "files") throws -> Registry {
    let registry = try Registry(path: folder.path(name), access: .create, interpreter: nil)
    try registry.useFileFolder(files)
    return registry
  }

  private func run(_ registry: Registry, _ bytes: [UInt8]) throws {
    let run = try registry.startRun()
    try run.add(bytes: bytes, as: "a.bin")
    try run.end()
  }

  private func count() throws -> Int {
    try FileManager.default.subpathsOfDirectory(atPath: folder.path("files")).count { $0.utf8.count > 64 }
  }

  /// As if all files had been written two hours ago.
  private func age() throws {
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path("files")) {
      let path = folder.path("files/\(name)")
      try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: path)
    }
  }

  private func expect(_ code: StoreError.Code, _ body: () throws -> Void) {
    #expect { try body() } throws: { ($0 as? StoreError)?.code == code }
  }

  @Test("a second registry doesn't get the folder of the first, nor one in which files of nobody stand")
  func second() throws {
    try run(try make("a.db"), [1])
    expect(.folderOfAnother) { _ = try make("b.db") }
    #expect(!FileManager.default.fileExists(atPath: folder.path("b.db")))
    expect(.folderOfAnother) { _ = try make("c.db", folder: folder.path("files")) }
    try FileManager.default.removeItem(atPath: folder.path("a.db"))
    expect(.folderOfAnother) { _ = try make("d.db") }
    #expect(try count() == 1)
  }

  @Test("a copy of the file reads the folder, and neither writes to it nor removes from it")
  func copied() throws {
    let first = try make("a.db")
    try run(first, [1])
    try FileManager.default.copyItem(atPath: folder.path("a.db"), toPath: folder.path("copy.db"))
    try run(first, [2])
    try age()
    let copy = try Registry(path: folder.path("copy.db"), access: .write, interpreter: nil)
    #expect(try copy.verify().isSound)
    _ = try copy.delete(versions: [], runs: [1])
    let report = try copy.collectGarbage()
    #expect(report.folderOwner == folder.path("a.db") && report.strayFiles == 0 && report.runs == 1)
    #expect(try count() == 2)
    expect(.folderOfAnother) { try run(copy, [3]) }
    #expect(try first.verify().isSound && first.collectGarbage().isEmpty)
  }

  @Test("a registry that is moved, alone or with its folder, keeps it")
  func moved() throws {
    let first = try make("a.db")
    try run(first, [1])
    try run(first, [2])
    _ = try first.delete(versions: [], runs: [1])
    try FileManager.default.moveItem(atPath: folder.path("a.db"), toPath: folder.path("moved.db"))
    let moved = try Registry(path: folder.path("moved.db"), access: .write, interpreter: nil)
    #expect(try moved.collectGarbage().folderOwner == nil)
    #expect(try count() == 1)
    try run(moved, [3])
    #expect(try moved.verify().isSound && count() == 2)
  }

  @Test("a folder that was copied together with its registry is that copy's own")
  func copiedTogether() throws {
    try run(try make("a.db"), [1])
    let other = try TemporaryFolder()
    for name in ["a.db", "files"] { try FileManager.default.copyItem(atPath: folder.path(name), toPath: other.path(name)) }
    let copy = try Registry(path: other.path("a.db"), access: .write, interpreter: nil)
    try run(copy, [2])
    #expect(try copy.collectGarbage().folderOwner == nil)
    #expect(try count() == 1)
  }

  @Test("through a link to the registry the folder is the same")
  func linked() throws {
    try run(try make("a.db"), [1])
    let other = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(atPath: other.path("link.db"), withDestinationPath: folder.path("a.db"))
    let linked = try Registry(path: other.path("link.db"), access: .write, interpreter: nil)
    try run(linked, [2])
    #expect(try linked.verify().isSound && count() == 2)
    #expect(!FileManager.default.fileExists(atPath: other.path("files")))
  }

  @Test("a missing folder is said to be missing, and isn't called damage")
  func missing() throws {
    let registry = try make("a.db")
    try run(registry, [1])
    try FileManager.default.moveItem(atPath: folder.path("files"), toPath: folder.path("elsewhere"))
    let file = try #require(try registry.files(of: .run(1)).first)
    expect(.lostFile) { try registry.check(file, of: .run(1)) }
    #expect(try !registry.verify().isSound)
  }
}
