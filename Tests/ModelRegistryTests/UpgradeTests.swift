import Foundation
import SQLite
import StoreTestSupport
import TestSupport
import Testing
import Training

@testable import ModelRegistry
@testable import RegistryStore

/// Files of older schemas: what becomes of them when this program, or one that knows one migration more, opens them.
@Suite("upgrades")
struct UpgradeTests {
  /// The migrations that this program knows, and one more.
  private static func migrator(_ sql: String, also third: String? = nil) -> Migrator {
    let known = RegistryStore.Schema.migrations
    let added = [sql, third].compactMap(\.self).enumerated().map { index, sql in
      Migration(number: known.count + 1 + index, name: "later", sql: sql, digest: String(repeating: "\(index)", count: 64))
    }
    return Migrator(applicationID: RegistryStore.Schema.applicationID, pageSize: 16384, migrations: known + added)
  }

  /// The number of the newest migration, and that of the one after it.
  private static let newest = Registry.newestMigration
  private static let copyName = "registry.db.before-migration-\(newest + 1)"

  private static let colours = migrator("CREATE TABLE colours (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;")

  private func files(_ stored: StoredRegistry) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: stored.folder.url.path))
  }

  @Test("a file is kept as it was, and everything in it is there afterwards")
  func upgrades() throws {
    let stored = try StoredRegistry()
    try stored.train()
    let before = try stored.registry.loadNeuralNet(version: 1).bits
    let upgraded = try Registry(path: stored.path, access: .write, interpreter: NetInterpreter(), migrator: Self.colours)
    let copy = stored.folder.path(Self.copyName)
    #expect(upgraded.upgrade == Upgrade(from: Self.newest, to: Self.newest + 1, copy: copy))
    #expect(try upgraded.loadNeuralNet(version: 1).bits == before)
    #expect(try Registry(path: stored.path, access: .read, interpreter: NetInterpreter(), migrator: Self.colours).verify().isSound)
    #expect(try stored.count("SELECT count(*) FROM colours") == 0)
    #expect(try Registry(path: copy).loadNeuralNet(version: 1).bits == before, "the copy is of the old schema, whole")
    #expect(try files(stored) == ["registry.db", Self.copyName])
    #expect(throws: StoreError.newerSchema(path: stored.path, found: Self.newest + 1, known: Self.newest)) { try stored.reopened() }
    #expect(try Registry(path: stored.path, access: .write, interpreter: NetInterpreter(), migrator: Self.colours).upgrade == nil)
  }

  @Test("a second old file in its place gets a copy of its own")
  func copiesStay() throws {
    let stored = try StoredRegistry()
    try stored.train()
    let old = try Data(contentsOf: URL(fileURLWithPath: stored.path))
    for name in [Self.copyName, Self.copyName + ".2"] {
      try old.write(to: URL(fileURLWithPath: stored.path))
      let registry = try Registry(path: stored.path, access: .write, interpreter: NetInterpreter(), migrator: Self.colours)
      #expect(registry.upgrade?.copy == stored.folder.path(name))
    }
  }

  @Test("a file without content needs no copy")
  func withoutContent() throws {
    let stored = try StoredRegistry()
    #expect(
      try Registry(path: stored.path, access: .write, interpreter: NetInterpreter(), migrator: Self.colours).upgrade
        == Upgrade(from: Self.newest, to: Self.newest + 1, copy: nil))
    #expect(try files(stored) == ["registry.db"])
  }

  @Test("a migration that fails leaves the file byte for byte, also what came before it, and no copy")
  func allOrNothing() throws {
    let stored = try StoredRegistry()
    try stored.train()
    let before = try Data(contentsOf: URL(fileURLWithPath: stored.path))
    for migrator in [Self.migrator("CREATE TABLE models (x)"), Self.migrator("CREATE TABLE colours (x)", also: "CREATE TABLE models (x)")] {
      #expect(throws: StoreError.self) {
        try Registry(path: stored.path, access: .write, interpreter: NetInterpreter(), migrator: migrator)
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: stored.path)) == before)
      #expect(try files(stored) == ["registry.db"])
    }
    #expect(try stored.reopened().verify().isSound)
  }

  @Test("a reader reads an upgraded copy, and leaves the file alone", arguments: ["DELETE", "WAL"])
  func readers(journal: String) throws {
    let stored = try StoredRegistry()
    try stored.train()
    if journal == "WAL" { try Connection(path: stored.path, mode: .readWrite).execute("PRAGMA journal_mode=WAL") }
    let before = try Data(contentsOf: URL(fileURLWithPath: stored.path))
    do {
      let reader = try Registry(path: stored.path, access: .read, interpreter: NetInterpreter(), migrator: Self.colours)
      #expect(reader.upgrade == Upgrade(from: Self.newest, to: Self.newest + 1, copy: nil, isOfFile: false))
      #expect(try reader.list(.versions).rows.count == 1)
      #expect(try reader.verify().isSound)
      #expect(try reader.query(SQLQuery("SELECT count(*) FROM colours")).table.rows == [[.integer(0)]])
      let older = StoreError.olderSchema(path: stored.path, found: Self.newest, known: Self.newest + 1)
      #expect(throws: older, "a backup is of the file") { try reader.backup(to: stored.folder.path("copy.db")) }
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: stored.path)) == before)
    #expect(try files(stored) == ["registry.db"])
  }

  @Test("a view that was changed in an older file isn't hidden by the migrations that make it anew")
  func changedOlderFile() throws {
    let stored = try StoredRegistry()
    try stored.train()
    let connection = try Connection(path: stored.path, mode: .readWrite)
    try connection.executeScript("DROP VIEW leaderboard; CREATE VIEW leaderboard AS SELECT 1 AS model")
    let problem = StoreError.changedSchema(path: stored.path, object: "view 'leaderboard'", isAdded: false)
    #expect(throws: problem) { try Registry(path: stored.path, access: .read, interpreter: NetInterpreter(), migrator: Self.colours) }
  }

  @Test("a file that is too large to be copied for reading is refused")
  func largeReaders() throws {
    let stored = try StoredRegistry()
    try stored.train()
    let size = try Data(contentsOf: URL(fileURLWithPath: stored.path)).count
    #expect(throws: StoreError.olderSchema(path: stored.path, found: Self.newest, known: Self.newest + 1)) {
      try Registry(path: stored.path, access: .read, interpreter: NetInterpreter(), migrator: Self.colours, largestCopy: size - 1)
    }
    #expect(
      try Registry(path: stored.path, access: .read, interpreter: NetInterpreter(), migrator: Self.colours, largestCopy: size).upgrade?
        .isOfFile == false)
  }

  @Test("a registry of an older schema is merged from, and stays as it is")
  func mergedFrom() throws {
    for fixture in try Self.fixtures.get() {
      let stored = try StoredRegistry()
      let path = stored.folder.path(fixture.file)
      try FileManager.default.copyItem(atPath: Fixtures.path("registries/\(fixture.file)"), toPath: path)
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(try stored.registry.merge(path).versions.count == fixture.versions.count)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
      #expect(try stored.registry.verify().isSound)
      for version in fixture.versions {
        #expect(try stored.registry.version(VersionName(version.name)).stateDictDigest == version.stateDict)
      }
    }
  }

  @Test("programs that upgrade a file at once make one copy of the old file")
  func atOnce() throws {
    let stored = try StoredRegistry()
    try stored.train()
    let path = stored.path
    let running = DispatchGroup()
    for _ in 0..<4 {
      running.enter()
      Thread {
        do { _ = try Registry(path: path, access: .write, interpreter: NetInterpreter(), migrator: Self.colours) } catch {
          Issue.record(error)
        }
        running.leave()
      }.start()
    }
    running.wait()
    #expect(try files(stored) == ["registry.db", Self.copyName])
    #expect(try Registry(path: stored.folder.path(Self.copyName)).verify().isSound)
    #expect(try Registry(path: path, access: .read, interpreter: NetInterpreter(), migrator: Self.colours).verify().isSound)
  }

  struct Fixture: Sendable, Decodable, CustomTestStringConvertible {
    struct Version: Sendable, Decodable {
      let name: String
      let stateDict: String
      let point: [Double]
      let output: [Double]

      enum CodingKeys: String, CodingKey {
        case name, point, output
        case stateDict = "state_dict"
      }
    }

    let file: String
    let migration: Int
    let versions: [Version]
    var testDescription: String { file }
  }

  /// Files that were written by the program of each schema; none is ever changed.
  static let fixtures = Result { try JSONDecoder().decode([Fixture].self, from: Fixtures.data("registries/index.json")) }

  @Test("there is a file of every schema")
  func everySchema() throws {
    #expect(try Self.fixtures.get().map(\.migration) == Array(1...RegistryStore.Schema.migrator.newest))
  }

  @Test("a file of every earlier schema is opened, upgraded, verified, and predicts what it did")
  func everyEarlierSchema() throws {
    for fixture in try Self.fixtures.get() {
      let folder = try TemporaryFolder()
      let path = folder.path(fixture.file)
      try FileManager.default.copyItem(atPath: Fixtures.path("registries/\(fixture.file)"), toPath: path)
      let registry = try Registry(path: path, access: .write)
      #expect((registry.upgrade?.from ?? Registry.newestMigration) == fixture.migration)
      let found = try registry.verify()
      #expect(found.isSound, "\(found.problems)")
      #expect(try registry.list(.versions).rows.count == fixture.versions.count)
      for version in fixture.versions {
        let record = try registry.version(VersionName(version.name))
        #expect(record.stateDictDigest == version.stateDict)
        let output =
          switch try registry.loadPredictor(record)(version.point)[0] {
          case .binary(probability: let probability, class: _): [Double(probability)]
          case .multiclass(probabilities: let probabilities, class: _): probabilities.map(Double.init)
          case .regression(value: let value): [value]
          }
        #expect(output == version.output, "to the bit")
      }
    }
  }
}
