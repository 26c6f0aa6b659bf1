import Tensors
import Testing

private let composed = "caf\u{e9}"
private let decomposed = "cafe\u{301}"

@Suite("A name is its bytes")
struct NameTests {
  @Test(
    "Two spellings that Swift calls equal are two names",
    arguments: [
      (composed, decomposed), ("K", "\u{212a}"), ("Å", "\u{212b}"), (";", "\u{37e}"), ("q\u{323}\u{307}", "q\u{307}\u{323}"),
    ])
  func twins(a: String, b: String) {
    #expect(a == b)
    #expect(!a.hasSameBytes(as: b))
    #expect(Name(a) != Name(b))
    #expect(Set([Name(a), Name(b), Name(a)]).count == 2)
    let counts: [Name: Int] = [Name(a): 1, Name(b): 2]
    #expect(counts[Name(a)] == 1 && counts[Name(b)] == 2)
    #expect([a, b].firstIndex(named: b) == 1)
    #expect(![a].contains(named: b))
    #expect([a, b].firstRepeatedName() == nil)
  }

  @Test("Equal bytes are one name, whatever the string is made of", arguments: ["", "a", "weights", composed, decomposed, "a\0b", "😀"])
  func sameBytes(text: String) {
    let copy = String(decoding: Array(text.utf8), as: UTF8.self)
    #expect(Name(text) == Name(copy))
    #expect(Name("<\(text)>"[...].dropFirst().dropLast()) == Name(text))
    #expect(Name(text).hashValue == Name(copy).hashValue)
    #expect([text, copy].firstRepeatedName() == text)
  }

  @Test("Names are sorted as SQLite's BINARY sorts them: by their bytes")
  func order() {
    let names = ["z", composed, "", "cafez", decomposed, "caf", "Z", "\u{ffff}", "\u{10000}", "a\0b", "a"]
    let right = ["", "Z", "a", "a\0b", "caf", "cafez", decomposed, composed, "z", "\u{ffff}", "\u{10000}"]
    #expect(names.sortedByBytes().map { Array($0.utf8) } == right.map { Array($0.utf8) })
    #expect(names.map { Name($0) }.sorted() == right.map { Name($0) })
  }

  @Test("A wrapped property is compared by its bytes")
  func wrapper() {
    struct Column: Hashable {
      @Name var name: String
    }
    #expect(Column(name: composed) != Column(name: decomposed))
    #expect(Column(name: composed).name == decomposed)
  }
}
