public import Tensors

/// What a file says about one of its tensors before it is read.
public struct TensorDescription: Sendable, Hashable {
  public let name: String
  public let dtype: DType
  public let shape: [Int]

  public init(name: String, dtype: DType, shape: [Int]) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
  }
}

/// A value that stands beside the tensors: a checkpoint's epoch or loss, an entry of safetensors' `__metadata__`.
public enum MetadataValue: Sendable, Hashable {
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
}

extension MetadataValue {
  /// Whether both are the same, texts byte by byte.
  func isSame(as other: MetadataValue) -> Bool {
    switch (self, other) {
    case (.string(let own), .string(let other)): own.hasSameBytes(as: other)
    case (.double(let own), .double(let other)): own.bitPattern == other.bitPattern
    default: self == other
    }
  }
}

/// A name and the value that stands under it.
public struct MetadataEntry: Sendable, Hashable {
  public let name: String
  public let value: MetadataValue

  public init(name: String, value: MetadataValue) {
    self.name = name
    self.value = value
  }
}

/// The formats of weights that are read.
public enum TensorFormat: String, Sendable { case pt, safetensors }

/// An open file of named tensors.  Opening it reads and checks the index alone; each tensor is read when it is asked for,
/// so that a large file costs no more memory than
/// its largest tensor, or a window where that is read in parts.
public protocol TensorFile: AnyObject {
  /// The file as it was named.
  var file: String { get }
  /// In the order of the file's dictionary; the names are unique.
  var tensors: [TensorDescription] { get }
  /// The scalars beside them, in order.
  var metadata: [MetadataEntry] { get }
  /// Names of what stands beside them and is left out.
  var ignored: [String] { get }
  /// How the tensors are written: `pt`, or `safetensors`, whether in one file or in shards.
  var format: TensorFormat { get }
  /// Bytes of the file, or of all files that it consists of.
  var byteCount: Int { get }
  /// Throws when a file was written to since it was opened.
  func checkUnchanged() throws(FormatError)
  /// Reads a tensor, by its position in `tensors`.
  func tensor(at index: Int) throws(FormatError) -> Tensor
  /// Gives a tensor's bytes in order and in parts of whole elements, so that it needn't fit in memory.
  func read(at index: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws
}

extension TensorFile {
  /// As one part, which is the tensor.
  public func read(at index: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let tensor = try tensor(at: index)
    try unsafe tensor.data.withUnsafeBytes { try unsafe body($0) }
  }

  /// All tensors at once.
  public func stateDict() throws(FormatError) -> StateDict {
    var pairs: [(name: String, tensor: Tensor)] = []
    for (index, description) in tensors.enumerated() { pairs.append((description.name, try tensor(at: index))) }
    do throws(StateDictError) {
      return try StateDict(pairs)
    } catch {
      // The names of an index are unique: this is for the compiler.
      throw FormatError(file: file, reason: .checkpoint(.duplicateName("\(error)")))
    }
  }
}

/// Opens a `.pt` or `.safetensors` file, told apart by their first bytes.
///
/// `key` is the entry of a checkpoint that holds the state_dict; safetensors files have none.
public func openTensorFile(_ input: InputFile, key: String? = nil, limits: FormatLimits = FormatLimits()) throws(FormatError)
  -> any TensorFile
{
  let start = try input.bytes(at: 0, count: min(input.count, 14))
  // First, since the length of a header may begin like any other format: a header is no longer than four bytes can say, and a brace is
  // neither a zip's method nor what follows in a pickle of torch.
  if start.count >= 9, start[4...7].allSatisfy({ $0 == 0 }), start[8] == 0x7b {
    if let key { throw FormatError(file: input.name, reason: .safetensors(.noKeys(key))) }
    return try SafetensorsFile(input, limits: limits)
  }
  if start.starts(with: [0x50, 0x4b]) || LegacyPickle.isLegacy(start) {
    return try PTFile(input, key: key, limits: limits)
  }
  if let foreign = ForeignFormat(try input.bytes(at: 0, count: min(input.count, 4096))) {
    throw FormatError(file: input.name, reason: .file(.foreign(foreign)))
  }
  guard start.count >= 9, start[8] == 0x7b else { throw FormatError(file: input.name, reason: .file(.unknownFormat)) }
  return try SafetensorsFile(input, limits: limits)
}
