#if canImport(Glibc)
internal import Glibc
#endif

/// How far two tensors of one shape are apart, element by element, in double precision.
///
/// Elements of equal bits are equal, NaN and infinities too, and add nothing.  Any other NaN makes `l2` and `maxAbs` NaN.
public struct TensorDifference: Sendable, Hashable {
  /// How many elements were compared.
  public let count: Int
  /// How many differ: in their bits, or between two element types in their values.
  public let changedCount: Int
  /// The Euclidean distance: the square root of the sum of squared differences.
  public let l2: Double
  /// The largest difference of one element; of complex ones its modulus.
  public let maxAbs: Double
  /// The cosine of the angle between the two as vectors (complex ones as twice as many real numbers); NaN where one has a value that
  /// isn't finite, nil where one is all zeros.
  public let cosine: Double?

  /// The share of elements that differ, 0 to 1; 0 of none.
  public var changed: Double { count == 0 ? 0 : Double(changedCount) / Double(count) }

  /// What equal tensors give; nothing has to be read for that.
  public static func none(count: Int) -> TensorDifference { TensorDifference(count: count, changedCount: 0, l2: 0, maxAbs: 0, cosine: 1) }

  private init(count: Int, changedCount: Int, l2: Double, maxAbs: Double, cosine: Double?) {
    self.count = count
    self.changedCount = changedCount
    self.l2 = l2
    self.maxAbs = maxAbs
    self.cosine = cosine
  }

  /// Throws when the shapes differ, or only one of the two is complex.
  public init(_ a: Tensor, _ b: Tensor) throws(TensorError) {
    guard a.shape == b.shape else { throw .illegalShape(b.shape) }
    let largest = PartwiseDifference.needsLargest(a.dtype, b.dtype) ? max(a.largestFinite, b.largestFinite) : nil
    var parts = PartwiseDifference(largest: largest)
    try parts.add(a, b)
    self = parts.result
  }

  fileprivate init(_ sums: DifferenceSums, count: Int) {
    let norms = sums.a.value.squareRoot() * sums.b.value.squareRoot()
    self.init(
      count: count, changedCount: sums.changedCount, l2: sums.squares.value.squareRoot() / sums.scale, maxAbs: sums.maxAbs,
      cosine: norms == 0 ? nil : norms.isFinite ? min(1, max(-1, sums.dot.value / norms)) : .nan)
  }
}

/// The difference of two tensors that come in parts: what `TensorDifference(a, b)` gives of them as a whole, to the bit.
public struct PartwiseDifference {
  private var sums: DifferenceSums
  private var count = 0

  /// Whether `init` has to be told the largest number of the two tensors.
  public static func needsLargest(_ a: DType, _ b: DType) -> Bool { [a, b].contains { $0 == .float64 || $0 == .complex128 } }

  /// Takes the `largestFinite` of all parts of both tensors, where it is needed.
  public init(largest: Double?) { sums = DifferenceSums(scale: largest.map(Self.scale) ?? 1) }

  /// Adds the next part of each.  All parts but the last have a multiple of 4096 elements.
  public mutating func add(_ a: Tensor, _ b: Tensor) throws(TensorError) {
    guard a.count == b.count else { throw .illegalShape(b.shape) }
    guard a.isComplex == b.isComplex else { throw .wrongDType(needed: a.dtype, got: b.dtype) }
    var start = 0
    while start < a.count {
      let range = start..<min(start + DifferenceSums.block, a.count)
      sums.add(a, b, range)
      start = range.upperBound
    }
    count += a.count
  }

  public var result: TensorDifference { sums.result(count: count) }

  /// A power of two that keeps squares of doubles within range; float32 and less never leave it.
  private static func scale(_ largest: Double) -> Double {
    guard largest > 0, !(1e-100...1e100).contains(largest) else { return 1 }
    return Double(sign: .plus, exponent: min(1000, max(-1022, -largest.exponent - 1)), significand: 1)
  }
}

extension Tensor {
  /// The largest absolute value of the finite elements (of complex ones: of their parts); 0 where there is none.
  public var largestFinite: Double {
    var largest = 0.0
    var start = 0
    while start < count {
      let range = start..<min(start + DifferenceSums.block, count)
      for value in doubles(range) where value.isFinite { largest = max(largest, abs(value)) }
      start = range.upperBound
    }
    return largest
  }
}

/// The sums over blocks of elements: each block is added up plainly, the blocks with a compensation.
private struct DifferenceSums {
  static let block = 4096

  let scale: Double
  var changedCount = 0
  var maxAbs = 0.0
  var squares = CompensatedSum()
  var a = CompensatedSum()
  var b = CompensatedSum()
  var dot = CompensatedSum()

  init(scale: Double) { self.scale = scale }

  func result(count: Int) -> TensorDifference { TensorDifference(self, count: count) }

