import Foundation
import TestSupport
import Testing

@testable import ForeignRuns

@Suite struct TensorBoardTests {
  @Test func realFilesGiveARunForEachFolder() throws {
    let source = try TensorBoardFolder(Fixtures.path("foreign/tensorboard"))
    #expect(source.experiments().map(\.name) == ["tensorboard"])
    let found = try everything(in: source)
    #expect(found.map(\.run.name) == ["new/a", "old"])
    #expect(
      found[1].points == [
        Point("loss", 0, 1, 1_700_000_000_250), Point("val/loss", 0, 0.5, 1_700_000_000_250),
        Point("loss", 1, 0.5, 1_700_000_001_250), Point("val/loss", 1, .nan, 1_700_000_001_250),
        Point("loss", 2, Double(Float(1) / 3), 1_700_000_002_250), Point("val/loss", 2, .infinity, 1_700_000_002_250),
        Point("loss", 3, 0.25, 1_700_000_003_250), Point("val/loss", 3, -.infinity, 1_700_000_003_250),
        Point("loss", 1, 7, 1_700_000_004_250),
      ])
    #expect(
      found[0].points == [
        Point("loss", 0, 0.25, 1_700_000_001_250), Point("acc", 0, 1.0 / 3, 1_700_000_001_250),
        Point("loss", -5, 0.125, 1_700_000_002_250), Point("count", 3, 7, 1_700_000_003_250), Point("half", 3, 0.5, 1_700_000_003_250),
        Point("one", 3, 2.5, 1_700_000_003_250),
      ])
    let run = found[0].run
    #expect(
      Set(run.params) == [
        ForeignPair("lr", "0.1"), ForeignPair("layers", "2.0"), ForeignPair("optimizer", "sgd"), ForeignPair("amsgrad", "false"),
      ])
    #expect(run.tags == [ForeignPair("hparams.group", "g1")])
    #expect(run.status == .failed)
    #expect(run.startedAt == 1_699_999_999_000)
    #expect(run.endedAt == 1_700_000_123_000)
    #expect(source.remarks == [.leftOut(kind: "image", count: 1), .leftOut(kind: "text", count: 1)])
  }

  @Test func uuidsStayWhenTheFolderMoves() throws {
    let folder = try TemporaryFolder()
    try folder.copy(Fixtures.path("foreign/tensorboard"), to: "elsewhere")
    let here = try TensorBoardFolder(Fixtures.path("foreign/tensorboard")).runs().map(\.uuid)
    #expect(try TensorBoardFolder(folder.path("elsewhere")).runs().map(\.uuid) == here)
    #expect(try TensorBoardFolder(folder.path("elsewhere/new")).runs().map(\.uuid) == [here[0]])
    #expect(Set(here).count == 2)
    #expect(here.allSatisfy { $0.count == 36 && $0 == $0.lowercased() })
  }

  @Test func aCopyBesideIsAnotherRun() throws {
    let folder = try TemporaryFolder()
    try folder.copy(Fixtures.path("foreign/tensorboard"), to: "logs")
    try folder.copy(folder.path("logs/old"), to: "logs/zcopy")
    let runs = try TensorBoardFolder(folder.path("logs")).runs()
    #expect(Set(runs.map(\.uuid)).count == 3)
  }

  @Test func filesStandInTheOrderInWhichTheyWereBegun() throws {
    let folder = try TemporaryFolder()
    for (name, time) in [("9", 1_700_000_001.0), ("10", 1_700_000_002), ("11", 1_700_000_000)] {
      try folder.write(
        "events.out.tfevents.1700000000.host.1.\(name)",
        bytes: Wire.record(Wire.event("loss", 1, step: Int64(time) - 1_700_000_000, time: time)))
    }
    #expect(try everything(in: try TensorBoardFolder(folder.url.path))[0].points.map(\.step) == [0, 1, 2])
  }

  @Test func aCutRecordIsSaidAndWhatIsBeforeItTaken() throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<3).flatMap { Wire.record(Wire.event("loss", Float($0), step: Int64($0))) }
    let path = try folder.write("run/events.out.tfevents.1", bytes: bytes.dropLast(1))
    let source = try TensorBoardFolder(folder.url.path)
    #expect(try everything(in: source)[0].points.map(\.value) == [0, 1])
    #expect(source.remarks == [.readUpTo(file: path, place: .byte(bytes.count / 3 * 2), problem: .record(.cut))])
    #expect(source.remarks.allSatisfy { !$0.isDamage })
  }

  @Test func aTagsPluginMayStandAtItsFirstValueAlone() throws {
    let folder = try TemporaryFolder()
    func tensor(_ value: Float) -> [UInt8] { Wire.field(8, Wire.field(1, varint: 1) + Wire.field(5, Wire.little(value.bitPattern))) }
    func event(_ plugin: String?, _ tag: String, _ value: Float) -> [UInt8] {
      let metadata = plugin.map { Wire.field(9, Wire.field(1, Wire.field(1, $0))) } ?? []
      return Wire.record(Wire.field(5, Wire.field(1, Wire.field(1, tag) + tensor(value) + metadata)))
    }
    let events = [
      event("scalars", "loss", 1), event(nil, "loss", 2), event("mesh", "shape", 3), event(nil, "shape", 4), event("scalars", "zero", 0),
    ]
    try folder.write("events.out.tfevents.1", bytes: events.flatMap(\.self))
    let source = try TensorBoardFolder(folder.url.path)
    #expect(try everything(in: source)[0].points.map(\.description) == ["loss[0]=1.0@-", "loss[0]=2.0@-", "zero[0]=0.0@-"])
    #expect(source.remarks == [.leftOut(kind: "mesh", count: 2)])
  }

  @Test func aMessageCutAnywhereIsNoEventOrAShorterOne() throws {
    let whole = try Fixtures.data("foreign/tensorboard/new/a/events.out.tfevents.1700000000.host.1.0")
    let folder = try TemporaryFolder()
    var reader = try RecordReader(try folder.write("events", bytes: Array(whole)))
    while let record = try reader.next() {
      for length in 0..<record.count {
        guard let event = try? EventMessage(record.prefix(length)) else { continue }
        var scalars = ScalarReader()
        for value in event.values { _ = scalars.read(value) }
      }
      for index in record.indices {
        for bit in 0..<8 {
          var flipped = record
          flipped[index] ^= 1 << bit
          guard let event = try? EventMessage(flipped) else { continue }
          var scalars = ScalarReader()
          for value in event.values {
            if case .parameters(let content) = scalars.read(value) {
              var parameters = HyperParameters()
              try? parameters.read(content)
            }
          }
        }
      }
    }
  }

  @Test(
    arguments: [
      [0x2a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],  // a length of 2⁶⁴ - 1
      [0x2a, 0x05, 0x0a], [0x09, 0x00], [0x10], [0x00], [0x0b], [0x0f],
      [0x10, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],  // a number of eleven bytes
    ] as [[UInt8]])
  func aMalformedMessageIsRefused(bytes: [UInt8]) {
    #expect(throws: WireCursor.Malformed.self) { try EventMessage(bytes[...]) }
  }

  @Test func tensorsOfOneNumberAreScalars() throws {
    func tensor(_ dtype: UInt64, _ rest: [UInt8]) throws -> Double? { try ScalarTensor.value((Wire.field(1, varint: dtype) + rest)[...]) }
    let one = Wire.field(2, Wire.field(2, Wire.field(1, varint: 1)))
    let two = Wire.field(2, Wire.field(2, Wire.field(1, varint: 2)))
    let unknown = Wire.field(2, Wire.field(3, varint: 1))
    #expect(try tensor(1, Wire.field(4, Wire.little(Float(0.5).bitPattern))) == 0.5)
    #expect(try tensor(2, Wire.field(4, Wire.little(0.1.bitPattern))) == 0.1)
    #expect(try tensor(2, one + Wire.field(6, 0.1)) == 0.1)
    #expect(try tensor(3, Wire.field(7, varint: UInt64(bitPattern: -2))) == -2)
    #expect(try tensor(9, Wire.field(10, Wire.varint(7))) == 7)
    #expect(try tensor(9, Wire.field(4, Wire.little(Int64(-9)))) == -9)
    #expect(try tensor(19, Wire.field(13, varint: 0x3c00)) == 1)
    #expect(try tensor(19, Wire.field(4, Wire.little(UInt16(0x7c00)))) == .infinity)
    #expect(try tensor(14, Wire.field(13, varint: 0x3f80)) == 1)
    #expect(try tensor(14, Wire.field(4, Wire.little(UInt16(0xc000)))) == -2)
    #expect(try tensor(1, []) == 0)
    #expect(try tensor(1, two + Wire.field(4, Wire.little(UInt64(0)))) == nil)
    #expect(try tensor(1, unknown) == nil)
    #expect(try tensor(7, Wire.field(8, "text")) == nil)
    #expect(try tensor(1, Wire.field(4, Wire.little(UInt64(0)))) == nil)
  }

  @Test func aFolderWithoutEventFilesIsRefused() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.txt", "")
    #expect(refusal { _ = try TensorBoardFolder(folder.url.path) }?.description == "'\(folder.url.path)' has no event files in it")
    #expect(refusal { _ = try TensorBoardFolder(folder.path("none")) }?.problem == .noSuchFile)
  }
}
