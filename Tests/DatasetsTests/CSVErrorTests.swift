import Datasets
import Foundation
import TestSupport
import Testing

/// A file's bytes and what is said about them after the file's name.
struct BadCSV: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]
  let message: String

  init(_ name: String, _ text: String, _ message: String) { self.init(name, Array(text.utf8), message) }

  init(_ name: String, _ bytes: [UInt8], _ message: String) {
    self.name = name
    self.bytes = bytes
    self.message = message
  }

  var testDescription: String { name }
}

@Suite("Bad CSV files")
struct CSVErrorTests {
  static let files: [BadCSV] = [
    // The text
    BadCSV("empty file", "", ": the file is empty"),
    BadCSV("blank lines alone", "\n\r\n\n", ": the file is empty"),
    BadCSV("a byte order mark alone", "\u{feff}", ": the file is empty"),
    BadCSV("header only", "a,y\n", ": a header and no row"),
    BadCSV("UTF-16", [0xff, 0xfe, 0x61, 0, 0x2c, 0, 0x79, 0], ": the text is UTF-16, only UTF-8 is read"),
    BadCSV("UTF-16, big end first", [0xfe, 0xff, 0, 0x61], ": the text is UTF-16, only UTF-8 is read"),
    BadCSV("a NUL byte", "a,y\n1,2\n3,\u{0}4\n", " line 3: a NUL byte: the file is binary or UTF-16, only UTF-8 text is read"),
    BadCSV("a NUL byte in quotes", "a,y\n1,\"\n\u{0}\"\n", " line 3: a NUL byte: the file is binary or UTF-16, only UTF-8 text is read"),
    BadCSV(
      "an ELF program", [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0], " line 1: a NUL byte: the file is binary or UTF-16, only UTF-8 text is read"),
    BadCSV("a PNG picture", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], " line 1: the text is not UTF-8"),
    BadCSV("Latin-1", Array("a,y\n1,2\ncaf".utf8) + [0xe9] + Array(",2\n".utf8), " line 3: the text is not UTF-8"),
    BadCSV("half a character at the end", Array("a,y\nx,2\ny,".utf8) + [0xe2, 0x82], " line 3: the text is not UTF-8"),
    BadCSV("an unclosed quote", "a,y\n1,2\n\"3,4\n5,6\n", " line 3: the quote that opens here is never closed"),
    BadCSV("an unclosed quote after a line break", "a,y\n\"1\n\",\"2\n", " line 3: the quote that opens here is never closed"),
    BadCSV("a quote inside of a field", "a,y\n1,2\n5\"6,4\n", " line 3: a quote is inside a field that it doesn't enclose"),
    BadCSV("text after a closing quote", "a,y\n\"1\"2,4\n", " line 2: a quote is inside a field that it doesn't enclose"),
    // The columns
    BadCSV("a name twice", "a,b,a,y\n", " line 1: the header has 'a' twice"),
    BadCSV("an empty name", "a,,y\n", " line 1: column 2 has no name in the header"),
    BadCSV("a blank name", "a, ,y\n", " line 1: column 2 has no name in the header"),
    BadCSV("a million columns", String(repeating: "a,", count: 1_000_000) + "y\n", " line 1: more than 10000 columns"),
    BadCSV("no target", "a,b\n1,2\n", " line 1: no column 'y'; there are 'a', 'b'"),
    BadCSV("the target in capitals", "a,Y\n1,2\n", " line 1: no column 'y'; there are 'a', 'Y', did you mean 'Y'?"),
    BadCSV("the target alone", "y\n1\n", " line 1: no column besides the target 'y'"),
    BadCSV("a short row", "a,b,y\n1,2,3\n4,5\n", " line 3: the row has 2 fields, the header 3"),
    BadCSV("a long row", "a,y\n1,2\n\n4,5,6\n", " line 4: the row has 3 fields, the header 2"),
    BadCSV("a row of one quoted nothing", "a,y\n1,2\n\"\"\n", " line 3: the row has 1 field, the header 2"),
    BadCSV("another delimiter in a row", "a,y\n1;2\n", " line 2: the row has 1 field, the header 2"),
    // The cells
    BadCSV("text in a number column", "a,y\n1,0\nabc,1\n", " line 3, column 'a': 'abc' is text in a number column (line 2 has a number)"),
    BadCSV("a number in a text column", "a,y\ncm,0\n1.5,1\n", " line 2, column 'a': 'cm' is text in a number column (line 3 has a number)"),
    BadCSV("1e999", "a,y\n1,0\n1e999,1\n", " line 3, column 'a': '1e999' is beyond the range of float64"),
    BadCSV("0x10", "a,y\n1,0\n0x10,1\n", " line 3, column 'a': '0x10' is not a number"),
    BadCSV("a decimal comma", "a;y\n1,5;0\n2,5;1\n", " line 2, column 'a': '1,5' is not a number"),
    BadCSV("an underscore", "a,y\n1_000,0\n", " line 2, column 'a': '1_000' is not a number"),
    BadCSV("inf", "a,y\n1,0\n-inf,1\n", " line 3, column 'a': '-inf' is not a number"),
    BadCSV("nan", "a,y\n1,0\nnan,1\n", " line 3, column 'a': the cell is missing ('nan')"),
    BadCSV("NA", "a,y\n1,0\nNA,1\n", " line 3, column 'a': the cell is missing ('NA')"),
    BadCSV("an empty cell", "a,y\n1,0\n,1\n", " line 3, column 'a': the cell is empty"),
    BadCSV("a quoted empty cell", "a,y\n1,0\n\"\",1\n", " line 3, column 'a': the cell is empty"),
    BadCSV("an empty target cell", "a,y\n1,0\n2,\n", " line 3, column 'y': the cell is empty"),
    BadCSV("trailing junk", "a,y\n1,0\n2kg,1\n", " line 3, column 'a': '2kg' is text in a number column (line 2 has a number)"),
    BadCSV("after quoted line breaks", "b,a,y\n\"x\r\n\ny\",1,0\nz,0x1,1\n", " line 5, column 'a': '0x1' is not a number"),
    BadCSV("beside quoted line breaks", "b,a,y\n\"x\r\n\ny\",0x1,0\n", " line 4, column 'a': '0x1' is not a number"),
    BadCSV("lone carriage returns", "a,y\r1,0\rinf,1\r", " line 3, column 'a': 'inf' is not a number"),
    BadCSV(
      "a long cell with control characters", "a,y\n1,0\n\u{1b}[31m\(String(repeating: "x", count: 100)),1\n",
      " line 3, column 'a': '\u{fffd}[31m\(String(repeating: "x", count: 35))…' is text in a number column (line 2 has a number)"),
    BadCSV(
      "an id column", "a,y\n" + (0..<2_000).map { "id-\($0),\($0 % 2)\n" }.joined(),
      " line 1002, column 'a': more than 1000 different texts: an id or free text, not a category"),
    // The target
    BadCSV("one class", "a,y\n1,x\n2,x\n", ", column 'y': every row has the same value 'x', there is nothing to learn"),
    BadCSV("one number", "a,y\n1,7\n2,7.0\n", ", column 'y': every row has the same value '7', there is nothing to learn"),
    BadCSV("text in a number target", "a,y\n1,1.5\n2,x\n", " line 3, column 'y': 'x' is text in a number column (line 2 has a number)"),
    BadCSV(
      "a target of ids", "a,y\n" + (0..<2_000).map { "1,id-\($0)\n" }.joined(), " line 1002, column 'y': more than 1000 classes"),
  ]

  @Test("a bad file is refused with its line and in plain words", arguments: files)
  func refused(file: BadCSV) throws {
    let folder = try TemporaryFolder()
    try Data(file.bytes).write(to: folder.url.appending(path: "bad.csv"))
    let path = folder.path("bad.csv")
    let error = #expect(throws: CSVError.self) { try readDataset(csv: .path(path), options: CSVOptions(target: "y")) }
    #expect(error?.description == "'\(path)'\(file.message)")
  }

  @Test("a file that is not there, a folder and an unreadable file are told apart")
  func noFile() throws {
    let folder = try TemporaryFolder()
    func reason(_ path: String) -> CSVError.Reason? {
      #expect(throws: CSVError.self) { try readDataset(csv: .path(path), options: CSVOptions(target: "y")) }?.reason
    }
    #expect(reason(folder.path("none.csv")) == .noSuchFile)
    #expect(reason(folder.url.path) == .isDirectory)
    // A closed descriptor stands for what cannot be read: tests may run as root, who may read everything.
    let error = #expect(throws: CSVError.self) {
      try readDataset(csv: .descriptor(-1, name: "-"), options: CSVOptions(target: "y"))
    }
    #expect(error?.description == "'-': cannot be read: Bad file descriptor")
  }

  @Test(
    "a task that does not fit its target is refused",
    arguments: [
      (LearningTask.binary, "a,y\n1,x\n2,z\n3,w\n", ", column 'y': 3 classes, a binary task needs two"),
      (.regression, "a,y\n1,5\n2,x\n", " line 3, column 'y': 'x' is not a number"),
      (.regression, "a,y\n1,5\n2,1e400\n", " line 3, column 'y': '1e400' is beyond the range of float64"),
      (.multiclass, "a,y\n1,5\n2,5\n", ", column 'y': every row has the same value '5', there is nothing to learn"),
    ])
  func wrongTask(task: LearningTask, text: String, message: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.csv", text)
    let error = #expect(throws: CSVError.self) { try readDataset(csv: .path(path), options: CSVOptions(target: "y", task: task)) }
    #expect(error?.description == "'\(path)'\(message)")
  }

  @Test("a missing column is named with the nearest spelling")
  func nearest() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.csv", "petal_length,petal_width,species\n1,2,x\n")
    let error = #expect(throws: CSVError.self) { try readDataset(csv: .path(path), options: CSVOptions(target: "speceis")) }
    #expect(error?.reason == .missingColumns(["speceis"], known: ["petal_length", "petal_width", "species"], nearest: "species"))
  }
}
