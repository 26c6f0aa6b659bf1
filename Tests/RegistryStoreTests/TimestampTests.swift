import SQLite
import Testing

@testable import RegistryStore

@Suite("a time")
struct TimestampTests {
  @Test("milliseconds of no year from 0000 to 9999 are no time", arguments: [Int.min, -62_167_219_200_001, 253_402_300_800_000, .max])
  func outside(milliseconds: Int) { #expect(Timestamp.text(milliseconds) == nil) }

  @Test(
    "is read to the millisecond, in UTC unless it says otherwise",
    arguments: [
      ("2026-03-01", "2026-03-01T00:00:00.000Z"), ("2026-03-01T12:00", "2026-03-01T12:00:00.000Z"),
      ("2026-03-01 12:00", "2026-03-01T12:00:00.000Z"), ("2026-03-01t12:00z", "2026-03-01T12:00:00.000Z"),
      ("2026-03-01T12:00:07", "2026-03-01T12:00:07.000Z"), ("2026-03-01T12:00:07.5", "2026-03-01T12:00:07.500Z"),
      ("2026-03-01T12:00:07.123Z", "2026-03-01T12:00:07.123Z"), ("2026-03-01T12:00:07.123999", "2026-03-01T12:00:07.123Z"),
      ("2026-03-01T00:30+09:00", "2026-02-28T15:30:00.000Z"), ("2024-02-29T23:30:00-01:30", "2024-03-01T01:00:00.000Z"),
      ("0000-01-01", "0000-01-01T00:00:00.000Z"), ("9999-12-31T23:59:59.999", "9999-12-31T23:59:59.999Z"),
    ])
  func reads(text: String, stored: String) throws { #expect(try Timestamp(text).text == stored) }

  @Test(
    "that is none is refused",
    arguments: [
      "", "now", "yesterday", "2026", "2026-3-1", "2026-13-01", "2026-00-01", "2026-02-29", "2026-04-31", "2026-03-01T", "2026-03-01T24:00",
      "2026-03-01T12", "2026-03-01T12:60", "2026-03-01T12:00:60", "2026-03-01T12:00:00.", "2026-03-01T12:00:00,5", "2026-03-01T12:00+9",
      "2026-03-01T12:00+15:00", "2026-03-01T12:00ZZ", " 2026-03-01", "2026-03-01 ", "٢٠٢٦-03-01", "2026-03-01Z", "0000-01-01T00:00+00:01",
      "9999-12-31T23:59-00:01",
    ])
  func illegal(text: String) { #expect(throws: StoreError.illegalTimestamp(text)) { try Timestamp(text) } }

  @Test("is what SQLite makes of the same text, in every century and with any offset")
  func asSQLite() throws {
    let connection = try Connection(mode: .memory)
    var generator = SplitMix64(seed: 1)
    func number(_ range: ClosedRange<Int>, _ width: Int) -> String {
      let digits = String(Int.random(in: range, using: &generator))
      return String(repeating: "0", count: width - digits.count) + digits
    }
    for _ in 0..<2000 {
      let date = "\(number(1...9998, 4))-\(number(1...12, 2))-\(number(1...28, 2))"
      let time = "\(number(0...23, 2)):\(number(0...59, 2)):\(number(0...59, 2)).\(number(0...999, 3))"
      let text = "\(date)T\(time)\(["+", "-"].randomElement(using: &generator) ?? "")\(number(0...14, 2)):\(number(0...59, 2))"
      let expected = try connection.queryFirst("SELECT strftime('%Y-%m-%dT%H:%M:%fZ', ?)", text) { row in try row.text(0) }
      #expect(try Timestamp(text).text == expected, "\(text)")
    }
  }
}

/// A small seeded generator (Steele, Lea and Flood, "Fast splittable pseudorandom number generators").
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
