import JSONText
import Testing

/// What is JSON, what isn't, and that what is read is written the same.
@Suite("JSON of other programs")
struct JSONReaderTests {
  @Test(
    "is read with its numbers as they were written",
    arguments: [
      (#"{"a": 0.10, "b": [1, -2e+3, true, null], "c": {}}"#, #"{"a": 0.10, "b": [1, -2e+3, true, null], "c": {}}"#),
      (#" [ ] "#, "[]"), (#""é\u00e9\ud83d\ude00\n\"\\\/""#, #""éé😀\n\"\\/""#), ("-0", "-0"),
      ("123456789012345678901234567890", "123456789012345678901234567890"),
      (#"{"a": 1, "a": 2}"#, #"{"a": 1, "a": 2}"#), ("false", "false"), (#""\u0001""#, #""\u0001""#),
      (#""\u007f\u009b\u00a0""#, "\"\\u007f\\u009b\u{a0}\""),
    ])
  func reads(json: String, written: String) throws {
    let node = try JSONReader.read(json)
    #expect(Array(node.text.utf8) == Array(written.utf8))
    #expect(Array(try JSONReader.read(node.text).text.utf8) == Array(written.utf8))
  }

  @Test(
    "is refused with the place where it ends",
    arguments: [
      ("", 0), ("{", 1), ("[1,", 3), ("{\"a\"}", 4), ("01", 0), ("1.", 2), ("-", 1), ("nul", 0), ("\"a", 2), ("\"\\x\"", 1), ("[1] 2", 4),
      ("\"\\ud800\"", 1), ("\"\\ud800\\u0041\"", 1), ("NaN", 0), ("{'a': 1}", 1), ("\"\u{1}\"", 1), ("+1", 0), (".5", 0), ("1e", 2),
      ("[1 2]", 3),
    ])
  func refuses(json: String, offset: Int) {
    #expect { try JSONReader.read(json) } throws: { ($0 as? JSONTextError)?.offset == offset }
  }

  @Test("takes Python's NaN and infinities where that is asked for")
  func nan() throws {
    #expect(try JSONReader.read("[NaN, Infinity, -Infinity]", takingNaN: true).text == "[NaN, Infinity, -Infinity]")
    #expect(throws: JSONTextError.self) { try JSONReader.read("[-Infinit]", takingNaN: true) }
  }

  @Test("has a bound on what stands in one another")
  func depth() throws {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    _ = try JSONReader.read(nested(JSONReader.maximumDepth))
    #expect(throws: JSONTextError.self) { try JSONReader.read(nested(JSONReader.maximumDepth + 1)) }
    #expect(throws: JSONTextError.self) { try JSONReader.read(String(repeating: "[", count: 1_000_000)) }
  }

  @Test("that is cut anywhere, or has bytes that are no UTF-8, is refused and never crashes")
  func cut() throws {
    let whole = Array(#"{"step": 10, "loss": -1.5e-3, "t": "é\n\u00e9", "l": [true, false, null, {"x": [[]]}]}"#.utf8)
    for count in 0..<whole.count {
      let part = Array(whole[..<count])
      #expect(throws: JSONTextError.self) { try part.withUnsafeBytes { try JSONReader.read($0) } }
    }
    for place in whole.indices {
      for byte in [UInt8(0), 0x22, 0x5c, 0x80, 0xff, 0x7b] {
        var changed = whole
        changed[place] = byte
        _ = try? changed.withUnsafeBytes { try JSONReader.read($0, takingNaN: true) }
      }
    }
    let bad: [UInt8] = [0x22, 0xc3, 0x28, 0x22]
    #expect(throws: JSONTextError.self) { try bad.withUnsafeBytes { try JSONReader.read($0) } }
  }
}
