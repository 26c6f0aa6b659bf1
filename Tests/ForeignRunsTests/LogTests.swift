import TestSupport
import Testing

@testable import ForeignRuns

@Suite struct CSVLogTests {
  private func log(_ text: String, _ columns: LogColumns = LogColumns(), in folder: TemporaryFolder) throws -> CSVLog {
    try CSVLog(try folder.write("log.csv", text), columns: columns)
  }

  @Test func columnsOfNumbersAreMetrics() throws {
    let folder = try TemporaryFolder()
    let source = try log("epoch,loss,phase,val_loss\n0,0.5,warm,\n1,nan,warm,-Infinity\n2,1e-3,main,NA\n", in: folder)
    let found = try everything(in: source)
    #expect(found[0].points == [Point("loss", 0, 0.5), Point("loss", 1, .nan), Point("val_loss", 1, -.infinity), Point("loss", 2, 0.001)])
    #expect(source.remarks == [.leftOut(kind: "value of the column 'phase'", count: 3)])
    #expect(found[0].run.name == "log.csv")
  }

  @Test func columnsCanBeChosen() throws {
    let folder = try TemporaryFolder()
    let text = "when;it;a;b\n2026-03-01T00:00:00Z;10;1;x\n2026-03-01 00:00:00.5;20;2;3\n"
    let source = try log(text, LogColumns(keys: ["b"], step: "it", time: "when"), in: folder)
    let found = try everything(in: source)
    #expect(found[0].points == [Point("b", 20, 3, 1_772_323_200_500)])
    #expect(source.remarks == [.notNumbers(column: "b", count: 1, firstLine: 2)])
    #expect(found[0].run.startedAt == 1_772_323_200_000)
    #expect(found[0].run.endedAt == 1_772_323_200_500)
  }

  @Test func whatTensorBoardDownloadsIsUnderstood() throws {
    let folder = try TemporaryFolder()
    let source = try log("Wall time,Step,Value\n1700000000.5,-3,0.25\n1700000001,4,0.125\n", in: folder)
    #expect(
      try everything(in: source)[0].points == [Point("Value", -3, 0.25, 1_700_000_000_500), Point("Value", 4, 0.125, 1_700_000_001_000)])
  }

  @Test func secondsSinceAStartAreAMetric() throws {
    let folder = try TemporaryFolder()
    #expect(try everything(in: try log("time\n1.5\n", in: folder))[0].points == [Point("time", 0, 1.5)])
  }

  @Test func aColumnOfFractionsIsNoStep() throws {
    let folder = try TemporaryFolder()
    #expect(try everything(in: try log("epoch,loss\n0.5,1\n1.0,2\n", in: folder))[0].points.map(\.step) == [0, 0, 1, 1])
  }

  @Test func quotedFieldsMayHoldAnything() throws {
    let folder = try TemporaryFolder()
    let text = "\u{feff}\"a,\"\"b\"\"\n c\",x\r\n\" 1\", 2 \r\n\r\n3,\"4\"\r\n"
    let source = try log(text, LogColumns(keys: ["a,\"b\"\n c"]), in: folder)
    #expect(try everything(in: source)[0].points.map(\.step) == [1])
    #expect(try everything(in: try log(text, in: folder))[0].points == [Point("x", 0, 2), Point("x", 1, 4)])
  }

  @Test func everyCutGivesTheRowsBeforeIt() throws {
    let folder = try TemporaryFolder()
    let text = "step,loss\n1,0.25\n2,\"0.5\"\n3,0.125\n"
    let whole = Array(text.utf8)
    for length in 0..<whole.count {
      let part = String(decoding: whole[..<length], as: UTF8.self)
      let rows = max(0, part.utf8.count { $0 == 0x0a } - 1)
      if rows == 0 {
        #expect(refusal { _ = try log(part, in: folder) } != nil, "cut at \(length)")
      } else {
        let source = try log(part, in: folder)
        #expect(try everything(in: source)[0].points.map(\.value) == Array([0.25, 0.5, 0.125][..<rows]), "cut at \(length)")
        #expect(source.remarks.isEmpty == part.hasSuffix("\n"), "cut at \(length)")
      }
    }
  }

  @Test func aLogThatHasGrownIsTheSameRun() throws {
    let folder = try TemporaryFolder()
    let first = try log("step,loss\n1,0.25\n", in: folder).runs()[0].uuid
    #expect(try log("step,loss\n1,0.25\n2,0.5\n", in: folder).runs()[0].uuid == first)
    #expect(try log("step,loss\n1,0.75\n", in: folder).runs()[0].uuid != first)
  }

  @Test(arguments: [
    ("", LogColumns(), "there is nothing in it"),
    ("a,b\n", LogColumns(), "there is nothing in it"),
    ("a,a\n1,2\n", LogColumns(), "two columns are called 'a' (line 1)"),
    ("a,b\n1\n", LogColumns(), "1 fields, the header has 2 (line 2)"),
    ("a,b\nx,y\n", LogColumns(), "no column of numbers but the step (there is 'a', 'b')"),
    ("step,b\n1,y\n", LogColumns(), "no column of numbers but the step (there is 'step', 'b')"),
    ("a\n1\n", LogColumns(keys: ["b"]), "no column 'b' (there is 'a') (line 1)"),
    ("a,b\n1,1\n1.5,2\n", LogColumns(step: "a"), "'1.5' in 'a' isn't a step: a whole number is needed (line 3)"),
    ("a,b\n1,1\n,2\n", LogColumns(step: "a"), "'' in 'a' isn't a step: a whole number is needed (line 3)"),
    ("a,b\n1,1\n-1,2\n", LogColumns(time: "a"), "'-1' in 'a' isn't a time (line 3)"),
    ("a,b\n1,\"2\n", LogColumns(), "a quoted field has no end (line 2)"),
  ])
  func whatIsWrongIsSaidWithItsLine(text: String, columns: LogColumns, problem: String) throws {
    let folder = try TemporaryFolder()
    #expect(refusal { _ = try log(text, columns, in: folder) }?.description == "'\(folder.path("log.csv"))': \(problem)")
  }
}

