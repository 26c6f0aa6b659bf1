import Tensors
import Testing

/// Two at once are hashed by instructions of our own: swift-crypto is the oracle.
struct DigestPairTests {
  private func tensor(_ count: Int, rank: Int = 1, seed: Int = 0) throws -> Tensor {
    // More dimensions of size 1 make the text before the data longer.
    try Tensor(
      dtype: .uint8, shape: [count] + [Int](repeating: 1, count: rank - 1),
      data: (0..<count).map { UInt8(truncatingIfNeeded: ($0 &+ seed) &* 167 ^ ($0 >> 8)) })
  }

  @Test(
    "every length and every length of the text before it gives swift-crypto's digest",
    arguments: [1, 2, 20, 27, 28, 29, 30, 31, 32, 40, 60, 64])
  func everyLength(rank: Int) throws {
    for count in 0...260 {
      let first = try tensor(count, rank: rank)
      let second = try tensor(260 - count, rank: rank, seed: 5)
      let digests = Tensor.digests(first, second)
      #expect(digests.0 == first.digest && digests.1 == second.digest, "\(count) bytes")
    }
  }

  @Test("long ones of different lengths do too", arguments: [(100_000, 100_000), (1_000_003, 64), (0, 70_001), (65_537, 1_000_000)])
  func long(counts: (Int, Int)) throws {
    let first = try tensor(counts.0)
    let second = try tensor(counts.1, rank: 3, seed: 9)
    let digests = Tensor.digests(first, second)
    #expect(digests.0 == first.digest && digests.1 == second.digest)
  }
}
