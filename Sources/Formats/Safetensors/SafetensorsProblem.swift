public import Tensors

/// Why a safetensors file is refused; the names of the reference implementation's errors stand beside.
public enum SafetensorsProblem: Equatable, Sendable {
  /// HeaderTooSmall: fewer than 8 bytes.
  case tooShort
  /// HeaderTooLarge.
  case headerTooLong(bytes: UInt64, limit: Int)
  /// InvalidHeaderLength: the header reaches beyond the file.
  case headerBeyondEnd(bytes: Int)
  /// InvalidHeaderStart: no `{`.
  case headerStart
  /// InvalidHeaderDeserialization, one case for each cause.
  case duplicateName(String)
  case unknownField(tensor: String, field: String)
  case missingField(tensor: String, field: String)
  case unknownDType(tensor: String, dtype: String)
  /// A tensor to be written is of a type that the format does not have.
  case unwritableDType(tensor: String, dtype: DType)
  case tooManyDimensions(tensor: String)
  case offsetCount(tensor: String)
  /// TensorInvalidInfo: the offsets do not enclose what dtype and shape need.
  case wrongSize(tensor: String, needed: Int, got: Int)
  /// ValidationOverflow.
  case illegalShape(tensor: String, shape: [Int])
  /// InvalidOffset, one case for each cause.
  case backwardOffsets(tensor: String, begin: Int, end: Int)
  case hole(tensor: String, begin: Int, previousEnd: Int)
  case overlap(tensor: String, begin: Int, previousEnd: Int)
  case beyondEnd(tensor: String, end: Int, available: Int)
  /// MetadataIncompleteBuffer: bytes that belong to no tensor.
  case trailingBytes(Int)
  /// A key was asked for: a safetensors file is one dictionary.
  case noKeys(String)
}

extension SafetensorsProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooShort: "fewer than 8 bytes, no safetensors file"
    case .headerTooLong(let bytes, let limit): "a header of \(bytes) bytes, more than \(limit)"
    case .headerBeyondEnd(let bytes): "a header of \(bytes) bytes reaches beyond the end of the file"
    case .headerStart: "the header does not begin with '{'"
    case .duplicateName(let name): "the header has '\(shown(name))' twice"
    case .unknownField(let tensor, let field): "'\(shown(tensor))' has the unknown field '\(shown(field))'"
    case .missingField(let tensor, let field): "'\(shown(tensor))' has no \(field)"
    case .unknownDType(let tensor, let dtype): "'\(shown(tensor))' has the dtype '\(shown(dtype))', which is not known"
    case .unwritableDType(let tensor, let dtype): "'\(shown(tensor))' is \(dtype.rawValue), which safetensors does not have"
    case .tooManyDimensions(let tensor): "'\(shown(tensor))' has more than \(StridedView.maximumRank) dimensions"
    case .offsetCount(let tensor): "'\(shown(tensor))' needs two offsets"
    case .wrongSize(let tensor, let needed, let got): "'\(shown(tensor))' needs \(needed) bytes, its offsets enclose \(got)"
    case .illegalShape(let tensor, let shape): "'\(shown(tensor))' has the shape \(shape), which no tensor can have"
    case .backwardOffsets(let tensor, let begin, let end): "'\(shown(tensor))' ends at \(end) before it begins at \(begin)"
    case .hole(let tensor, let begin, let end): "a hole before '\(shown(tensor))': it begins at \(begin), the one before it ends at \(end)"
    case .overlap(let tensor, let begin, let end): "'\(shown(tensor))' begins at \(begin), where another reaches to \(end)"
    case .beyondEnd(let tensor, let end, let available): "'\(shown(tensor))' ends at \(end), the file has \(available) bytes of data"
    case .trailingBytes(let count): "\(count) bytes at the end belong to no tensor"
    case .noKeys(let key): "a safetensors file is one dictionary of tensors, it has none under '\(shown(key))'"
    }
  }
}

/// Why the JSON of a header is refused.
public enum JSONProblem: Equatable, Sendable {
  /// Another character than the ones that may stand here.
  case expected(String)
  case truncated
  case badString
  case badNumber
  case numberTooLarge
  case trailingText
  case tooDeep(limit: Int)
}

extension JSONProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .expected(let what): "\(what) was expected in the header"
    case .truncated: "the header ends in the middle"
    case .badString: "a text in the header is malformed"
    case .badNumber: "a number in the header is not a natural number"
    case .numberTooLarge: "a number in the header has more than 63 bits"
    case .trailingText: "text follows the header's closing brace"
    case .tooDeep(let limit): "the header's values are nested deeper than \(limit)"
    }
  }
}
