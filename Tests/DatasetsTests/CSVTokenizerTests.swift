import TestSupport
import Testing

@testable import Datasets

@Suite("Cutting CSV text into fields")
struct CSVTokenizerTests {
  private func records(_ text: String, recordLimit: Int = 1 << 20) throws -> [[String]] {
    let folder = try TemporaryFolder()
    var tokenizer = try CSVTokenizer.open(.path(folder.write("a.csv", text)), delimiter: nil, recordLimit: recordLimit)
    var records: [[String]] = []
    while try tokenizer.next() {
      var record: [String] = []
      for index in tokenizer.fields.indices { record.append(tokenizer.text(index)) }
      records.append(record)
    }
    return records
  }

  @Test(
    "a comma between digits alone isn't the separator where another mark is",
    arguments: [
      ("0,25;0,5\n", ["0,25", "0,5"]), ("0,25\t0,5\n", ["0,25", "0,5"]), ("1,2,3\n", ["1", "2", "3"]), ("a,b;c\n", ["a", "b;c"]),
      ("1,2;x,y,z\n", ["1", "2;x", "y", "z"]), ("1,5\n", ["1", "5"]), ("\"1;2\",3\n", ["1;2", "3"]),
    ])
  func decimalCommas(text: String, record: [String]) throws { #expect(try records(text) == [record]) }

  @Test(
    "the separator is the mark that the first two records have as often",
    arguments: [
      ("17;Berlin, Mitte, DE1;no\n18;Bonn, Zentrum, DE2;no\n", 3), ("1\tBerlin, Mitte, DE\tno\n2\tBonn, Mitte, DE\tno\n", 3),
      ("len,cm;wid,cm;y\n1;2;p\n", 3), ("a,b;c\n1,2\n", 2), ("i;a, b, c;p\n\n", 3), ("a, b, c\n1, 2, 3\n", 3),
      ("1, x;y, 0\n2, z;w, 1\n", 3), ("id, size (w;h), y\n1, 2;3, 0\n", 3),
      ("0.67,x; y; z; w,0\n-0.58,p; q; r; s,1\n", 3), ("a,kind (w; x; y; z),y\n-0.7,p; q; r; o,0\n", 3),
      ("\"x\n;;\",y\n1,2\n", 2), ("a;b\n0,25;0,5\n", 2), ("a,b\r\n1;1,2;2\r\n", 2),
    ])
  func separators(text: String, fields: Int) throws { #expect(try records(text)[0].count == fields) }

  @Test(
    "fields are cut as RFC 4180 says",
    arguments: [
      ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]), ("a,b\r\n1,2", [["a", "b"], ["1", "2"]]), ("a,b\r1,\r", [["a", "b"], ["1", ""]]),
      ("\"a\"\"b\",\"\"\n,\n", [["a\"b", ""], ["", ""]]), ("a,\"x\ny\r\nz\"\n", [["a", "x\ny\r\nz"]]),
      (" a b ,\t c\n\" d \",e\n", [["a b", "c"], [" d ", "e"]]), ("\"\"\"\"\"\",b\n", [["\"\"", "b"]]),
      ("a;b,c;d\n", [["a", "b,c", "d"]]), ("\"a;b;c;d\",e\n", [["a;b;c;d", "e"]]), ("\n\na\tb\n\n\nc\td\n\n", [["a", "b"], ["c", "d"]]),
      ("a\n1,2\n", [["a"], ["1", "2"]]), ("\u{feff}\"a\",층\n", [["a", "층"]]), ("a,b", [["a", "b"]]), ("\"a\",\"b\"", [["a", "b"]]),
    ] as [(String, [[String]])])
  func fields(text: String, expected: [[String]]) throws { #expect(try records(text) == expected) }

  @Test("records across the ends of the buffer stay whole, whatever their length")
  func bufferEnds() throws {
    var generator = SplitMix(state: 3)
    let expected = (0..<3_000).map { _ in
      (0..<3).map { _ in
        let length = generator.next() % 50 == 0 ? Int(generator.next() % 40_000) : Int(generator.next() % 20)
        return String((0..<length).map { _ in "a1\"\n,é".randomElement(using: &generator) ?? "a" })
      }
    }
    var writer = CSVWriter()
    for record in expected {
      for field in record { writer.append(field) }
      writer.endRecord()
    }
    #expect(try records(String(decoding: writer.take(), as: UTF8.self)) == expected)
  }

  @Test(
    "a record beyond the limit is refused, and so is one that never ends",
    arguments: [
      ("a,b\n1,\(String(repeating: "2", count: 1_000))\n", 2, nil), (String(repeating: "a", count: 5_000), 1, nil),
      ("a,b\n1,2\n3,\"\(String(repeating: "\n", count: 2_000))", 3, 3),
    ] as [(String, Int, Int?)])
  func tooLong(text: String, line: Int, opened: Int?) throws {
    let error = #expect(throws: CSVError.self) { try records(text, recordLimit: 1_000) }
    #expect(error?.line == line)
    #expect(error?.reason == .recordTooLong(limit: 1_000, quoteOpenedOnLine: opened))
  }

  @Test("a record of just the limit is read")
  func atLimit() throws {
    #expect(try records("a,b\n\(String(repeating: "1", count: 997)),2\n", recordLimit: 1_000).count == 2)
  }
}
