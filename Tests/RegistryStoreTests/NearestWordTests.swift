import Testing

@testable import RegistryStore

@Suite("the nearest word")
struct NearestWordTests {
  static let words: [(String, [String], String?)] = [
    ("tset_loss", ["train_loss", "test_loss"], "test_loss"),
    // Two letters swapped are one mistake.
    ("nueral-net", ["cancer", "neural-net"], "neural-net"),
    // Of two that are as near, the one whose case fits.
    ("Stge", ["stage", "Stage"], "Stage"),
    ("vers", ["aliases", "version", "version_id"], "version"),
    ("learn", ["learning_rate", "learned"], nil),
    ("ve", ["version"], nil),
    ("a", ["b"], nil),
    ("a", ["A"], "A"),
    ("x", ["x0"], "x0"),
    ("abc", ["xyz"], nil),
    ("", ["x"], "x"),
    ("word", [], nil),
  ]

  @Test("has at most a third of its letters wrong, or begins with what was written", arguments: words)
  func nearest(word: String, words: [String], expected: String?) { #expect(RegistryStore.nearest(to: word, among: words) == expected) }

  @Test("is among the few that an error names")
  func examples() {
    let names = (1...30).map { "other-\($0)-of-many" } + ["cancer"]
    let shown = RegistryStore.examples(of: names, near: "cancr", atMost: 3)
    #expect(shown == ["cancer", "other-1-of-many", "other-2-of-many"])
    #expect(RegistryStore.examples(of: names, near: "xyz", atMost: 2) == ["other-1-of-many", "other-2-of-many"])
  }
}
