#if canImport(Glibc)
internal import Glibc
#endif

/// The generator MT19937, as NumPy's `RandomState` and PyTorch's CPU generator both use it.
///
/// Source: M. Matsumoto and T. Nishimura, `mt19937ar.c` (2002).  It starts with `init_genrand(seed mod 2^32)`, so
/// `MersenneTwister(seed: 0)` stands for both `numpy.random.seed(0)` and `torch.manual_seed(0)`: two generators with
/// the same start, each with its own position.
public struct MersenneTwister: Sendable, Hashable {
  private static let size = 624
  private static let shift = 397
  private var state: [UInt32]
  private var index: Int
  /// The second normal value of the last polar round, kept for the next call.
  private var keptGauss: Double?

  public init(seed: UInt64) {
    state = [UInt32](repeating: 0, count: Self.size)
    state[0] = UInt32(truncatingIfNeeded: seed)
    for i in 1..<Self.size {
      state[i] = 1_812_433_253 &* (state[i - 1] ^ (state[i - 1] >> 30)) &+ UInt32(i)
    }
    index = Self.size
  }

  /// The next 32 random bits.
  public mutating func next() -> UInt32 {
    if index == Self.size { regenerate() }
    var y = state[index]
    index += 1
    y ^= y >> 11
    y ^= (y << 7) & 0x9d2c_5680
    y ^= (y << 15) & 0xefc6_0000
    y ^= y >> 18
    return y
  }

  /// A double in [0, 1) with 53 random bits: NumPy's `random_sample`.
  public mutating func nextDouble() -> Double {
    let high = next() >> 5
    let low = next() >> 6
    return (Double(high) * 67_108_864 + Double(low)) / 9_007_199_254_740_992
  }

  /// A standard normal value by the polar Box–Muller method: NumPy's legacy `gauss`.
  public mutating func nextGauss() -> Double {
    if let kept = keptGauss {
      keptGauss = nil
      return kept
    }
    while true {
      let x1 = 2 * nextDouble() - 1
      let x2 = 2 * nextDouble() - 1
      let r2 = x1 * x1 + x2 * x2
      guard r2 > 0, r2 < 1 else { continue }
      let f = (-2 * log(r2) / r2).squareRoot()
      keptGauss = f * x1
      return f * x2
    }
  }

  /// An integer in 0...limit by masked rejection: NumPy's legacy `interval`.
  public mutating func next(through limit: UInt32) -> UInt32 {
    guard limit > 0 else { return 0 }
    let mask = UInt32.max >> UInt32(limit.leadingZeroBitCount)
    while true {
      let value = next() & mask
      if value <= limit { return value }
    }
  }

  /// 0..<count in NumPy's shuffled order: `RandomState.permutation(count)`.
  public mutating func shuffledIndices(_ count: Int) -> [Int] {
    var indices = Array(0..<count)
    var i = count - 1
    while i >= 1 {
      indices.swapAt(i, Int(next(through: UInt32(i))))
      i -= 1
    }
    return indices
  }

  /// 0..<count in PyTorch's order: `torch.randperm(count)`, for counts below 2^32 / 20.
  public mutating func randperm(_ count: Int) -> [Int] {
    var indices = Array(0..<count)
    for i in 0..<max(0, count - 1) {
      indices.swapAt(i, i + Int(next() % UInt32(count - i)))
    }
    return indices
  }

  /// A float32 in [low, high): PyTorch's `uniform_`, with its one rounding (a fused multiply-add).
  public mutating func nextUniform(low: Float, high: Float) -> Float {
    let r = Float(next() & 0xff_ffff) * 0x1p-24
    return low.addingProduct(r, high - low)
  }

  private mutating func regenerate() {
    for i in 0..<Self.size {
      let y = (state[i] & 0x8000_0000) | (state[(i + 1) % Self.size] & 0x7fff_ffff)
      state[i] = state[(i + Self.shift) % Self.size] ^ (y >> 1) ^ (y & 1 == 0 ? 0 : 0x9908_b0df)
    }
    index = 0
  }
}

extension MersenneTwister {
  private static let byteCount = 4 * size + 4 + 1 + 8

  /// Where the generator stands: its 624 words and its index (4 bytes each), whether a normal value is kept (1) and that value (8), little-endian.
  public var position: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.byteCount)
    for word in state + [UInt32(index)] { unsafe withUnsafeBytes(of: word.littleEndian) { unsafe bytes.append(contentsOf: $0) } }
    bytes.append(keptGauss == nil ? 0 : 1)
    unsafe withUnsafeBytes(of: (keptGauss ?? 0).bitPattern.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    return bytes
  }

  /// The generator that stood at `position`; nil for bytes that are none.
  public init?(position bytes: [UInt8]) {
    guard bytes.count == Self.byteCount, bytes[4 * Self.size + 4] <= 1 else { return nil }
    func word(_ i: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[4 * i + $1]) << (8 * $1) } }
    let index = word(Self.size)
    guard index <= Self.size else { return nil }
    state = (0..<Self.size).map(word)
    self.index = Int(index)
    let bits = bytes.suffix(8).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    keptGauss = bytes[4 * Self.size + 4] == 1 ? Double(bitPattern: bits) : nil
  }
}
