import Foundation
import SQLite
import StoreTestSupport
import Tensors
import TestSupport
import Testing

@testable import RegistryStore

/// Registries whose files stand in a folder beside them: how it is chosen, what gc, verify, backup and merge do with it.
@Suite("a folder of files")
struct FileFolderTests {
  let stored: StoredRegistry
  var registry: Registry { stored.registry }

  init() throws {
    stored = try StoredRegistry()
    try registry.useFileFolder("files")
  }

  private func file(_ bytes: [UInt8], in folder: String = "files") -> String {
    stored.folder.path("\(folder)/\(digest(of: bytes).prefix(2))/\(digest(of: bytes))")
  }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private func age(_ path: String, seconds: Double) throws {
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -seconds)], ofItemAtPath: path)
  }

  @discardableResult
  private func run(_ bytes: [UInt8] = [1, 2, 3], as name: String = "a.bin") throws -> Int {
    let run = try registry.startRun(model: "xor")
    try run.add(bytes: bytes, as: name)
    try run.end()
    return run.run
  }

  private func problems(quick: Bool = false) throws -> [String] {
    try stored.reopened().verify(quick: quick).problems.map { "\($0.kind.rawValue): \($0.place): \($0.what)" }
  }

  // MARK: The choice

  @Test("stands beside the registry, and is created with it")
  func chosen() throws {
    #expect(try registry.fileFolderPath() == stored.folder.path("files"))
    #expect(exists(stored.folder.path("files")))
    try registry.useFileFolder("files/")
    try registry.useFileFolder(stored.folder.path("files"))
    try run()
    #expect(exists(file([1, 2, 3])))
    #expect(try stored.count("SELECT count(*) FROM content_pieces") == 0)
    #expect(try problems().isEmpty)
    try registry.useFileFolder("files")
    #expect(throws: StoreError.self) { try registry.useFileFolder("others") }
    for name in ["", "a\0b"] { #expect(throws: StoreError.self) { try registry.useFileFolder(name) } }
  }

  @Test("is no more readable than the registry, nor is that of a backup", arguments: [0o600, 0o640, 0o644])
  func permissions(mode: Int) throws {
    try FileManager.default.removeItem(atPath: stored.folder.path("files"))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: stored.path)
    try run()
    try registry.backup(to: stored.folder.path("copy.db"), replacing: false)
    for folder in ["files", "copy.db.files"] {
      let path = file([1, 2, 3], in: folder)
      for (path, bits) in [(path, mode), ((path as NSString).deletingLastPathComponent, mode | (mode & 0o444) >> 2)] {
        let found = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(found.map { $0 & ~bits } == 0 && found.map { $0 & 0o600 } == 0o600, "\(path): \(String(found ?? 0, radix: 8))")
      }
    }
  }

  @Test("can't be chosen once a registry holds something")
  func late() throws {
    let other = try StoredRegistry()
    try other.registry.startRun().end()
    #expect {
      try other.registry.useFileFolder("files")
    } throws: {
      ($0 as? StoreError)?.code == .refused
    }
    #expect(try other.registry.fileFolderPath() == nil)
  }

  // MARK: gc

  @Test("gc removes the file with the last run that has it, and leaves one that another has")
  func garbage() throws {
    let first = try run([1], as: "one.bin")
    try run([2], as: "two.bin")
    let third = try registry.startRun()
    try third.add(bytes: [1], as: "one too.bin")
    try third.add(bytes: [3, 3], as: "three.bin")
    try third.end()
    try registry.delete(versions: [], runs: [first])
    #expect(try registry.collectGarbage().files == 0 && exists(file([1])))
    try registry.delete(versions: [], runs: [third.run])
    let told = try registry.garbage()
    let report = try registry.collectGarbage()
    #expect(told.files == 2 && told.fileBytes == 3 && report.files == 2 && report.fileBytes == 3 && report.bytes == told.bytes)
    #expect(!exists(file([1])) && !exists(file([3, 3])) && exists(file([2])))
    #expect(try problems().isEmpty && registry.garbage().isEmpty)
  }

  @Test("gc removes files that nothing knows once they are an hour old, and what isn't ours never")
  func stray() throws {
    try run([1])
    let kept = [file([9]), file([8]) + ".0123.tmp"]
    let removed = [file([7]), file([6]) + ".0123.tmp"]
    let foreign = [stored.folder.path("files/notes.txt"), stored.folder.path("files/ab/notes.txt")]
    for path in kept + removed + foreign {
      try FileManager.default.createDirectory(
        at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data([1, 2]).write(to: URL(fileURLWithPath: path))
      try age(path, seconds: kept.contains(path) ? 3000 : 4000)
    }
    try age(file([1]), seconds: 9999)
    #expect(try registry.garbage().strayFiles == 2)
    let report = try registry.collectGarbage()
    #expect(report.strayFiles == 2 && report.fileBytes == 4 && !report.isEmpty)
    #expect((kept + foreign + [file([1])]).allSatisfy(exists) && !removed.contains(where: exists))
  }

  @Test("a file that is stored again while gc looks stays")
  func storedAgain() throws {
    try run([1])
    try age(file([1]), seconds: 9999)
    try registry.delete(versions: [], runs: [1])
    let plan = try registry.snapshot { try GarbagePlan(registry.connection, deletedUpTo: "9999") }
    // Between the plan and its removal.
    let second = try registry.startRun()
    try second.add(bytes: [1], as: "b.bin")
    try second.end()
    _ = try registry.remove(plan)
    #expect(exists(file([1])))
    #expect(try problems().isEmpty)
  }

  // MARK: verify

  @Test("verify tells of a missing file, one of another size, and with its bytes of another byte; of the folder, too")
  func damage() throws {
    try run([1, 2, 3], as: "plots/a.bin")
    let path = file([1, 2, 3])
    try Data([1, 9, 3]).write(to: URL(fileURLWithPath: path))
    #expect(try problems(quick: true).isEmpty)
    #expect(try problems() == ["content: contents id 1 (plots/a.bin of run 1): the data is not what was stored: its digest is another"])
    try Data([1]).write(to: URL(fileURLWithPath: path))
    #expect(try problems(quick: true) == ["content: contents id 1 (plots/a.bin of run 1): its file has 1 bytes, not 3"])
    #expect(try problems().count == 1)
    try FileManager.default.removeItem(atPath: path)
    for quick in [false, true] {
      let found = try problems(quick: quick)
      #expect(found.count == 1 && found[0].hasPrefix("content: contents id 1 (plots/a.bin of run 1): the file '\(path)': it isn't there"))
    }
    try FileManager.default.removeItem(atPath: stored.folder.path("files"))
    #expect(try problems()[0].contains("the folder '\(stored.folder.path("files"))': it isn't there"))
  }

  @Test("verify tells of contents that are both a file and pieces, and of a folder that nothing names")
  func contradiction() throws {
    try run()
    try stored.tamper("content_pieces", "INSERT INTO content_pieces (content_id, position, data) VALUES (1, 0, x'010203')")
    #expect(try problems() == ["content: contents id 1 (a.bin of run 1): its pieces are not the 3 bytes that were stored"])
    try stored.tamper("content_pieces", "DELETE FROM content_pieces")
    try stored.tamper("registry_settings", "DELETE FROM registry_settings")
    #expect(try problems().contains { $0.contains("registry_settings: files stand in a folder, and nothing says in which") })
  }

  // MARK: backup and copies

  @Test("a backup has its files in a folder of its own, whatever gc does to the original")
  func backup() throws {
    try run([1, 2, 3])
    try run([])
    let target = stored.folder.path("copy.db")
    let found = try registry.backup(to: target)
    #expect(found.isSound)
    let copy = try Registry(path: target)
    #expect(try copy.fileFolderPath() == stored.folder.path("copy.db.files"))
    #expect(exists(file([1, 2, 3], in: "copy.db.files")) && exists(file([], in: "copy.db.files")))
    try FileManager.default.removeItem(atPath: stored.folder.path("files"))
    #expect(try copy.verify().isSound)
    // Moved together, they still belong together.
    let moved = try TemporaryFolder()
    for name in ["copy.db", "copy.db.files"] {
      try FileManager.default.moveItem(atPath: stored.folder.path(name), toPath: moved.path(name))
    }
    #expect(try Registry(path: moved.path("copy.db")).verify().isSound)
  }

  @Test("a backup isn't made where a file is missing or damaged, and leaves nothing", arguments: [true, false])
  func damagedBackup(isMissing: Bool) throws {
    try run([4, 5])
    try run([1, 2, 3])
    let path = file([1, 2, 3])
    if isMissing { try FileManager.default.removeItem(atPath: path) } else { try Data([9, 9, 9]).write(to: URL(fileURLWithPath: path)) }
    #expect {
      try registry.backup(to: stored.folder.path("copy.db"))
    } throws: {
      ($0 as? StoreError)?.subject == "the file '\(path)'"
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: stored.folder.url.path).sorted() == ["files", "registry.db"])
  }

  // MARK: Tensors whose bytes are a file

  @Test("a tensor whose bytes were stored as a file before is read from there")
  func tensorInAFile() throws {
    registry.pieceSizes = .small
    let tensor = Tensor([Float](repeating: 0.5, count: 100))
    try run(tensor.data, as: "weights.bin")
    let again = try registry.startRun(model: "xor")
    try again.finish(StateDict([("w", tensor)]))
    #expect(try stored.count("SELECT count(*) FROM tensors WHERE content_id = 1") == 1)
    #expect(try registry.stateDict(registry.version(VersionName("xor/1")))["w"] == tensor)
    #expect(try problems().isEmpty)
    try registry.delete(versions: [], runs: [1])
    #expect(try registry.collectGarbage().files == 0 && exists(file(tensor.data)))
    // The other way round, into a registry without a folder.
    let other = try StoredRegistry()
    other.registry.pieceSizes = .small
    _ = try other.registry.merge(stored.path)
    #expect(try other.registry.stateDict(other.registry.version(VersionName("xor/1")))["w"] == tensor)
  }
}