  mutating func add(_ first: Tensor, _ second: Tensor, _ range: Range<Int>) {
    switch first.dtype {
    case second.dtype where first.dtype == .float32:
      return add(first, second, range, as: UInt32.self) { Double(Float(bitPattern: $0)) }
    case second.dtype where first.dtype == .float64:
      return add(first, second, range, as: UInt64.self) { Double(bitPattern: $0) }
    case second.dtype where first.dtype == .bfloat16:
      return add(first, second, range, as: UInt16.self) { Double(Float(bitPattern: UInt32($0) << 16)) }
    default: break
    }
    let (x, y) = (first.doubles(range), second.doubles(range))
    let isChanged = Self.changes(first, second, range, x, y)
    let differences = Self.differences(first, second, range, x, y)
    let width = first.isComplex ? 2 : 1
    var (squares, a, b, dot) = (0.0, 0.0, 0.0, 0.0)
    for index in x.indices {
      let (p, q) = (x[index] * scale, y[index] * scale)
      a += p * p
      b += q * q
      dot += p * q
      if isChanged[index / width] {
        let d = differences[index] * scale
        squares += d * d
      }
    }
    for element in isChanged.indices where isChanged[element] {
      changedCount += 1
      let size = width == 1 ? abs(differences[element]) : hypot(differences[2 * element], differences[2 * element + 1])
      // A NaN stays, whatever follows.
      if size.isNaN || size > maxAbs { maxAbs = maxAbs.isNaN ? maxAbs : size }
    }
    self.squares.add(squares)
    self.a.add(a)
    self.b.add(b)
    self.dot.add(dot)
  }

  /// The same for the types that weights mostly have, in one pass: 100 MB against 100 MB take a fraction of what the general way does.
  @inline(__always)
  private mutating func add<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ first: Tensor, _ second: Tensor, _ range: Range<Int>, as type: Bits.Type, _ value: (Bits) -> Double
  ) {
    var (squares, a, b, dot) = (0.0, 0.0, 0.0, 0.0)
    let size = MemoryLayout<Bits>.size
    unsafe first.data.withUnsafeBytes { x in
      unsafe second.data.withUnsafeBytes { y in
        for element in range {
          let left = unsafe x.loadUnaligned(fromByteOffset: element * size, as: Bits.self)
          let right = unsafe y.loadUnaligned(fromByteOffset: element * size, as: Bits.self)
          let (plain, other) = (value(left), value(right))
          let (p, q) = (plain * scale, other * scale)
          a += p * p
          b += q * q
          dot += p * q
          guard left != right else { continue }
          changedCount += 1
          let d = (other - plain) * scale
          squares += d * d
          let distance = abs(other - plain)
          if !(distance <= maxAbs) { maxAbs = maxAbs.isNaN ? maxAbs : distance }
        }
      }
    }
    self.squares.add(squares)
    self.a.add(a)
    self.b.add(b)
    self.dot.add(dot)
  }

  /// Which elements differ.
  private static func changes(_ a: Tensor, _ b: Tensor, _ range: Range<Int>, _ x: [Double], _ y: [Double]) -> [Bool] {
    if a.dtype == b.dtype {
      let size = a.dtype.size
      return unsafe a.data.withUnsafeBytes { first in
        unsafe b.data.withUnsafeBytes { second in
          range.map { element in
            for byte in element * size..<(element + 1) * size where unsafe first[byte] != second[byte] { return true }
            return false
          }
        }
      }
    }
    if let whole = a.integers(range), let other = b.integers(range) { return zip(whole, other).map { $0 != $1 } }
    let width = a.isComplex ? 2 : 1
    return (0..<range.count).map { element in
      (element * width..<(element + 1) * width).contains { x[$0] != y[$0] && !(x[$0].isNaN && y[$0].isNaN) }
    }
  }

  /// The differences; between whole numbers they are exact before they are rounded once.
  private static func differences(_ a: Tensor, _ b: Tensor, _ range: Range<Int>, _ x: [Double], _ y: [Double]) -> [Double] {
    if a.dtype.size == 8 || b.dtype.size == 8, let whole = a.integers(range), let other = b.integers(range) {
      return zip(whole, other).map { Double($1 - $0) }
    }
    return zip(x, y).map { $1 - $0 }
  }
}

extension Tensor {
  /// The elements as integers; nil for types of fractions.
  fileprivate func integers(_ range: Range<Int>) -> [Int128]? {
    switch dtype {
    case .bool: load(range, as: UInt8.self) { $0 == 0 ? 0 : 1 }
    case .uint8: load(range, as: UInt8.self) { Int128($0) }
    case .int8: load(range, as: Int8.self) { Int128($0) }
    case .uint16: load(range, as: UInt16.self) { Int128($0) }
    case .int16: load(range, as: Int16.self) { Int128($0) }
    case .uint32: load(range, as: UInt32.self) { Int128($0) }
    case .int32: load(range, as: Int32.self) { Int128($0) }
    case .uint64: load(range, as: UInt64.self) { Int128($0) }
    case .int64: load(range, as: Int64.self) { Int128($0) }
    default: nil
    }
  }
}

/// Kahan's sum with Neumaier's correction.
private struct CompensatedSum {
  private var total = 0.0
  private var lost = 0.0

  mutating func add(_ value: Double) {
    let next = total + value
    lost += abs(total) >= abs(value) ? (total - next) + value : (value - next) + total
    total = next
  }

  var value: Double { total + (lost.isFinite ? lost : 0) }
}
