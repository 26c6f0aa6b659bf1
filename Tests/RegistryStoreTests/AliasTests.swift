import SQLite
import StoreTestSupport
import Testing

@testable import RegistryStore

@Suite("an alias")
struct AliasTests {
  private let champion: AliasName
  private let synthetic: Synthetic
  private var registry: Registry { synthetic.registry }

  init() throws {
    synthetic = try Synthetic()
    champion = try AliasName("champion")
    for number in 1...4 { try synthetic.version([number]) }
  }

  private func set(_ version: Int, reason: String? = nil) throws -> AliasMove {
    try registry.setAlias(champion, to: synthetic.name(version), reason: reason, actor: "ada")
  }

  private func rollBack() throws -> Int? { try registry.rollBackAlias(champion, actor: "ada").version }

  @Test("points where it is set, and says what it pointed to before")
  func moves() throws {
    #expect(try set(1) == AliasMove(model: "neural-net", alias: "champion", version: 1, previous: nil))
    #expect(try set(3) == AliasMove(model: "neural-net", alias: "champion", version: 3, previous: 1))
    #expect(try registry.version(VersionName("champion")).version == 3)
    #expect(try registry.version(VersionName("neural-net@champion")).aliases == ["champion"])
    let challenger = try registry.setAlias(AliasName("challenger"), to: VersionName("@champion"))
    #expect(challenger.version == 3)
    #expect(
      try registry.aliases().map { [$0.alias, "\($0.version)", $0.state.rawValue] } == [
        ["challenger", "3", "live"], ["champion", "3", "live"],
      ])
  }

  @Test("that stands there already is not moved, and nothing is written")
  func standing() throws {
    _ = try set(1)
    let again = try set(1, reason: "again")
    #expect(!again.didMove)
    #expect(try registry.aliasHistory().count == 1)
    #expect(try synthetic.count("SELECT count(*) FROM alias_context") == 0)
  }

  @Test("has a history of who moved it, when and why, newest first; plain SQL has no name")
  func history() throws {
    _ = try set(1)
    _ = try set(2, reason: "better")
    try registry.connection.execute("UPDATE model_aliases SET version_id = 3")
    try registry.removeAlias(champion, reason: "")
    let history = try registry.aliasHistory(model: "neural-net", alias: "champion")
    #expect(history.map(\.version) == [nil, 3, 2, 1])
    #expect(history.map(\.reason) == [nil, nil, "better", nil])
    #expect(history.map(\.actor) == [Registry.currentActor(), nil, "ada", "ada"])
    #expect(history.map(\.event) == [4, 3, 2, 1])
    #expect(history.map(\.at) == history.map(\.at).sorted(by: >))
    #expect(Registry.currentActor().contains("@"))
  }

  @Test("is rolled back move by move, to nothing at last; what was undone and what undid it are no moves to undo")
  func rollback() throws {
    for version in [1, 2, 3] { _ = try set(version) }
    #expect(try rollBack() == 2)
    #expect(try set(4).previous == 2)
    #expect(try rollBack() == 2)
    #expect(try rollBack() == 1)
    #expect(try rollBack() == nil)
    let nothingLeft = StoreError.nothingToRollBack(model: "neural-net", alias: "champion", path: registry.path)
    #expect(throws: nothingLeft) { try rollBack() }
    #expect(try registry.aliases().isEmpty)
    let history = try registry.aliasHistory().reversed()
    #expect(history.map(\.version) == [1, 2, 3, 2, 4, 2, 1, nil])
    #expect(history.map(\.undoes) == [nil, nil, nil, 3, nil, 5, 2, 1])
    #expect(history.map(\.undoneBy) == [8, 7, 4, nil, 6, nil, nil, nil])
    _ = try set(1)
    #expect(try rollBack() == nil)
  }

  @Test("that was removed comes back by a rollback")
  func removal() throws {
    _ = try set(2)
    #expect(try registry.removeAlias(champion).previous == 2)
    #expect(throws: StoreError.noSuchAlias(model: "neural-net", alias: "champion", known: [], path: registry.path)) {
      try registry.removeAlias(champion)
    }
    #expect(try rollBack() == 2)
  }

  @Test("walks back as a stack of moves does, whatever the history", arguments: 0..<20 as Range<UInt64>)
  func rollbackProperty(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    var stack: [Int?] = [nil]
    for _ in 0..<30 {
      switch Int.random(in: 0..<5, using: &generator) {
      case 0...1:
        let version = Int.random(in: 1...4, using: &generator)
        if try set(version).didMove { stack.append(version) }
      case 2 where stack.last != .some(nil):
        try registry.removeAlias(champion)
        stack.append(nil)
      default:
        guard stack.count > 1 else {
          #expect(throws: (any Error).self) { try rollBack() }
          continue
        }
        stack.removeLast()
        #expect(try rollBack() == stack[stack.count - 1])
      }
      #expect(try registry.aliases().first?.version == stack[stack.count - 1])
    }
  }

  @Test("isn't rolled back to a version that is deleted, nor to one that gc has removed")
  func rollbackToDeleted() throws {
    _ = try set(1)
    _ = try set(2)
    try registry.delete(versions: [synthetic.name(1)])
    func expected(_ isRemoved: Bool) -> StoreError {
      .rollbackTargetGone(model: "neural-net", alias: "champion", version: 1, isRemoved: isRemoved, path: registry.path)
    }
    #expect(throws: expected(false)) { try rollBack() }
    _ = try registry.collectGarbage()
    #expect(throws: expected(true)) { try rollBack() }
    #expect(try registry.aliases().map(\.version) == [2], "it stays where it was")
    #expect(try synthetic.count("SELECT count(*) FROM alias_context") == 0)
  }

  @Test("is listed as it stood at a moment, deleted and removed versions too")
  func past() throws {
    _ = try set(1)
    _ = try set(2)
    try registry.setAlias(AliasName("other"), to: synthetic.name(3))
    try registry.removeAlias(AliasName("other"))
    try synthetic.stored.tamper(
      "alias_events", "UPDATE alias_events SET at = '2026-03-01T1' || id || ':00:00.000Z'")
    func at(_ time: String) throws -> [String] {
      try registry.aliases(at: Timestamp(time)).map { "\($0.alias) \($0.version) \($0.state)" }
    }
    #expect(try at("2026-03-01T10:59:59.999").isEmpty)
    #expect(try at("2026-03-01T11:00") == ["champion 1 live"])
    #expect(try at("2026-03-01T13:30+00:00") == ["champion 2 live", "other 3 live"])
    #expect(try at("2026-03-02") == ["champion 2 live"])
    try registry.delete(versions: [synthetic.name(1), synthetic.name(3)])
    #expect(try at("2026-03-01T11:30") == ["champion 1 deleted"])
    _ = try registry.collectGarbage()
    #expect(try at("2026-03-01T11:30") == ["champion 1 removed"])
    #expect(try registry.aliases(model: "neural-net", at: Timestamp("2026-03-01T13:00")).count == 2)
    #expect(throws: StoreError.noSuchModel(name: "x", known: ["neural-net"], path: registry.path)) { try registry.aliases(model: "x") }
  }

  @Test("belongs to a model: equal names of two models are two aliases, and follow a model that is renamed")
  func models() throws {
    try synthetic.version(model: "cancer")
    _ = try set(2)
    try registry.setAlias(AliasName("cancer@champion"), to: VersionName("cancer/1"))
    #expect(try registry.aliases().map(\.model) == ["cancer", "neural-net"])
    expect(.otherModel) { try registry.setAlias(champion, to: VersionName("cancer/1")) }
    #expect(try registry.renameModel("cancer", to: "clinic"))
    #expect(try registry.version(VersionName("clinic@champion")).model == "clinic")
    #expect(try registry.aliasHistory(model: "clinic", alias: "champion").count == 1)
    #expect(try registry.renameModel("clinic", to: "clinic") == false)
    #expect(throws: StoreError.modelNameTaken(name: "neural-net", path: registry.path)) {
      try registry.renameModel("clinic", to: "neural-net")
    }
    #expect(throws: StoreError.modelForAlias(model: "clinic")) { try registry.version(VersionName("clinic")) }
  }

  @Test("has a name by the schema's rules, and never latest", arguments: ["latest", "@latest", "", "@", "7", "a/b", " a", "name@"])
  func names(text: String) {
    #expect(throws: StoreError.self) { try AliasName(text) }
  }
}
