import CChecksums
import Testing

@testable import Tensors

/// Python's hashlib and the examples of FIPS 180-4 are the oracle of a hash of our own.
@Suite("SHA-256")
struct SHA256Tests {
  private static func pattern(_ count: Int, seed: Int = 0) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: (($0 &+ seed) &* 167) ^ ($0 >> 8)) }
  }

  private static func digest(_ parts: [UInt8]...) -> String {
    var builder = DigestBuilder()
    for part in parts { builder.update(part) }
    return builder.finalize().hex
  }

  /// SHA-256 by the code for processors without instructions for it.
  private static func portable(_ message: [UInt8]) -> String {
    var state: [UInt32] = [
      0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    var blocks = message + [0x80]
    blocks += [UInt8](repeating: 0, count: (120 - blocks.count % 64) % 64)
    blocks += withUnsafeBytes(of: (UInt64(message.count) * 8).bigEndian) { unsafe Array($0) }
    csha256_portable(&state, blocks, blocks.count / 64)
    return Digest(bytes: state.map(\.bigEndian).withUnsafeBytes { unsafe Array($0) }).hex
  }

  @Test(
    "gives the standard's digests",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
      ),
      (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
  func standard(message: String, expected: String) {
    #expect(Self.digest(Array(message.utf8)) == expected)
    #expect(Self.portable(Array(message.utf8)) == expected)
  }

  /// `h.update(sha256(pattern(n)).hexdigest().encode()) for n in range(1001)` in Python's words.
  @Test("gives hashlib's digest for every length up to 1,000, with the processor's instructions and without")
  func everyLength() {
    var whole = DigestBuilder()
    for count in 0...1000 {
      let digest = Self.digest(Self.pattern(count))
      #expect(Self.portable(Self.pattern(count)) == digest, "\(count) bytes")
      whole.update(Array(digest.utf8))
    }
    #expect(whole.finalize().hex == "5b66f0576b63bcd589690a99039b0641c0dc47425b5186b5e938298f4b9836b5")
  }

  @Test(
    "gives hashlib's digest of long messages",
    arguments: [
      (65_536, "eea7b99c22a25c8a37fda8e7e44260a36f75ce02ae719691a22fff6959055502"),
      (100_000, "e83035ef2f4d91c8d9e0bf1b2ef11da3eed595477e403a939f3bb8df016da42d"),
      (1_000_003, "54e19f3dbc5c60b79a015228bca7f2c8fd20a5ff354dc204a95a83e142a8a074"),
    ])
  func long(count: Int, expected: String) {
    #expect(Self.digest(Self.pattern(count)) == expected)
    #expect(Self.portable(Self.pattern(count)) == expected)
  }

  @Test("doesn't depend on where a message is cut", arguments: [0, 1, 63, 64, 65, 127, 128, 4095, 4096, 4097, 9999])
  func parts(cut: Int) {
    let message = Self.pattern(10_000)
    let whole = Self.digest(message)
    for second in [0, 1, 31, 64, 4032, 4096] {
      let middle = min(cut + second, message.count)
      #expect(Self.digest(Array(message[..<cut]), Array(message[cut..<middle]), Array(message[middle...])) == whole, "\(cut), \(second)")
    }
  }

  private func tensor(_ count: Int, rank: Int = 1, seed: Int = 0) throws -> Tensor {
    // More dimensions of size 1 make the text before the data longer.
    try Tensor(
      dtype: .uint8, shape: [count] + [Int](repeating: 1, count: rank - 1), data: Self.pattern(count, seed: seed))
  }

  @Test(
    "of two tensors at once is that of each, at every length and every length of the text before the data",
    arguments: [1, 2, 20, 27, 28, 29, 30, 31, 32, 40, 60, 64])
  func pairs(rank: Int) throws {
    for count in 0...260 {
      let first = try tensor(count, rank: rank)
      let second = try tensor(260 - count, rank: rank, seed: 5)
      let digests = Tensor.digests(first, second)
      #expect(digests.0 == first.digest && digests.1 == second.digest, "\(count) bytes")
    }
  }

  @Test(
    "of two long tensors of different lengths is that of each",
    arguments: [(100_000, 100_000), (1_000_003, 64), (0, 70_001), (65_537, 1_000_000)])
  func longPairs(counts: (Int, Int)) throws {
    let first = try tensor(counts.0)
    let second = try tensor(counts.1, rank: 3, seed: 9)
    let digests = Tensor.digests(first, second)
    #expect(digests.0 == first.digest && digests.1 == second.digest)
  }
}
