import Tensors
import Testing

/// Against NumPy 2.4's RandomState and PyTorch 2.13's CPU generator, bit for bit.
@Suite("MT19937")
struct MersenneTwisterTests {
  /// What the originals draw, each list from a fresh generator.
  struct Draws: Sendable, CustomTestStringConvertible {
    let seed: UInt64
    let words: [UInt32]
    /// The 2000th word: three blocks of state on.
    let word2000: UInt32
    let doubles: [Double]
    /// Three normal values, a uniform one, and the fourth normal value, which was kept.
    let gauss: [Double]
    let doubleBetween: Double
    let keptGauss: Double
    let permutation: [Int]
    let randperm: [Int]
    /// `torch.empty(4).uniform_(-0.3, 0.7)`
    let uniform: [Float]
    var testDescription: String { "seed \(seed)" }
  }

  static let draws = [
    Draws(
      seed: 0, words: [2357136044, 2546248239, 3071714933], word2000: 3856691381,
      doubles: [0x1.18fe1565f12a8p-1, 0x1.6e2d4cf608733p-1, 0x1.349d66b6e894bp-1],
      gauss: [0x1.c398ef3e5cfa5p+0, 0x1.99c2cfacc8953p-2, 0x1.f51d25222c9abp-1],
      doubleBetween: 0x1.b1d2904fd0ef6p-2, keptGauss: 0x1.1ed5969e3314ep+1,
      permutation: [2, 8, 4, 9, 1, 6, 7, 3, 0, 5], randperm: [4, 1, 7, 5, 3, 9, 0, 8, 6, 2],
      uniform: [0x1.91eef8p-3, 0x1.df7588p-2, -0x1.b132cp-3, -0x1.580068p-3]),
    Draws(
      seed: 1, words: [1791095845, 4282876139, 3093770124], word2000: 138279050,
      doubles: [0x1.ab07d0ffa3c06p-2, 0x1.70ce5f3baf051p-1, 0x1.dfb906661cp-14],
      gauss: [0x1.9fd5190657c5p+0, -0x1.393822fb7d9adp-1, -0x1.0e6c872548fd2p-1],
      doubleBetween: 0x1.964a3677bfbe8p-2, keptGauss: -0x1.12ae1255cb80cp+0,
      permutation: [2, 9, 6, 4, 0, 3, 1, 7, 8, 5], randperm: [5, 6, 1, 2, 0, 8, 9, 3, 7, 4],
      uniform: [0x1.d49d6p-2, -0x1.52f88p-6, 0x1.a62bfp-4, 0x1.bd1decp-2]),
    Draws(
      seed: 42, words: [1608637542, 3421126067, 4083286876], word2000: 2238969328,
      doubles: [0x1.7f8771e5f51ecp-2, 0x1.e6c4068bbd654p-1, 0x1.76c7e8f1e6751p-1],
      gauss: [0x1.fca2a28a9307cp-2, -0x1.1b2a505de052ap-3, 0x1.4b9dd50245e68p-1],
      doubleBetween: 0x1.3f86b37222184p-3, keptGauss: 0x1.85e548e01aa2bp+0,
      permutation: [8, 1, 5, 0, 7, 2, 9, 4, 3, 6], randperm: [2, 6, 1, 8, 4, 5, 0, 9, 3, 7],
      uniform: [0x1.2a1f32p-1, 0x1.3ae1ccp-1, 0x1.5368fp-4, 0x1.519082p-1]),
    Draws(
      seed: 4294967295, words: [419326371, 479346978, 3918654476], word2000: 1762272365,
      doubles: [0x1.8fe69a392482p-4, 0x1.d323d824032b1p-1, 0x1.93fc6f61af3f9p-1],
      gauss: [0x1.4bfc38c486d8ap-1, 0x1.56b192e507eeep-1, -0x1.149e836f192fdp+0],
      doubleBetween: 0x1.d1999c0aed972p-1, keptGauss: 0x1.23543dec5a0fcp-2,
      permutation: [6, 9, 5, 1, 8, 0, 7, 4, 2, 3], randperm: [1, 4, 6, 2, 0, 5, 8, 7, 9, 3],
      uniform: [0x1.6339acp-1, 0x1.15d154p-2, 0x1.147cfcp-2, -0x1.008218p-2]),
  ]

  @Test("draws what NumPy and PyTorch draw", arguments: draws)
  func originals(expected: Draws) {
    func fresh() -> MersenneTwister { MersenneTwister(seed: expected.seed) }
    var generator = fresh()
    #expect((0..<3).map { _ in generator.next() } == expected.words)
    for _ in 3..<1999 { _ = generator.next() }
    #expect(generator.next() == expected.word2000)

    generator = fresh()
    #expect((0..<3).map { _ in generator.nextDouble() } == expected.doubles)

    generator = fresh()
    #expect((0..<3).map { _ in generator.nextGauss() } == expected.gauss)
    #expect(generator.nextDouble() == expected.doubleBetween)
    #expect(generator.nextGauss() == expected.keptGauss, "the kept value outlives other draws")

    generator = fresh()
    #expect(generator.shuffledIndices(10) == expected.permutation)
    generator = fresh()
    #expect(generator.randperm(10) == expected.randperm)
    generator = fresh()
    #expect((0..<4).map { _ in generator.nextUniform(low: -0.3, high: 0.7) } == expected.uniform)
  }

  @Test("takes its seed modulo 2^32", arguments: [(1 << 32, 0), (1 << 32 + 42, 42), (.max, 4_294_967_295)] as [(UInt64, UInt64)])
  func seedModulo(seed: UInt64, same: UInt64) {
    #expect(MersenneTwister(seed: seed) == MersenneTwister(seed: same))
  }

  @Test("shuffles longer lists as NumPy and PyTorch do, and the shortest ones")
  func shuffles() {
    var generator = MersenneTwister(seed: 3)
    #expect(
      generator.shuffledIndices(33) == [
        4, 17, 15, 23, 31, 5, 22, 30, 13, 18, 2, 20, 16, 1, 26, 28, 14, 7, 12, 27, 6, 29, 9, 11, 10, 19, 21, 0, 8, 32, 3, 25, 24,
      ])
    #expect(generator.shuffledIndices(1) == [0])
    #expect(generator.shuffledIndices(0) == [])
    generator = MersenneTwister(seed: 3)
    #expect(
      generator.randperm(33) == [
        31, 25, 18, 30, 21, 1, 3, 22, 14, 28, 10, 12, 26, 7, 4, 9, 15, 23, 17, 0, 19, 11, 2, 29, 24, 27, 6, 5, 32, 20, 8, 16, 13,
      ])
    let before = generator
    #expect(generator.randperm(1) == [0])
    #expect(generator.randperm(0) == [])
    #expect(generator == before, "nothing is drawn where there is nothing to choose")
  }

  @Test("bounded integers reach both ends and never pass them", arguments: [0, 1, 2, 5, 7, 8, 1000] as [UInt32])
  func bounded(limit: UInt32) {
    var generator = MersenneTwister(seed: 9)
    let values = (0..<Int(limit + 1) * 20).map { _ in generator.next(through: limit) }
    #expect(values.min() == 0)
    #expect(values.max() == limit)
  }

  @Test("the whole range of 32 bits is a bound too")
  func largestBound() {
    var generator = MersenneTwister(seed: 0)
    #expect(generator.next(through: .max) == 2_357_136_044)
  }
}
