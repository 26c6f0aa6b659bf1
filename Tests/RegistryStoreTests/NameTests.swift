import SQLite
import StoreTestSupport
import Tensors
import Testing

@testable import RegistryStore

/// The program's check of names and the schema's are two texts that must say the same.
@Suite("a name")
struct NameTests {
  static let table: [(name: String, isLegal: Bool)] = [
    ("neural-net", true), ("이름", true), ("a b", true), ("v1", true), ("1.0", true), ("latest2", true), ("Latest", true), ("-", true),
    ("٣٤", true), ("\u{301}", true), ("a\u{301}", true), ("\u{a0}x", true), ("👩‍👩‍👧", true), (String(repeating: "é", count: 200), true),
    ("", false), ("a/b", false), ("a@b", false), ("a:b", false), ("123", false), ("latest", false), (" a", false), ("a ", false),
    (" ", false),
    ("a\nb", false), ("a\u{0}b", false), ("\u{0}", false), ("\u{7f}x", false), ("x\u{85}", false), ("x\u{9f}", false), ("\r\n", false),
    (String(repeating: "x", count: 201), false), (String(repeating: "e\u{301}", count: 101), false),
    // A combining mark makes one character of two scalars, in Swift but not in SQLite.
    ("a/\u{301}b", false), ("@\u{301}", false), (" \u{301}a", false), ("a:\u{fe0f}", false),
  ]

  private func isAccepted(_ name: String) -> Bool { (try? Registry.checkName(name, of: "model")) != nil }

  /// Whether the schema takes it: as a model's name, or as an alias.
  private func isStorable(_ name: String, as kind: String, _ connection: borrowing Connection) throws -> Bool {
    do {
      try connection.executeScript("SAVEPOINT attempt")
      if kind == "model" {
        try connection.execute("INSERT INTO models (name) VALUES (?)", name)
      } else {
        try connection.execute("INSERT INTO model_aliases VALUES (1, ?, 1)", name)
      }
      try connection.executeScript("ROLLBACK TO attempt; RELEASE attempt")
      return true
    } catch let error where error.isConstraint {
      try connection.executeScript("ROLLBACK TO attempt; RELEASE attempt")
      return false
    }
  }

  private func connection(_ stored: StoredRegistry) throws -> Connection {
    try stored.store(model: "first model")
    return try Connection(path: stored.path, mode: .readWrite)
  }

  @Test("is legal by the program and by the schema alike", arguments: ["model", "alias"])
  func sameRules(kind: String) throws {
    let stored = try StoredRegistry()
    let connection = try connection(stored)
    for (name, isLegal) in Self.table {
      #expect(isAccepted(name) == isLegal, "the program, \(name.debugDescription)")
      #expect(try isStorable(name, as: kind, connection) == isLegal, "the schema, \(name.debugDescription)")
    }
  }

  @Test("of random scalars is legal by both or by neither", arguments: ["model", "alias"])
  func randomNames(kind: String) throws {
    let stored = try StoredRegistry()
    let connection = try connection(stored)
    var generator = MersenneTwister(seed: 1)
    let scalars = Array(" /@:aZ09é\u{301}\u{fe0f}\u{200d}👩🇰🇷\t\r\n\u{0}\u{1f}\u{7f}\u{80}\u{9f}\u{a0}층".unicodeScalars)
    var accepted = 0
    for _ in 0..<2000 {
      let length = generator.next(through: 4)
      var name = String.UnicodeScalarView()
      for _ in 0..<length { name.append(scalars[Int(generator.next(through: UInt32(scalars.count - 1)))]) }
      let isLegal = isAccepted(String(name))
      accepted += isLegal ? 1 : 0
      let isStorable = try isStorable(String(name), as: kind, connection)
      if isStorable != isLegal { Issue.record("\(String(name).debugDescription): program \(isLegal), schema \(isStorable)") }
    }
    #expect((200...1800).contains(accepted), "\(accepted) legal names: too lopsided to tell")
  }
}
