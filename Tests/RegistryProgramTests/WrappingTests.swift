import ModelRegistry
import TestSupport
import Testing

@testable import registry

@Suite("prose on a terminal")
struct WrappingTests {
  static let prose = [
    "Error: no column 'test_lose' in registry.db; there are model, version, aliases, run, dataset, task, hidden_size, epochs and seed.",
    "  hint: registry list --where \"test_loss < 0.1 AND hidden_size >= 5\" --order-by test_loss --limit 20 --db registry.db",
    "(not shown for lack of width: dataset, task, hidden_sizes, epochs, learning_rate; --columns or --format csv shows them)",
    "Confusion matrix of a-model-whose-name-is-so-long-that-it-fits-no-line-of-forty-columns/12 on its own data",
    "데이터셋의 이름은 아주 길어서 한 줄에 들어가지 않는다 그래서 다음 줄로 넘어가야 한다 🎉🎉🎉",
  ]

  @Test("is folded at spaces, no line too wide, nothing lost", arguments: prose, [40, 60, 80, 200])
  func folding(text: String, width: Int) {
    let folded = text.wrapped(to: width)
    for line in folded.split(separator: "\n") {
      #expect(String(line).displayWidth <= width)
      #expect(line.last != " ")
    }
    #expect(folded.filter { !$0.isWhitespace } == text.filter { !$0.isWhitespace })
    // Not broken sooner than it has to be.
    #expect((folded == text) == (text.displayWidth <= width))
  }

  @Test("stays whole where it is no terminal")
  func pipe() {
    for text in Self.prose { #expect(text.wrapped(to: nil) == text) }
  }

  @Test("goes on under its text: behind a label, a parenthesis, or the indentation")
  func hanging() {
    #expect(
      "Error: no version 9 of 'neural-net'.\n  hint: registry list --db registry.db".wrapped(to: 20) == """
        Error: no version 9
               of
               'neural-net'.
          hint: registry
                list --db
                registry.db
        """)
    #expect("(one two three)".wrapped(to: 10) == "(one two\n three)")
    #expect("  one two three".wrapped(to: 9) == "  one two\n  three")
    #expect("one two three".wrapped(to: 9, hanging: 4) == "one two\n    three")
  }

  @Test("breaks a word that is wider than a line, but none of a hint, which is copied")
  func longWords() {
    #expect("'/a/path/of/twenty-four' is empty".wrapped(to: 12) == "'/a/path/of/\ntwenty-four'\nis empty")
    #expect("  hint: cat /a/path/of/twenty-four".wrapped(to: 16) == "  hint: cat\n        /a/path/of/twenty-four")
    #expect("가나다라마바사".wrapped(to: 5) == "가나\n다라\n마바\n사")
  }

  @Test("keeps its own lines, and an end of line")
  func lines() {
    #expect("a b\n\nc d\n".wrapped(to: 2) == "a\nb\n\nc\nd\n")
  }
}

@Suite("text in a cell")
struct CellTextTests {
  @Test(
    "shows what would break the line or steer the terminal",
    arguments: [
      ("one\ntwo", "one⏎two"), ("one\r\ntwo\rthree", "one⏎two⏎three"), ("a\tb", "a⇥b"), ("\u{1b}[31m", "·[31m"), ("\u{202e}x", "·x"),
      ("line\u{2028}separator", "line⏎separator"), ("plain 한국어", "plain 한국어"),
    ])
  func singleLine(text: String, shown: String) {
    #expect(text.singleLine == shown)
    #expect(Table.text(.text(text)) == shown)
  }

  @Test(
    "is cut in the middle where it is a name, with more of its end",
    arguments: [
      ("linear_1.weight", 15, "linear_1.weight"), ("linear_1.weight", 12, "lin…1.weight"), ("linear_1.weight", 2, "…t"),
      ("linear_1.weight", 1, "…"), ("한국어모델의-이름", 8, "한…-이름"),
    ])
  func middle(text: String, width: Int, cut: String) {
    #expect(text.truncatedInMiddle(to: width) == cut)
    #expect(cut.displayWidth <= width)
  }

  @Test(
    "is quoted in a list where nobody could tell where it ends",
    arguments: [
      ("champion", "champion"), ("my alias", "'my alias'"), ("a,b", "'a,b'"), ("x=1", "'x=1'"), ("it's", "'it''s'"), ("한국어", "한국어"),
    ])
  func quoted(text: String, shown: String) {
    #expect(text.quotedInList == shown)
  }

  @Test(
    "is as wide as a terminal makes it",
    arguments: [
      ("abc", 3), ("한국어", 6), ("ｱ", 1), ("Ａ", 2), ("e\u{301}", 1), ("🎉", 2), ("👍🏽", 2), ("👩\u{200d}💻", 2), ("🇰🇷", 2), ("❤\u{fe0f}", 2),
      ("…⏎⇥·", 4), ("क्ष", 2), ("\u{1112}\u{1161}\u{11ab}", 2), ("─┤⠿█", 4),
    ])
  func width(text: String, width: Int) {
    #expect(text.displayWidth == width)
  }

  @Test("is never taken for narrower than Unicode's table has it")
  func unicode() throws {
    // Python's table is of an older Unicode, in which a few hexagrams and symbols were narrow.
    let script = """
      import unicodedata
      for code in range(0x20, 0x30000):
          c = chr(code)
          if unicodedata.category(c) in ("Cn", "Cc", "Cs", "Co", "Mn", "Me", "Mc", "Cf") or 0x1160 <= code < 0x1200: continue
          print(code, 2 if unicodedata.east_asian_width(c) in "WF" else 1)
      """
    let result = try run("python3", ["-c", script])
    var (wider, narrower) = (0, [UInt32]())
    for line in result.lines {
      let pair = line.split(separator: " ").compactMap { UInt32($0) }
      guard pair.count == 2, let scalar = Unicode.Scalar(pair[0]) else { continue }
      let width = Character(scalar).displayWidth
      if width < pair[1] { narrower.append(pair[0]) }
      if width > pair[1] { wider += 1 }
    }
    #expect(result.lines.count > 40_000)
    #expect(narrower.isEmpty)
    #expect(wider < 250)
  }
}
