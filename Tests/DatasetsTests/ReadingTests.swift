import Datasets
import Foundation
import TestSupport
import Testing

@Suite("What a CSV file's cells are taken for")
struct ReadingTests {
  private func refusal(_ text: String, change: (inout CSVOptions) -> Void = { _ in }) throws -> CSVError.Reason? {
    #expect(throws: CSVError.self) { try read(text, change: change) }?.reason
  }

  /// Forty rows with these cells in turn as the target, beside a feature.
  private func rows(_ cells: [String]) -> String { "a,y\n" + (0..<40).map { "\($0 % 5).5,\(cells[$0 % cells.count])\n" }.joined() }

  @Test(
    "integer classes keep their texts where a number doesn't tell them apart",
    arguments: [
      (["9007199254740992", "9007199254740993"], ["9007199254740992", "9007199254740993"]), (["02134", "2134"], ["02134", "2134"]),
      (["1", "1.0", "2"], ["1", "2"]), (["10", "9"], ["9", "10"]), (["-1", "+1"], ["-1", "+1"]),
      (["007", "7", "7.0"], ["007", "7", "7.0"]),
      (["9007199254740992.0", "9007199254740993.0"], ["9007199254740992.0", "9007199254740993.0"]),
      (["0", "1"], ["0", "1"]), (["0.5", "0.50", "2"], ["0.5", "2"]),
    ])
  func classes(cells: [String], classes: [String]) throws {
    #expect(try read(rows(cells)) { $0.task = .multiclass }.columns.target.classes == classes)
  }

  @Test("a target with leading zeros is taken for codes; by the user's word any target is texts")
  func codes() throws {
    let codes = ["02134", "2134", "10001", "10002"]
    #expect(try read(rows(codes)).columns.target.classes == ["02134", "2134", "10001", "10002"])
    let refused = try refusal(rows(["1", "2"])) {
      $0.categorical = ["y"]
      $0.task = .regression
    }
    #expect(refused == .regressionOfTexts)
    #expect(try read(rows(["1", "1.0", "2"])) { $0.categorical = ["y"] }.columns.target.classes == ["1", "1.0", "2"])
    #expect(try read(rows(["1.5", "2.5", "3.5"])) { $0.categorical = ["y"] }.columns.target.classes == ["1.5", "2.5", "3.5"])
  }

  @Test(
    "an integer that float64 rounds is refused as a number and kept as a text",
    arguments: [
      "9007199254740993", "9007199254740993.0", "9007199254740993.", "-9007199254740993", "123456789012345678",
      "1234567890123456789012345678901234567890123", "9007199254740993e0", "9.007199254740993E+15", "-900719925474099.3e1",
      "90071992547409930e-1", "12345678901234567891e3",
    ])
  func tooLarge(cell: String) throws {
    let text = "a,y\n1,0\n\(cell),1\n3,0\n4,1\n"
    #expect(try refusal(text) == .integerTooLarge)
    #expect(try read(text) { $0.categorical = ["a"] }.columns.features[0].categories?.contains(cell) == true)
    let target = "a,y\n" + (0..<30).map { "1,\($0)\n" }.joined() + "1,\(cell)\n"
    #expect(try refusal(target) == .integerTooLarge)
  }

  @Test(
    "integers that float64 holds are numbers, however large, and so are measurements whose digits it holds",
    arguments: [
      "9007199254740992", "9007199254740994.00", "1e300", "4611686018427387904", "9007199254740992e0", "9.007199254740994E+15", "1e23",
      "-6.02214076e23", "1.2345678901234567e+20", "90071992547409935e-1",
    ])
  func large(cell: String) throws {
    #expect(try read("a,y\n1,0\n\(cell),1\n3,0\n4,1\n").columns.features[0].categories == nil)
  }

