import Testing

@testable import OutputPatterns

struct LineSplitterTests {
  private func lines(_ text: String, chunk: Int = .max) -> [String] {
    var splitter = LineSplitter()
    var found: [String] = []
    let bytes = Array(text.utf8)
    var start = 0
    while start < bytes.count {
      let end = chunk < bytes.count - start ? start + chunk : bytes.count
      var position = start
      while let kind = splitter.next(in: bytes[start..<end], &position) {
        found.append(String(decoding: splitter.line, as: UTF8.self) + (kind == .refresh ? "<" : ""))
      }
      start = end
    }
    if splitter.finish() { found.append(String(decoding: splitter.line, as: UTF8.self)) }
    return found
  }

  static let cases: [(String, [String])] = [
    ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("a\n\n\nb\n", ["a", "b"]), ("a\r\nb\r\n", ["a", "b"]),
    ("a\rb\rc\n", ["a<", "b<", "c"]), ("\ra\r", ["a"]), ("a\r\r\n", ["a"]), ("ab\u{8}\u{8}\u{8}\rcd\n", ["ab<", "cd"]),
    ("\u{1b}[1m1/5\u{1b}[0m \u{1b}[32m━\u{1b}[0m\n", ["1/5 ━"]), ("\u{1b}]0;title\u{7}a\n", ["a"]),
    ("\u{1b}]8;;http://x\u{1b}\\a\n", ["a"]),
    ("\u{1b}(Ba\u{1b}[2K\u{1b}[1Ab\n", ["ab"]), ("a\tb\0c\n", ["a\tbc"]), ("a\u{1b}", ["a"]), ("a\r\u{1b}[Kb", ["a<", "b"]),
  ]

  @Test("lines end at line feeds and returns, and have no escape sequences", arguments: cases)
  func split(text: String, expected: [String]) {
    #expect(lines(text) == expected)
    for chunk in 1...5 { #expect(lines(text, chunk: chunk) == expected) }
  }

  @Test("a line without an end is kept up to a megabyte")
  func bounded() {
    var splitter = LineSplitter()
    let bytes = [UInt8](repeating: 0x61, count: 100_000)
    for _ in 0..<50 {
      var position = 0
      #expect(splitter.next(in: bytes[...], &position) == nil)
    }
    var position = 0
    #expect(splitter.next(in: [0x0a][...], &position) == .line)
    #expect(splitter.line.count == 1 << 20)
  }
}
