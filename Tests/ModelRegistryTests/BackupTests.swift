import Foundation
import SQLite
import StoreTestSupport
import TestSupport
import Testing
import Training

@testable import ModelRegistry
@testable import RegistryStore

@Suite("backup")
struct BackupTests {
  let stored: StoredRegistry
  var target: String { stored.folder.path("copy.db") }

  init() throws {
    stored = try StoredRegistry()
    try stored.train()
  }

  private func files() throws -> Set<String> { Set(try FileManager.default.contentsOfDirectory(atPath: stored.folder.url.path)) }

  @Test("is one file that is the registry, and is verified")
  func copies() throws {
    var steps: Set<String> = []
    let found = try stored.reopened().backup(to: target) { step in
      switch step {
      case .copying, .copyingFiles: break
      case .verifying(let progress): steps.insert(progress.step)
      }
    }
    #expect(found.isSound && steps.isSuperset(of: ["file", "tensors", "versions"]))
    #expect(try files() == ["registry.db", "copy.db"])
    let copy = try Registry(path: target)
    #expect(try copy.loadNeuralNet(version: 1).bits == stored.registry.loadNeuralNet(version: 1).bits)
    #expect(try copy.verify() == found)
  }

  /// A copy of a private registry was for everybody to read.
  @Test("has the registry's permissions, and is nobody else's while it is made", arguments: [0o600, 0o640, 0o444])
  func permissions(mode: Int) throws {
    let files = FileManager.default
    try files.setAttributes([.posixPermissions: mode], ofItemAtPath: stored.path)
    func permissions(_ path: String) throws -> Int? { try files.attributesOfItem(atPath: path)[.posixPermissions] as? Int }
    var modes: Set<Int> = []
    _ = try stored.reopened().backup(to: target) { _ in
      for name in try self.files() where name.hasSuffix(".tmp") { modes.insert(try permissions(stored.folder.path(name)) ?? 0) }
    }
    #expect(modes == [0o600])
    #expect(try permissions(target) == mode)
  }

  @Test("an existing file stays, unless it is to be replaced")
  func existing() throws {
    try stored.folder.write("copy.db", "mine")
    #expect(throws: StoreError.targetExists(path: target)) { try stored.reopened().backup(to: target) }
    #expect(try String(contentsOfFile: target, encoding: .utf8) == "mine")
    try stored.reopened().backup(to: target, replacing: true)
    #expect(try Registry(path: target).verify().isSound)
    #expect(try files() == ["registry.db", "copy.db"])
  }

  @Test("onto itself is refused, under another name for it too", arguments: [true, false])
  func ontoItself(replacing: Bool) throws {
    let before = try Data(contentsOf: URL(fileURLWithPath: stored.path))
    let link = stored.folder.path("link.db")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: stored.path)
    let hardLink = stored.folder.path("hard.db")
    try FileManager.default.linkItem(atPath: stored.path, toPath: hardLink)
    for path in [stored.path, link, hardLink] {
      #expect(throws: StoreError.backupOntoItself(path: path)) { try stored.reopened().backup(to: path, replacing: replacing) }
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: stored.path)) == before)
  }

  @Test("a stranger's journal beside the place is never taken for the copy's", arguments: ["-journal", "-wal"])
  func journal(suffix: String) throws {
    try stored.folder.write("copy.db\(suffix)", "pages of another")
    #expect(throws: StoreError.targetInUse(path: target, journal: target + suffix)) {
      try stored.reopened().backup(to: target, replacing: true)
    }
    #expect(try files() == ["registry.db", "copy.db\(suffix)"])
  }

  @Test("a folder, and a folder that isn't there, are refused")
  func places() throws {
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
    #expect(throws: StoreError.targetIsDirectory(path: target)) { try stored.reopened().backup(to: target, replacing: true) }
    expect(.noFolder) { try stored.reopened().backup(to: stored.folder.path("no/such/copy.db")) }
  }

  @Test("a rotten registry gives no copy, and leaves nothing behind")
  func rotten() throws {
    try stored.force("tensors", "UPDATE tensors SET data = x'' WHERE id = 1")
    let error = #expect(throws: StoreError.self) { try stored.reopened().backup(to: target) }
    #expect(error?.code == .unsoundCopy && error?.path == stored.path)
    #expect(error?.names.first?.hasPrefix("tensors id 1 ") == true)
    #expect(try files() == ["registry.db"])
  }

  @Test("of a file in WAL mode is in rollback-journal mode, and one file")
  func wal() throws {
    let writer = try Connection(path: stored.path, mode: .readWrite)
    try writer.execute("PRAGMA journal_mode=WAL")
    try writer.execute("UPDATE models SET note = 'seen'")
    try stored.reopened().backup(to: target)
    let header = try Data(contentsOf: URL(fileURLWithPath: target)).prefix(20)
    #expect(Array(header[18..<20]) == [1, 1])
    #expect(try Connection(path: target, mode: .readOnly).queryFirst("SELECT note FROM models") { row in try row.text(0) } == "seen")
    #expect(try files().isDisjoint(with: ["copy.db-wal", "copy.db-journal"]))
  }

  @Test("ends though writers come between all the time, and holds one state")
  func besideWriters() throws {
    let source = try Connection(path: stored.path, mode: .readOnly)
    let writer = try Connection(path: stored.path, mode: .readWrite)
    try writer.execute("CREATE TABLE filler (a INTEGER, b BLOB)")
    try writer.execute("INSERT INTO filler SELECT 0, zeroblob(10000) FROM pragma_function_list LIMIT 200")
    var writes = 0
    do {
      let copy = try Connection(path: target, mode: .create)
      try source.copy(into: copy, pagesPerStep: 8) { progress in
        #expect(progress.total > 0 && progress.done <= progress.total)
        writes += 1
        try writer.execute("UPDATE filler SET a = ?", writes)
      }
    }
    #expect(writes > 3)
    let copy = try Connection(path: target, mode: .readOnly)
    #expect(try copy.queryFirst("SELECT min(a) = max(a) FROM filler") { row in try row.int(0) } == 1)
    #expect(try copy.queryFirst("PRAGMA integrity_check") { row in try row.text(0) } == "ok")
  }

  @Test("a writer's lock is waited for, and one that stays is an error that leaves nothing")
  func busy() throws {
    let source = try Connection(path: stored.path, mode: .readOnly, busyLimit: .milliseconds(50))
    let writer = try Connection(path: stored.path, mode: .readWrite)
    try writer.executeScript("BEGIN EXCLUSIVE")
    let copy = try AtomicCopy(target: target, replacing: false)
    let error = #expect(throws: SQLiteError.self) { try copy.make(from: source) }
    #expect(error?.isBusy == true && error?.path == stored.path)
    try writer.executeScript("ROLLBACK")
    #expect(try files() == ["registry.db"])
  }
}