  @Test(
    "a text that was meant as a number or a date is no category, in a feature and in a target, unless the user says so",
    arguments: [
      ("2024-01-31", CellLook.date), ("2024-01-31T12:30:00Z", .date), ("31.01.2024", .date), ("Jan 31 2024", .date), ("12:30", .date),
      ("2024-01", .date), ("2024-031", .date), ("2024-W05", .date), ("20240131T123000", .date), ("01/01/2024", .numericDate),
      ("31/01/2024", .numericDate), ("01/02/2024", .ambiguousDate), ("$1000", .money), ("$1,000.50", .money), ("-$5", .money),
      ("5 €", .money), ("USD 5", .money), ("$5k", .money), ("€1,2 Mio", .money), ("12.5-", .otherMarks),
      ("4,5e1", .decimalComma), ("-1,25E-3", .decimalComma), ("US$1000", .money), ("A$5", .money), ("5 US$", .money), ("₪5", .money),
      ("5 Kč", .money), ("฿1,000.50", .money), ("CZK 5", .money),
      ("2024-01-31T12:30:00\u{2212}05:00", .unreadDate), ("2024-01-31/2024-02-01", .unreadDate), ("31. Dezember 2024", .unreadDate),
      ("31 janv. 2024", .unreadDate), ("31 de enero de 2024", .unreadDate), ("1 février 2024", .unreadDate),
      ("2024年1月31日", .unreadDate), ("2024년 1월 31일", .unreadDate),
      ("5%", .percentage), ("12.5 %", .percentage), ("1 234 567", .thousands), ("1'234", .thousands),
      ("1\u{a0}234", .thousands), ("12\u{2009}345.5", .thousands), ("(1,234.5)", .thousands), ("\u{2212}4", .otherMarks),
      ("\u{2013}7.5", .otherMarks), ("(12.5)", .otherMarks), ("(\u{2212}5)", .otherMarks), ("(2020)", .otherMarks),
      ("12\u{a0}", .otherMarks),
      ("\u{2212}5%", .percentage), ("(5%)", .percentage), ("\u{2212}$5", .money), ("$\u{2212}5", .money), ("\u{2212}1,5", .otherMarks),
      ("(2,5)", .otherMarks), ("(1,234)", .otherMarks), ("(12\u{2009}345)", .thousands), ("1 234,5", .thousands), ("1'234,50", .thousands),
      ("12\u{202f}345\u{202f}678,90", .thousands), ("1\u{2019}234", .thousands), ("R$ 5,00", .money), ("5 zł", .money),
      ("Wed Jan 31 12:30:00 2024", .unreadDate), ("24:00", .unreadDate), ("12.30.2024", .unreadDate),
    ])
  func looks(cell: String, look: CellLook) throws {
    let text = "a,y\n\"\(cell)\",0\nx,1\nz,0\nw,1\n"
    #expect(try refusal(text) == .looksLike(look))
    #expect(try read(text) { $0.categorical = ["a"] }.columns.features[0].categories?.count == 4)
    #expect(try refusal("a,y\n1,\"\(cell)\"\n2,x\n") == .looksLike(look))
    // A target's first text may be an ordinary one.
    #expect(try refusal("a,y\n1,x\n2,\"\(cell)\"\n") == .looksLike(look))
  }

  @Test(
    "a number with separators as programs and India write them is refused, and known for one",
    arguments: ["1_000", "12,34,567", "1,23,456.5"])
  func separators(cell: String) throws {
    #expect(try refusal("a,y\n\"\(cell)\",0\nx,1\nz,0\nw,1\n") == .notANumber)
    #expect(CellLook(cell) == .thousands)
  }

