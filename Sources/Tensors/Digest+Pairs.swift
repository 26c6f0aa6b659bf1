internal import CChecksums

extension Tensor {
  /// The digests of two tensors, in the time of the larger one where the processor has instructions for SHA-256.
  package static func digests(_ first: Tensor, _ second: Tensor) -> (Digest, Digest) {
    guard hashesPairs else { return (first.digest, second.digest) }
    var a = TensorMessage(first)
    var b = TensorMessage(second)
    first.data.withUnsafeBytes { firstData in
      second.data.withUnsafeBytes { secondData in
        // The blocks that consist of data alone, side by side as far as both have some.
        let shared = min(a.wholeBlocks, b.wholeBlocks)
        unsafe csha256_two(&a.state, a.data(in: firstData), &b.state, b.data(in: secondData), shared)
        unsafe a.finish(firstData, from: shared)
        unsafe b.finish(secondData, from: shared)
      }
    }
    return (a.digest, b.digest)
  }

  private static let hashesPairs = csha256_is_available()
}

/// What is hashed of a tensor (dtype, shape, data), cut into blocks: a first one of the text and the beginning of the data, blocks of
/// data, and the last with the padding.  Source: FIPS 180-4, sections 5.1.1 and 5.3.3.
private struct TensorMessage {
  var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// Data bytes before the first whole block of them.
  private let start: Int
  let wholeBlocks: Int
  private let text: [UInt8]
  private let count: Int

  /// Compresses what comes before the whole blocks.
  init(_ tensor: Tensor) {
    text = tensor.digestText
    let head = (64 - text.count % 64) % 64
    count = tensor.data.count
    guard count >= head else {
      // All of it fits the last blocks.
      (start, wholeBlocks) = (0, 0)
      return
    }
    start = head
    wholeBlocks = (count - head) / 64
    let blocks = text + tensor.data[..<head]
    csha256_one(&state, blocks, blocks.count / 64)
  }

  /// Where the whole blocks begin.
  func data(in bytes: UnsafeRawBufferPointer) -> UnsafePointer<UInt8>? {
    unsafe bytes.baseAddress?.advanced(by: start).assumingMemoryBound(to: UInt8.self)
  }

  /// Compresses the whole blocks from one on, and what comes after them.
  mutating func finish(_ bytes: UnsafeRawBufferPointer, from block: Int) {
    if let data = unsafe data(in: bytes) { unsafe csha256_one(&state, data + 64 * block, wholeBlocks - block) }
    let rest = start + 64 * wholeBlocks
    // Nothing was compressed yet where the text and the data together fill no block.
    var tail = isWithinText ? text : []
    tail.reserveCapacity(192)
    unsafe tail.append(contentsOf: bytes[rest...])
    tail.append(0x80)
    // Zeros up to the last eight bytes of a block, which are the length in bits.
    tail.append(contentsOf: repeatElement(0, count: (120 - tail.count % 64) % 64))
    withUnsafeBytes(of: (UInt64(text.count + count) * 8).bigEndian) { unsafe tail.append(contentsOf: $0) }
    csha256_one(&state, tail, tail.count / 64)
  }

  private var isWithinText: Bool { count < (64 - text.count % 64) % 64 }

  var digest: Digest { state.map(\.bigEndian).withUnsafeBytes { unsafe Digest(bytes: $0) } }
}
