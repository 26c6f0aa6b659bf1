import Testing

@testable import Datasets

@Suite("Reading numbers")
struct NumberParserTests {
  private func parse(_ text: String) -> NumberParser.Result {
    let bytes = Array(text.utf8)
    return NumberParser.parse(bytes.span)
  }

  private func expectExact(_ text: String) {
    let needed = Double(text)
    guard case .number(let value) = parse(text) else {
      Issue.record("'\(text)' was not read")
      return
    }
    // Not #expect: it costs more than all the rest, half a million times.
    if value.bitPattern != needed?.bitPattern { Issue.record("'\(text)' was read as \(value) instead of \(String(describing: needed))") }
  }

  @Test(
    "hard numbers are rounded exactly",
    arguments: [
      "0", "-0", "-0.0", "0e999999999999", "0000000000000000000000000.5", "5.", ".5", "+.5e+1", "1e22", "1e23", "-1E-22",
      // 2^53 + 1 and its neighbours: half way between two doubles, ties to even
      "9007199254740991", "9007199254740992", "9007199254740993", "9007199254740994", "9007199254740995",
      "9007199254740992.999999999999", "9007199254740993.00000000000000000000000000000000001", "18014398509481986",
      "18014398509481990", "0.500000000000000166533453693773481063544750213623046875",
      "1.00000000000000011102230246251565404236316680908203124", "1.00000000000000011102230246251565404236316680908203125",
      "1.00000000000000011102230246251565404236316680908203126", "8.5933555015e-13", "9355950000000000000.00000000000000000000001",
      // subnormals, the ends of the range, and long digits
      "4.9406564584124654e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "2.2250738585072011e-308",
      "2.2250738585072014e-308", "1.7976931348623157e308", "1.7976931348623158e308", "1e-400", "123456789012345678901234567890e-20",
      "3.141592653589793238462643383279502884197", "6929495644600919.5", "3.7455744005952583e15", "1.2345678901234567e-55",
      "9999999999999999999e55", "1e-55", "1e-56", "1e55", "1e56", "18446744073709551615", "18446744073709551616",
      "0.000000000000000000000000000000000000000000001234567890123456789",
    ])
  func hard(text: String) { expectExact(text) }

  @Test("100,000 random doubles, written in three ways, are read as Swift's own parser does")
  func random() {
    var generator = SplitMix(state: 1)
    for round in 0..<100_000 {
      let bits = generator.next()
      let value = round % 2 == 0 ? Double(bitPattern: bits) : Double(Int64(bitPattern: bits) >> Int64(bits & 63)) / 1e6
      guard value.isFinite else { continue }
      expectExact("\(value)")
      expectExact("\(generator.next() >> (bits & 31))e\(Int(bits & 127) - 63)")
      expectExact("\(generator.next() % 1_000_000).\(generator.next())")
    }
  }

  @Test("10,000 points half way between two doubles go to the even one, and a last digit decides otherwise")
  func halfWay() {
    var generator = SplitMix(state: 2)
    for _ in 0..<10_000 {
      // An odd integer of 54 bits lies half way between two doubles.
      let middle = (1 << 53 | generator.next() >> 11) | 1
      for text in ["\(middle)", "\(middle).0", "\(middle)0e-1", "\(middle).0000000000000001", "\(middle - 1).9999999999999999"] {
        expectExact(text)
      }
    }
  }

  @Test(
    "what is no decimal number is not read",
    arguments: [
      "", "-", "+", ".", "e5", "1e", "1e+", "1e5.0", "0x10", "1,5", "1_000", "nan", "inf", "infinity", "1.2.3", "--1", "+-1", "1 ", " 1",
      "1f", "1e5x", "１", "½", "1\0",
    ])
  func refused(text: String) { #expect(parse(text) == .notANumber) }

  @Test("numbers beyond float64 are told apart", arguments: ["1e999", "-1e309", "1.7976931348623159e308", "1e1000000000000000000000"])
  func overflow(text: String) { #expect(parse(text) == .overflow) }
}

/// A small seeded generator: every run tests the same cases.  Source: S. Vigna, splitmix64 (2015).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}