  @Test(
    "the plain number that a cell means is given where it is sure",
    arguments: [
      ("1.000.000", "1000000"), ("1,000,000", "1000000"), ("1'234'567", "1234567"), ("1 234", "1234"), ("1.234,5", "1234.5"),
      ("1,234.5", "1234.5"), ("1,5", "1.5"), ("-1,25", "-1.25"), ("$1,000", "1000"), ("$1,000.50", "1000.50"), ("€5,50", "5.50"),
      ("5 €", "5"), ("-$5", "-5"), ("($5)", "-5"), ("5%", "5"), ("12,5 %", "12.5"), ("1.234%", "1.234"), ("1,234", nil), ("€1.000", nil),
      ("1,234 €", nil), ("1.234,50 zł", "1234.50"),
      ("12,345%", nil), ("red", nil), ("5-6", nil), ("$-5", "-5"), ("USD -5", "-5"), ("USD - 5", "-5"), ("-$-5", nil), ("$+5", "5"),
      ("-5%", "-5"), ("$1.2.3", nil), ("$1 2 3", nil), ("1.2.3%", nil), ("$1,23.5", nil), ("$1.234.567", "1234567"), ("$5-678", nil),
      ("1\u{a0}234,5 €", "1234.5"), ("\u{2212}4", "-4"), ("(12.5)", "-12.5"), ("(1,234.5)", "-1234.5"), ("\u{2212}$5", "-5"),
      ("(2020)", nil), ("(\u{2212}5)", nil), ("(5%)", "-5"), ("\u{2212}1,5", "-1.5"), ("(1,234)", nil), ("12\u{202f}345,5", "12345.5"),
      ("5-", nil), ("$5k", nil), ("4,5e1", nil), ("US$1,000", "1000"), ("₪5.5", "5.5"), ("1_000", "1000"), ("12,34,567", "1234567"),
    ] as [(String, String?)])
  func plainNumber(cell: String, number: String?) { #expect(CellLook.plainNumber(cell) == number) }

  @Test(
    "commas in numbers are called that",
    arguments: [
      ("1,5", CellLook.decimalComma), ("1,234", .decimalComma), ("1,234,567", .thousands), ("1,234.5", .thousands), ("1.234,5", .thousands),
    ])
  func commas(cell: String, look: CellLook) { #expect(CellLook(cell) == look) }

  @Test(
    "numbers with one unit, or with factors, are told from other texts",
    arguments: [
      (["5 kg", "7 kg", "8.5 kg"], true), (["1.5k", "2M", "10K"], true), (["-3.25 °C", "1°C", "2 °c"], true),
      (["5 тонн", "6 тонн", "7 тонн"], true),
      (["5", "6", "7"], false), (["5 kg", "6 kg"], false), (["5 kg", "6 lb", "7 kg"], false), (["kg", "5 kg", "6 kg"], false),
      (["1st", "2ND", "3rd"], false), (["1th", "2th", "3th"], false), (["4x4", "6x4", "6x6"], false), (["1A", "2B", "3C"], false),
      (["5 kilograms", "6 kilograms", "7 kilograms"], false), (["1.2.3a", "1.2.4a", "1.2.5a"], false), (["12\u{a0}", "5 ", ""], false),
    ])
  func units(cells: [String], haveUnit: Bool) { #expect(CellLook.haveUnit(cells.map { Array($0.utf8) }) == haveUnit) }

  @Test(
    "ordinary texts are categories",
    arguments: [
      "red", "A-1", "3 bedrooms", "10-20", "2020-2021", "1.2.3", "1.2.10", "May", "c$", "%", "$", "v1,2", "+", "10.0.0.1", "Saturn 12/2024",
      "sunset Jan 2024", "16:9", "5th Avenue", "10-11-12-13", "192.168.1.1", "123-45-6789", "T24", "Jan-24", "12:30-15:00", "25:10",
      "00:1A:2B", "20240131-7", "20240131 A", "1-2-3-4", "10.15.7", "2024-01-31 to 2024-02-05", "2024-01-31 noon", "Route 66", "(a)", "(5",
      "3\u{2013}4", "\u{2212}", "4 out of 10", "Mars 2020", "Set 2001", "6 Ft", "TRY 1", "RON", "A5", "1 von 10", "18-25", "4x4", "B-",
      "40-", "1+", "$0-10", "$20+",
      "1-0",
    ])
  func ordinary(cell: String) throws {
    #expect(CellLook(cell) == nil)
    #expect(try read("a,y\n\"\(cell)\",0\nx,1\nz,0\nw,1\n").columns.features[0].categories?.contains(cell) == true)
  }

  @Test("--date reads a column as days, and what is exported reads back as the same dataset")
  func dates() throws {
    let text = "d,y\n2024-01-31,0\n31.01.2024 12:00,1\n\"Jan 31, 2024\",0\n2024-02,1\n1970-01-01T00:00:00.001Z,0\n20240131,1\n"
    let dataset = try read(text) { $0.dates = ["d"] }
    #expect(dataset.columns.features == [FeatureColumn(name: "d", isDate: true)])
    #expect((dataset.x(.train) + dataset.x(.test)).contains(19753.5))
    #expect(try Columns(json: dataset.columns.json) == dataset.columns)
    let folder = try TemporaryFolder()
    for part in Dataset.Part.allCases {
      var bytes: [UInt8] = []
      try dataset.writeCSV([part]) { bytes += $0 }
      try Data(bytes).write(to: folder.url.appending(path: part.rawValue))
    }
    var options = CSVOptions(target: "y")
    options.dates = ["d"]
    let back = try readDataset(csv: .path(folder.path("train")), testFile: .path(folder.path("test")), options: options).dataset
    #expect(back.digest == dataset.digest)
    #expect(try refusal("d,y\n2024-01-31,0\nsoon,1\n") { $0.dates = ["d"] } == .notADate)
    #expect(try refusal("d,y\n01/02/2024,0\n") { $0.dates = ["d"] } == .looksLike(.ambiguousDate))
  }

  @Test(
    "a column of dates has one kind of them",
    arguments: [
      (["2024-01-31", "12:30"], DateForm.time, DateForm.day), (["12:30", "31/01/2024"], .numbers(isDayFirst: true), .time),
      (["31/01/2024", "01/31/2024"], .numbers(isDayFirst: false), .numbers(isDayFirst: true)),
    ])
  func mixedDates(cells: [String], form: DateForm, other: DateForm) throws {
    let reason = try refusal("d,y\n\(cells[0]),0\n\(cells[1]),1\n") { $0.dates = ["d"] }
    #expect(reason == .mixedDates(form, other: other, line: 2))
  }

  @Test("times alone are fractions of a day, stored as times, exported as they came, and no dates are read among them")
  func times() throws {
    let text = "d,y\n12:30:00,0\n00:00:00,1\n06:00:00,0\n23:59:59,1\n"
    let dataset = try read(text) { $0.dates = ["d"] }
    #expect(dataset.columns.features == [FeatureColumn(name: "d", isDate: true, isTime: true)])
    #expect(try Columns(json: dataset.columns.json) == dataset.columns)
    #expect(dataset.columnSummary == "1 time")
    var bytes: [UInt8] = []
    try dataset.writeCSV { bytes += $0 }
    #expect(Set(String(decoding: bytes, as: UTF8.self).split(separator: "\n")) == Set(text.split(separator: "\n")))
    let folder = try TemporaryFolder()
    var rows = try FeatureRows.open(.path(folder.write("a.csv", "d\n2024-01-31\n")), features: dataset.columns.features)
    let error = #expect(throws: CSVError.self) { try rows.next() }
    #expect(error?.reason == .mixedDates(.day, other: .time, line: nil))
  }

  @Test("numbers that are all days of eight digits are pointed out, in the target too")
  func likelyDates() throws {
    let text = "a,b,c,y\n" + (0..<12).map { "\(20240101 + $0),\(20240122 + $0),1,\(19991201 + $0)\n" }.joined()
    let dataset = try read(text)
    #expect(dataset.likelyDates == ["a", "y"], "there is no 32nd of January")
    #expect(dataset.likelyIDs == ["b"])
    #expect(try read(text) { $0.dates = ["a"] }.likelyDates == ["y"])
  }

  @Test("zeros in front of a number and blanks around a text that are left out are told")
  func remarks() throws {
    func remarks(_ text: String, change: (inout CSVOptions) -> Void = { _ in }) throws -> [ReadingRemark] {
      let folder = try TemporaryFolder()
      var options = CSVOptions(target: "y")
      options.testFraction = 0.25
      change(&options)
      return try readDataset(csv: .path(folder.write("a.csv", text)), options: options).remarks
    }
    #expect(try remarks("a,y\n10001,0\n02134,1\n0,0\n0.5,1\n") == [.leadingZeros(column: "a", example: "02134")])
    #expect(try remarks("a,y\n0,0\n-0.25,1\n0.5,0\n0e1,1\n") == [])
    #expect(try remarks("a,y\n02134,0\n2134,1\n1,0\n1,1\n") { $0.categorical = ["a"] } == [])
    #expect(try remarks("a,y\n1,01.5\n2,007\n3,5\n4,6\n") { $0.task = .regression } == [.leadingZeros(column: "y", example: "007")])
    #expect(try remarks("a,y\nred,0\n red,1\nblue,0\nblue,1\n") == [.blanks(column: "a", example: "red")])
    #expect(try remarks("a,y\n1, no\n2,yes\n3,no \n4, yes\n5,no\n6,yes\n") == [.blanks(column: "y", example: "no")])
    // A blank behind every comma is a style.
    #expect(try remarks("a,b,y\n1, red, no\n2, blue, yes\n3, red, no\n4, blue, yes\n") == [])
    let quoted = try read("a,y\nred,0\n\" red\",1\nblue,0\nblue,1\n")
    #expect(quoted.lookalikes.map(\.difference) == [.blanks] && quoted.columns.features[0].categories?.count == 3)
  }

  @Test("a target of codes is no number, even where its first zero in front comes after a thousand others")
  func lateLeadingZero() throws {
    let text = "a,y\n" + (0..<1_200).map { "1,\(20_000 + $0)\n" }.joined()
    #expect(try read(text).columns.target.classes == nil)
    #expect(try refusal(text + "1,02134\n") == .tooManyClasses(limit: 1_000))
    #expect(try read(text + "1,02134\n") { $0.task = .regression }.columns.target.classes == nil)
  }

  @Test("dropped columns are not looked at, and stand in the source")
  func drop() throws {
    let text = "id,a,d,y\nx1,1,2024-01-01,0\n,2,,1\nx3,3,$5,0\nx4,4,z,1\n"
    let dataset = try read(text) {
      $0.drop = ["d", "id"]
      $0.dropMissing = true
    }
    #expect(dataset.columns.features.map(\.name) == ["a"])
    #expect(dataset.droppedColumns == ["id", "d"])
    #expect(dataset.trainCount + dataset.testCount == 4)
    #expect(try DatasetSource(json: dataset.source.json) == dataset.source)
    #expect(dataset.columnSummary == "1 number, 2 dropped")
    #expect(try refusal(text) { $0.drop = ["y"] } == .targetDropped)
    #expect(try refusal(text) { $0.drop = ["a", "d", "id"] } == .noFeature(target: "y"))
    #expect(try refusal(text) { $0.drop = ["ids"] } == .missingColumns(["ids"], known: ["id", "a", "d", "y"], nearest: "id"))
  }

  @Test("a file without a header has columns by number, and its first line is a row", arguments: ["x2", "2", "last", "-1"])
  func noHeader(target: String) throws {
    let dataset = try read("1.5,2,0\n3,4,1\n5,6,0\n7,8,1\n") {
      $0.noHeader = true
      $0.target = target
      $0.drop = ["1"]
    }
    #expect(dataset.columns.features.map(\.name) == ["x0"] && dataset.columns.target.name == "x2")
    #expect(Set(dataset.x(.train) + dataset.x(.test)) == [1.5, 3, 5, 7])
  }

  @Test(
    "a file without a header may have the features alone; another width is refused",
    arguments: [
      ("0", [], "0,1.5,2\n", [1.5, 2.0]), ("0", [], "1.5,2\n", [1.5, 2]), ("last", [], "1.5,2\n", [1.5, 2]),
      ("1", [], "1.5,2\n", [1.5, 2]),
      ("0", [], "1.5\n", nil), ("0", [], "1.5,2,3,4\n", nil),
    ] as [(String, [String], String, [Double]?)])
  func narrowerFile(target: String, drop: [String], text: String, wanted: [Double]?) throws {
    let row = ["1,2,3\n", "4,5,6\n", "7,8,10\n", "9,9,30\n", "3,1,7\n"].joined()
    let dataset = try read(row) {
      $0.noHeader = true
      $0.target = target
      $0.task = .regression
    }
    let folder = try TemporaryFolder()
    let path = try folder.write("a.csv", text)
    let training = Headerless(target: dataset.columns.target.name, width: 3)
    guard let wanted else {
      let error = #expect(throws: CSVError.self) {
        _ = try FeatureRows.open(.path(path), features: dataset.columns.features, noHeader: training)
      }
      #expect(error?.reason == .otherWidth(got: text.split(separator: ",").count, training: 3, features: 2))
      return
    }
    var rows = try FeatureRows.open(.path(path), features: dataset.columns.features, noHeader: training)
    #expect(try rows.next()?.x == wanted)
    #expect(rows.isRenamed == (text.split(separator: ",").count < 3))
  }

  @Test("in a file without a header a dropped column is counted, and what can't be told is refused")
  func narrowerWithDropped() throws {
    let features = [FeatureColumn(name: "x1"), FeatureColumn(name: "x3")]
    let folder = try TemporaryFolder()
    func x(_ text: String, _ width: Int?) throws -> [Double]? {
      var rows = try FeatureRows.open(
        .path(folder.write("a.csv", text)), features: features, noHeader: Headerless(target: "x0", width: width))
      return try rows.next()?.x
    }
    #expect(try x("0,1,2,3,4\n", 5) == [1, 3])
    #expect(try x("1,3\n", 5) == [1, 3])
    // One of fewer columns may lack the target or any of the dropped.
    #expect(throws: CSVError.self) { _ = try x("1,2,3,4\n", 5) }
    #expect(throws: CSVError.self) { _ = try x("1,2,3\n", 4) }
    #expect(try x("0,1,2,3\n", nil) == [1, 3])
    #expect(throws: CSVError.self) { _ = try x("1,2,3\n", nil) }
  }

  @Test("a header of numbers is refused, unless it counts up", arguments: ["1.5,2,y2", "1,0", "14.23,1.71,1065,0", "1.0,1.0,2", "5,3,1,0"])
  func headerOfNumbers(header: String) throws {
    let names = header.split(separator: ",").map(String.init)
    let isData = names.allSatisfy { Double($0) != nil }
    let row = names.map { _ in "1" }.joined(separator: ",")
    let reason = try refusal("\(header)\n\(row)\n") { $0.target = "none" }
    #expect((reason == .headerOfNumbers) == isData)
    #expect(try read("0,1,2\n1,2,0\n3,4,1\n5,6,0\n7,8,1\n") { $0.target = "2" }.featureCount == 2)
  }

  @Test("Excel's first line names the delimiter", arguments: ["sep=;\n", "sep=;\r\n", "SEP=;\n", "\u{feff}sep=;\n"])
  func separatorLine(line: String) throws {
    #expect(try read(line + "a;y\n1;0\n2;1\n3;0\n4;1\n").columns.features.map(\.name) == ["a"])
    let folder = try TemporaryFolder()
    let path = try folder.write("a.csv", line + "a;y\n1;0\nq;1\n")
    #expect(#expect(throws: CSVError.self) { try readDataset(csv: .path(path), options: CSVOptions(target: "y")) }?.line == 4)
  }

  @Test(
    "a file of another kind is named",
    arguments: [
      ([0x1f, 0x8b, 8, 0], BinaryFormat.gzip), ([0x50, 0x4b, 3, 4, 20], .zip), (Array("PAR1".utf8), .parquet),
      ([0xd0, 0xcf, 0x11, 0xe0], .excel),
      (Array("BZh91AY".utf8), .bzip2), ([0xfd, 0x37, 0x7a, 0x58], .xz), ([0x28, 0xb5, 0x2f, 0xfd], .zstd),
    ] as [([UInt8], BinaryFormat)])
  func binary(bytes: [UInt8], format: BinaryFormat) throws {
    let folder = try TemporaryFolder()
    try Data(bytes).write(to: folder.url.appending(path: "a"))
    let error = #expect(throws: CSVError.self) { try readDataset(csv: .path(folder.path("a")), options: CSVOptions(target: "y")) }
    #expect(error?.reason == .binary(format))
  }

  @Test("what looks like an id is pointed out, what repeats is not")
  func ids() throws {
    let text =
      "n,i,user_id,name,size,age,y\n"
      + (0..<40).map { "\($0 % 7),\($0 * 17 % 40),\($0 * 7919),t\($0),\(Double($0) + 0.5),\($0 * 3),\($0 % 2)\n" }.joined()
    #expect(try read(text).likelyIDs == ["i", "user_id", "name"])
    let accounts = "account,price,y\n" + (0..<110).map { "\(100_003 + $0 * 7919),\($0 * 977),\($0 % 2)\n" }.joined()
    #expect(try read(accounts).likelyIDs == ["account"])
    // Concatenated tables repeat pandas' index.
    let repeated = (0..<8).map { "\($0 % 4),\($0),\($0 % 2)\n" }.joined()
    #expect(try read(",a,y\n" + repeated).likelyIDs == ["unnamed_0"])
    #expect(try read("Unnamed: 0,a,y\n" + repeated).likelyIDs == ["Unnamed: 0"])
  }

  @Test("names that differ only in Unicode normalisation stay two, and are pointed out")
  func lookalikes() throws {
    let dataset = try read("a,y\n1,caf\u{e9}\n2,cafe\u{301}\n3,caf\u{e9}\n4,cafe\u{301}\n5,caf\u{e9}\n6,cafe\u{301}\n")
    #expect(dataset.columns.target.classes?.count == 2)
    #expect(dataset.lookalikes.map(\.place) == ["the classes of 'y'"])
  }

  @Test("classes that differ only in a character that nobody sees are pointed out")
  func invisible() throws {
    let dataset = try read("a,y\n1,p\n2,p\u{200b}\n3,q\n4,p\n5,p\u{200b}\n6,q\n7,p\n8,q\n9,p\u{200b}\n")
    #expect(dataset.lookalikes.map(\.difference) == [.blanks])
  }

  @Test("categories and classes that differ only in upper and lower case are pointed out, columns aren't")
  func letterCase() throws {
    let dataset = try read("x,X,y\nred,1,yes\nRed,2,no\nred,3,Yes\nblue,4,no\nRed,5,yes\nblue,6,no\nred,7,Yes\nRed,8,yes\n") { $0.seed = 1 }
    #expect(dataset.lookalikes.map(\.difference) == [.letterCase, .letterCase])
    #expect(dataset.lookalikes.map(\.place) == ["the categories of 'x'", "the classes of 'y'"])
  }

  @Test("what the columns were taken for is counted")
  func summary() throws {
    let text = "a,b,c,d,e,y\n" + (0..<8).map { "\($0).5,k\($0 % 2),m\($0 % 4),2024-01-0\($0 + 1),1,\($0 % 2)\n" }.joined()
    let dataset = try read(text) {
      $0.dates = ["d"]
      $0.drop = ["e"]
    }
    #expect(dataset.columnSummary == "1 number, 2 categories (2 and 4 values), 1 date, 1 dropped")
  }
}
