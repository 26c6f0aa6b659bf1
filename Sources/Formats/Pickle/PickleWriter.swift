internal import Tensors

/// Writes the pickle of a state_dict as torch does: protocol 2, an OrderedDict of `_rebuild_tensor_v2` (`_v3` for the types
/// that have no typed storage).  Names and texts that recur are remembered; what stands once is not.
struct PickleWriter {
  private(set) var bytes: [UInt8] = [0x80, 2]
  private var memo: [Name: Int] = [:]

  /// The whole pickle; the storage of tensor i has the key i.
  static func stateDict(_ tensors: [TensorDescription]) -> [UInt8] {
    var writer = PickleWriter()
    writer.emptyOrderedDict()
    writer.bytes.append(PickleOpcode.mark.rawValue)
    for (index, tensor) in tensors.enumerated() {
      writer.text(tensor.name)
      writer.tensor(tensor, key: String(index))
    }
    writer.bytes += [PickleOpcode.setItems.rawValue, 0x2e]
    return writer.bytes
  }

  private mutating func tensor(_ tensor: TensorDescription, key: String) {
    let count = tensor.shape.reduce(1, *)
    let storage = tensor.dtype.torchStorage
    global("torch._utils", storage == nil ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2")
    op(.mark)
    op(.mark)
    recurring("storage")
    if let storage { global("torch", storage) } else { global("torch.storage", "UntypedStorage") }
    text(key)
    recurring("cpu")
    // An untyped storage counts bytes.
    integer(storage == nil ? count * tensor.dtype.size : count)
    op(.tuple)
    op(.binPersID)
    integer(0)
    tuple(tensor.shape)
    tuple(Self.contiguousStrides(tensor.shape))
    op(.newFalse)
    emptyOrderedDict()
    if storage == nil { global("torch", tensor.dtype.torchName) }
    op(.tuple)
    op(.reduce)
  }

  /// As torch counts them: a dimension of 0 counts as 1.
  private static func contiguousStrides(_ shape: [Int]) -> [Int] {
    var strides: [Int] = []
    var next = 1
    for dimension in shape.reversed() {
      strides.append(next)
      next *= max(dimension, 1)
    }
    return strides.reversed()
  }

  private mutating func op(_ opcode: PickleOpcode) { bytes.append(opcode.rawValue) }

  private mutating func emptyOrderedDict() {
    global("collections", "OrderedDict")
    op(.emptyTuple)
    op(.reduce)
  }

  private mutating func tuple(_ integers: [Int]) {
    if integers.count > 3 { op(.mark) }
    for integer in integers { self.integer(integer) }
    switch integers.count {
    case 0: op(.emptyTuple)
    case 1: op(.tuple1)
    case 2: op(.tuple2)
    case 3: op(.tuple3)
    default: op(.tuple)
    }
  }

  /// A number that is not negative.
  private mutating func integer(_ value: Int) {
    switch value {
    case 0..<0x100:
      op(.binInt1)
      bytes.append(UInt8(value))
    case 0x100..<0x10000:
      op(.binInt2)
      bytes.append(littleEndian: UInt16(value))
    case 0x10000..<0x8000_0000:
      op(.binInt)
      bytes.append(littleEndian: UInt32(value))
    default:
      op(.long1)
      bytes.append(8)
      bytes.append(littleEndian: UInt64(value))
    }
  }

  private mutating func text(_ text: String) {
    op(.binUnicode)
    bytes.append(littleEndian: UInt32(text.utf8.count))
    bytes += Array(text.utf8)
  }

  private mutating func recurring(_ text: String) {
    if get(text) { return }
    self.text(text)
    put(text)
  }

  private mutating func global(_ module: String, _ name: String) {
    let line = "\(module)\n\(name)\n"
    if get(line) { return }
    op(.global)
    bytes += Array(line.utf8)
    put(line)
  }

  private mutating func get(_ text: String) -> Bool {
    guard let index = memo[Name(text)] else { return false }
    op(.binGet)
    bytes.append(UInt8(index))
    return true
  }

  /// There are fewer than 30 different ones: a byte is enough.
  private mutating func put(_ text: String) {
    op(.binPut)
    bytes.append(UInt8(memo.count))
    memo[Name(text)] = memo.count
  }
}
