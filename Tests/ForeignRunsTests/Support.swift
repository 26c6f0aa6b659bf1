import Foundation
import SQLite
import TestSupport
import Testing

@testable import ForeignRuns

/// A metric as a test writes it; two NaNs are equal.
struct Point: Equatable, CustomStringConvertible {
  let key: String
  let step: Int64
  let value: Double
  let time: Int64?

  init(_ key: String, _ step: Int64, _ value: Double, _ time: Int64? = nil) {
    self.key = key
    self.step = step
    self.value = value
    self.time = time
  }

  static func == (a: Point, b: Point) -> Bool {
    (a.key, a.step, a.time) == (b.key, b.step, b.time) && (a.value == b.value || a.value.isNaN && b.value.isNaN)
  }

  var description: String { "\(key)[\(step)]=\(value)@\(time.map { String($0) } ?? "-")" }
}

/// All of a source's runs with their metrics, by what the source calls them.
func everything(in source: any ForeignSource) throws -> [(run: ForeignRun, points: [Point])] {
  try source.runs().map { header in
    let run = try source.run(header)
    return (run, try points(of: run, in: source))
  }
}

func points(of run: ForeignRun, in source: any ForeignSource) throws -> [Point] {
  var points: [Point] = []
  try source.metrics(of: run) { points.append(Point($0.key, $0.step, $0.value, $0.time)) }
  return points
}

/// What an error of this room says; nil where there is none.
func refusal(_ body: () throws -> Void) -> ForeignError? {
  do {
    try body()
    return nil
  } catch {
    return error as? ForeignError
  }
}

extension TemporaryFolder {
  @discardableResult
  func write(_ name: String, bytes: [UInt8]) throws -> String {
    let url = url.appending(path: name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return path(name)
  }

  /// A database of these statements.
  func database(_ sql: String, name: String = "mlflow.db") throws -> String {
    let connection = try Connection(path: path(name), mode: .create)
    try connection.executeScript(sql)
    return path(name)
  }

  func copy(_ path: String, to name: String) throws {
    try FileManager.default.copyItem(atPath: path, toPath: self.path(name))
  }
}

/// Protobuf messages, by hand.
enum Wire {
  static func varint(_ value: UInt64) -> [UInt8] {
    var value = value
    var bytes: [UInt8] = []
    while value >= 0x80 {
      bytes.append(UInt8(value & 0x7f | 0x80))
      value >>= 7
    }
    return bytes + [UInt8(value)]
  }

  static func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] { varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes }
  static func field(_ number: UInt64, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }
  static func field(_ number: UInt64, varint value: UInt64) -> [UInt8] { varint(number << 3) + varint(value) }
  static func field(_ number: UInt64, _ value: Double) -> [UInt8] { varint(number << 3 | 1) + little(value.bitPattern) }
  static func field(_ number: UInt64, _ value: Float) -> [UInt8] { varint(number << 3 | 5) + little(value.bitPattern) }
  static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }

  /// A record of an event file.
  static func record(_ data: [UInt8]) -> [UInt8] {
    let length = little(UInt64(data.count))
    return length + little(MaskedCRC.of(length[...])) + data + little(MaskedCRC.of(data[...]))
  }

  /// An event with one scalar of the old form.
  static func event(_ tag: String, _ value: Float, step: Int64, time: Double = 1_700_000_000) -> [UInt8] {
    field(1, time) + field(2, varint: UInt64(bitPattern: step)) + field(5, field(1, field(1, tag) + field(2, value)))
  }
}