@Suite struct JSONLogTests {
  private func log(_ text: String, _ columns: LogColumns = LogColumns(), in folder: TemporaryFolder) throws -> JSONLog {
    try JSONLog(try folder.write("log.jsonl", text), columns: columns)
  }

  @Test func numbersAreMetricsAndObjectsAreFlattened() throws {
    let folder = try TemporaryFolder()
    let text = """
      {"step": 1, "loss": 0.5, "val": {"loss": NaN, "top": {"5": 1e2}}, "list": [1, {"a": 2}], "done": false, "note": "3", "none": null}
      {"step": 2, "loss": "Infinity", "val": {"loss": -Infinity}}
      {"summary": 7}

      """
    let source = try log(text, in: folder)
    #expect(
      try everything(in: source)[0].points == [
        Point("loss", 1, 0.5), Point("val.loss", 1, .nan), Point("val.top.5", 1, 100), Point("loss", 2, .infinity),
        Point("val.loss", 2, -.infinity), Point("summary", 2, 7),
      ])
    #expect(
      source.remarks == [.leftOut(kind: "value of the column 'done'", count: 1), .leftOut(kind: "value of the column 'note'", count: 1)])
  }

  @Test func columnsCanBeChosen() throws {
    let folder = try TemporaryFolder()
    let text =
      "{\"a\": 1, \"b\": 2, \"n\": 5, \"at\": \"2026-03-01T01:00:00+01:00\"}\n{\"a\": \"x\", \"b\": 3, \"n\": 6, \"at\": 1772323201000}\n"
    let source = try log(text, LogColumns(keys: ["a"], step: "n", time: "at"), in: folder)
    #expect(try everything(in: source)[0].points == [Point("a", 5, 1, 1_772_323_200_000)])
    #expect(source.remarks == [.notNumbers(column: "a", count: 1, firstLine: 2)])
  }

  @Test func withoutAStepLinesAreCounted() throws {
    let folder = try TemporaryFolder()
    #expect(try everything(in: try log("{\"a\":1}\n{\"a\":2}\n", in: folder))[0].points.map(\.step) == [0, 1])
  }

  @Test func everyCutGivesTheLinesBeforeIt() throws {
    let folder = try TemporaryFolder()
    let whole = Array("{\"a\": 0.25}\n{\"a\": 0.5, \"t\": \"\\u00e9\"}\n".utf8)
    for length in 12..<whole.count {
      let part = String(decoding: whole[..<length], as: UTF8.self)
      let source = try log(part, in: folder)
      let isWhole = length >= whole.count - 1
      #expect(try everything(in: source)[0].points.map(\.value) == (isWhole ? [0.25, 0.5] : [0.25]), "cut at \(length)")
      let isCut = source.remarks.contains { if case .readUpTo = $0 { true } else { false } }
      #expect(isCut == (length > 12 && !isWhole), "cut at \(length)")
    }
  }

  @Test(arguments: [
    ("[1]", "a list where an object is due"), ("{\"a\":1}}", "something follows the value (byte 7)"),
    ("{\"a\" 1}", "a colon was expected (byte 5)"), ("{\"a\":0x1}", "a comma or } was expected (byte 6)"),
    ("{\"a\":nan}", "a value was expected (byte 5)"), ("{\"a\"", "it ends too early (byte 4)"),
    (String(repeating: "{\"a\":", count: 100_000), "brackets stand in one another more than 64 deep (byte 320)"),
    ("{\"a\":" + String(repeating: "[", count: 100_000), "brackets stand in one another more than 64 deep (byte 68)"),
  ])
  func whatIsNoObjectIsLeftOutAndSaidWithItsLine(line: String, problem: String) throws {
    let folder = try TemporaryFolder()
    let source = try log("{\"a\":1}\n\(line)\n{\"a\":2}\n\(line)\n", in: folder)
    #expect(source.remarks == [.badLines(count: 2, firstLine: 2, problem: problem)])
    #expect(try everything(in: source)[0].points == [Point("a", 0, 1), Point("a", 2, 2)])
    #expect(
      refusal { _ = try log("\(line)\n\(line)\n", in: folder) }?.description == "'\(folder.path("log.jsonl"))': \(problem) (line 1)")
  }
}

