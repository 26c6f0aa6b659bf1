import Tensors
import Testing

@Suite("a generator's position")
struct GeneratorPositionTests {
  @Test("leads to the same numbers, wherever it was taken", arguments: [0, 1, 2, 623, 624, 625, 2000])
  func roundTrip(drawn: Int) throws {
    var generator = MersenneTwister(seed: 7)
    for _ in 0..<drawn { _ = generator.next() }
    _ = generator.nextGauss()
    var copy = try #require(MersenneTwister(position: generator.position))
    #expect(copy == generator, "the kept normal value too")
    for _ in 0..<1300 { #expect(copy.next() == generator.next()) }
    #expect(copy.nextGauss() == generator.nextGauss())
  }

  @Test("is refused when it is none")
  func illegal() {
    let position = MersenneTwister(seed: 7).position
    #expect(MersenneTwister(position: []) == nil)
    #expect(MersenneTwister(position: position + [0]) == nil)
    #expect(MersenneTwister(position: Array(position.dropLast())) == nil)
    for (byte, value) in [(4 * 624, 0x71), (4 * 624 + 3, 0x80), (4 * 624 + 4, 2)] as [(Int, UInt8)] {
      var changed = position
      changed[byte] = value
      #expect(MersenneTwister(position: changed) == nil, "byte \(byte)")
    }
  }
}
