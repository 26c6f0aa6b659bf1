internal import CChecksums

/// SHA-256 of bytes that come in parts: cuts them into blocks of 64, and pads the last.  Source: FIPS 180-4, sections 5 and 6.2.
struct SHA256 {
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// What isn't compressed yet: a call for each short part would take longer than the hashing.
  private var waiting: [UInt8] = []
  /// Bytes so far.
  private var count = 0

  private static let block = 64
  private static let mostWaiting = 4096

  mutating func update(_ bytes: some Sequence<UInt8>) {
    let before = waiting.count
    waiting.append(contentsOf: bytes)
    count += waiting.count - before
    if waiting.count >= Self.mostWaiting { compressWaiting() }
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    if waiting.count + bytes.count < Self.mostWaiting {
      unsafe waiting.append(contentsOf: bytes)
      count += bytes.count
    } else {
      let rest = unsafe fillBlock(from: bytes)
      unsafe compress(rest)
    }
  }

  /// Takes a part of each of two messages, in the time of the longer one where the processor has instructions for SHA-256.
  static func update(
    _ first: inout SHA256, _ firstBytes: UnsafeRawBufferPointer, _ second: inout SHA256, _ secondBytes: UnsafeRawBufferPointer
  ) {
    var a = unsafe first.fillBlock(from: firstBytes)
    var b = unsafe second.fillBlock(from: secondBytes)
    let shared = min(a.count, b.count) / block
    if shared > 0, let bytesOfA = a.baseAddress, let bytesOfB = b.baseAddress {
      unsafe csha256_two(&first.state, bytesOfA, &second.state, bytesOfB, shared)
      unsafe a = UnsafeRawBufferPointer(rebasing: a[(shared * block)...])
      unsafe b = UnsafeRawBufferPointer(rebasing: b[(shared * block)...])
    }
    unsafe first.compress(a)
    unsafe second.compress(b)
  }

  /// The digest's 32 bytes; more may be added after it.
  func finalize() -> [UInt8] {
    var last = self
    last.waiting.append(0x80)
    // Zeros up to the last eight bytes of a block, which are the length in bits.
    last.waiting.append(contentsOf: repeatElement(0, count: (120 - last.waiting.count % Self.block) % Self.block))
    withUnsafeBytes(of: (UInt64(count) * 8).bigEndian) { unsafe last.waiting.append(contentsOf: $0) }
    last.compressWaiting()
    return last.state.map(\.bigEndian).withUnsafeBytes { unsafe Array($0) }
  }

  /// Completes the block that waits, and compresses it; gives what is left of the bytes.  Counts them all.
  private mutating func fillBlock(from bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    count += bytes.count
    let head = min((Self.block - waiting.count % Self.block) % Self.block, bytes.count)
    unsafe waiting.append(contentsOf: bytes[..<head])
    compressWaiting()
    return unsafe UnsafeRawBufferPointer(rebasing: bytes[head...])
  }

  /// Compresses bytes that begin where a block does, and keeps those after the last whole block.
  private mutating func compress(_ bytes: UnsafeRawBufferPointer) {
    let blocks = bytes.count / Self.block
    if blocks > 0, let start = bytes.baseAddress { unsafe csha256_one(&state, start, blocks) }
    unsafe waiting.append(contentsOf: bytes[(blocks * Self.block)...])
  }

  /// Compresses the whole blocks of what waits.
  private mutating func compressWaiting() {
    let blocks = waiting.count / Self.block
    if blocks == 0 { return }
    csha256_one(&state, waiting, blocks)
    waiting.removeFirst(blocks * Self.block)
  }
}