@Suite struct LineReaderTests {
  @Test(arguments: [(8, true), (9, false), (SequentialFile.partSize, false)]) func aLineIsBounded(length: Int, isFine: Bool) throws {
    let folder = try TemporaryFolder()
    for end in ["", "\n"] {
      var lines = try LineReader(try folder.write("log", String(repeating: "x", count: length) + end), longest: 8)
      do {
        #expect(try lines.next()?.count == length)
        #expect(isFine)
      } catch {
        #expect(!isFine)
        #expect(error.problem == .log(.lineTooLong(limit: 8)))
      }
    }
  }

  @Test func linesLongerThanAPartAreWhole() throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "y", count: 3 * SequentialFile.partSize + 5)
    var lines = try LineReader(try folder.write("log", "a\r\n\(long)\n\nb"))
    var found: [String] = []
    while let line = try lines.next() { found.append(String(decoding: line, as: UTF8.self)) }
    #expect(found == ["a", long, "", "b"])
    #expect(lines.number == 4 && !lines.isComplete)
  }
}

@Suite struct LogNumberTests {
  @Test(
    arguments: [
      ("1", 1), ("-0.5", -0.5), ("+2", 2), (".5", 0.5), ("1e-3", 0.001), ("inf", .infinity), ("-Infinity", -.infinity), ("0x10", nil),
      ("", nil),
      ("1p3", nil), ("1,5", nil), ("12a", nil), ("infinite", nil), (" 1", nil), ("true", nil),
    ] as [(String, Double?)])
  func numbersAreDecimal(text: String, value: Double?) { #expect(LogNumber.value(text) == value) }

  @Test(
    arguments: [
      ("1700000000", 1_700_000_000_000), ("1700000000123", 1_700_000_000_123), ("1700000000.5", 1_700_000_000_500),
      ("2026-03-01T12:00:30.25Z", 1_772_366_430_250), ("2026-03-01 12:00", 1_772_366_400_000),
      ("2026-03-01T12:00:00-0130", 1_772_371_800_000),
      ("2024-02-29T00:00:00", 1_709_164_800_000), ("1970-01-01T00:00:00Z", 0), ("yesterday", nil), ("2026-13-01T00:00", nil), ("-5", nil),
      ("nan", nil), ("2026-03-01T12:00:00X", nil), ("1e300", nil),
    ] as [(String, Int64?)])
  func timesAreSecondsMillisecondsOrISO(text: String, milliseconds: Int64?) { #expect(LogNumber.milliseconds(text) == milliseconds) }
}
