/// Numbers as a checkpoint keeps them: little-endian, one behind the other, without a length anywhere.  Whoever reads them knows how
/// many there have to be, so no byte of a file is trusted to say.
struct PackedNumbers {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// All weights and biases, layer by layer, as float32.
  static func bytes(of layers: [Linear]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount(of: layers))
    for layer in layers {
      for values in [layer.weight, layer.bias] { unsafe values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) } }
    }
    return bytes
  }

  /// How many bytes the weights and biases of layers fill.
  static func byteCount(of layers: [Linear]) -> Int {
    layers.reduce(0) { $0 + ($1.weight.count + $1.bias.count) * MemoryLayout<Float>.size }
  }

  /// Fills layers with the next numbers.  Throws when there aren't enough.
  mutating func fill(_ layers: inout [Linear]) throws(RestoreError) {
    guard Self.byteCount(of: layers) <= bytes.count - position else { throw tooShort(Self.byteCount(of: layers)) }
    for k in layers.indices {
      take(&layers[k].weight)
      take(&layers[k].bias)
    }
  }

  /// The next integer of eight bytes.
  mutating func integer() throws(RestoreError) -> Int {
    guard bytes.count - position >= 8 else { throw tooShort(8) }
    defer { position += 8 }
    return Int(bitPattern: UInt(bytes[position..<position + 8].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }))
  }

  /// Throws when bytes are left over.
  func end() throws(RestoreError) {
    guard position == bytes.count else { throw RestoreError(needed: position, got: bytes.count) }
  }

  private mutating func take(_ values: inout [Float]) {
    let count = values.count * MemoryLayout<Float>.size
    unsafe values.withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBytes { unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count])) }
    }
    position += count
  }

  private func tooShort(_ count: Int) -> RestoreError { RestoreError(needed: position + count, got: bytes.count) }
}

/// Bytes that are no state of this net or optimizer: there are more or fewer than it has.
public struct RestoreError: Error, Equatable, CustomStringConvertible {
  public let needed: Int
  public let got: Int

  public var description: String { "\(got) bytes of state where \(needed) are needed" }
}

extension NeuralNet {
  /// Every weight and bias, layer by layer, as little-endian float32: what a checkpoint keeps.
  public var weightBytes: [UInt8] { PackedNumbers.bytes(of: layers) }

  /// How many bytes `weightBytes` has.
  public var weightByteCount: Int { PackedNumbers.byteCount(of: layers) }

  /// Takes what `weightBytes` of a net of these sizes gave.  Throws when there are more or fewer bytes.
  public mutating func restore(weightBytes: [UInt8]) throws(RestoreError) {
    var numbers = PackedNumbers(weightBytes)
    var filled = layers
    try numbers.fill(&filled)
    try numbers.end()
    layers = filled
  }
}
