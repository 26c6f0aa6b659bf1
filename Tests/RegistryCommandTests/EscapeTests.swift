import ModelRegistry
import Testing

@testable import registry

/// What a stranger's text can do to a terminal: nothing.
struct EscapeTests {
  @Test("JSON escapes every control character, those beyond ASCII too")
  func json() {
    #expect(JSONValue.string("a\u{1b}[2J\u{7f}\u{85}\u{9b}31m\u{a0}é").text == #""a\u001b[2J\u007f\u0085\u009b31m"# + "\u{a0}é\"")
  }

  @Test("CSV keeps texts as they are for a file, and has them on one line for a terminal")
  func csv() {
    let rows: [[CellValue]] = [[.text("a\u{1b}[2J\nb"), .real(0.5)]]
    #expect(csvText(columns: ["n\u{9b}", "x"], rows: rows, isForTerminal: true) == "n·,x\na·[2J⏎b,0.5\n")
    #expect(csvText(columns: ["n", "x"], rows: rows, isForTerminal: false) == "n,x\n\"a\u{1b}[2J\nb\",0.5\n")
  }
}
