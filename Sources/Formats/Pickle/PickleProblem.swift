public import Tensors

/// Why a pickle is refused.
public enum PickleProblem: Equatable, Sendable {
  /// A `DangerousName`, or a foreign one whose object would have to be the state_dict; `module.name`.
  case forbiddenGlobal(String)
  /// An opcode that no state_dict needs.
  case opcode(UInt8)
  case protocolVersion(Int)
  case truncated
  /// A string, a line or a number of more bytes than the pickle has left.
  case lengthBeyondEnd(Int)
  case badText
  case stackUnderflow
  case noMark
  /// STOP with more, or less, than one value on the stack.
  case unfinished
  case trailingBytes
  case unsetMemo(Int)
  case sparseMemo(Int)
  case tooManyMarks(limit: Int)
  case stackTooDeep(limit: Int)
  case tooManyValues(limit: Int)
  case tooLong(bytes: Int, limit: Int)
  /// A known name called with arguments that do not fit; `what` names it.
  case badArguments(what: String)
  /// An opcode applied to a value of another kind: items set on a list, say.
  case wrongKind(what: String)
  case badPersistentID
  case illegalShape([Int])
  case tooManyDimensions(Int)
  case strideCount(shape: [Int], strides: [Int])
  case negativeStride(Int)
  case negativeOffset(Int)
  /// A tensor that reaches beyond its storage; both in elements.
  case beyondStorage(needed: Int, elements: Int)
  /// A tensor of one type over a storage of another.
  case storageType(storage: DType, tensor: DType)
}

extension PickleProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .forbiddenGlobal(let name): "asks to call '\(shown(name))'"
    case .opcode(let code): "the pickle has the opcode 0x\(String(code, radix: 16)), which no state_dict needs"
    case .protocolVersion(let version): "the pickle has protocol \(version), 2 to 5 are read"
    case .truncated: "the pickle ends in the middle"
    case .lengthBeyondEnd(let length): "\(length) bytes are announced, more than the pickle has left"
    case .badText: "a text is not UTF-8"
    case .stackUnderflow: "the pickle takes a value from an empty stack"
    case .noMark: "the pickle closes what it has not opened"
    case .unfinished: "the pickle stops with unused values, or with none"
    case .trailingBytes: "bytes follow the end of the pickle"
    case .unsetMemo(let index): "memo \(index) is read before it is set"
    case .sparseMemo(let index): "memo \(index) is far beyond the ones in use"
    case .tooManyMarks(let limit): "values are nested deeper than \(limit)"
    case .stackTooDeep(let limit): "more than \(limit) values on the stack"
    case .tooManyValues(let limit): "more than \(limit) values"
    case .tooLong(let bytes, let limit): "the pickle has \(bytes) bytes, more than \(limit)"
    case .badArguments(let what): "\(what) gets arguments that do not fit"
    case .wrongKind(let what): "\(what) is applied to another kind of value"
    case .badPersistentID: "a persistent id is not ('storage', type, key, location, size)"
    case .illegalShape(let shape): "no tensor can have the shape \(shape)"
    case .tooManyDimensions(let count): "a tensor has \(count) dimensions, more than \(StridedView.maximumRank)"
    case .strideCount(let shape, let strides): "a tensor has the shape \(shape) and the strides \(strides)"
    case .negativeStride(let stride): "a tensor has the negative stride \(stride)"
    case .negativeOffset(let offset): "a tensor starts at element \(offset) of its storage"
    case .beyondStorage(let needed, let elements): "a tensor reaches element \(needed) of a storage of \(elements)"
    case .storageType(let storage, let tensor): "a \(tensor.rawValue) tensor stands over a \(storage.rawValue) storage"
    }
  }
}
