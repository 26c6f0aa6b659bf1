internal import Tensors

/// A value on the pickle machine's stack.  Containers, storages and tensors are places in the machine's tables, so that a
/// value is 16 bytes, sharing costs nothing, and neither copying nor freeing one ever recurses.
enum PickleValue: Equatable {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  /// UTF-8 in the pickle, not yet validated.
  case text(PickleSlice)
  case tuple(Int32)
  case list(Int32)
  case dictionary(Int32)
  case global(PickleGlobal)
  case storage(Int32)
  case tensor(Int32)
  /// A foreign class or function by its name, a place in the machine's `foreign`.
  case foreign(Int32)
  /// What a foreign name would make if it were called, which it never is: the place of that name.
  case object(Int32)
  /// Something legal that nobody reads.
  case opaque

  var isOpaque: Bool {
    switch self {
    case .object, .opaque: true
    default: false
    }
  }

  /// What it is, for messages.
  var kind: String {
    switch self {
    case .none: "None"
    case .bool: "a bool"
    case .int: "an integer"
    case .float: "a number"
    case .text: "a text"
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .global: "a type"
    case .storage: "a storage"
    case .tensor: "a tensor"
    case .foreign: "a class or a function"
    case .object: "an object"
    case .opaque: "another value"
    }
  }
}

/// A run of bytes of the pickle.
struct PickleSlice: Equatable {
  let start: Int32
  let count: Int32
}

/// A class or a function that a pickle mentions and this program doesn't know, and where it is mentioned.
struct ForeignName {
  let module: PickleSlice
  let name: PickleSlice
  /// In the part of the file that the pickle is, for messages.
  let place: Int
  /// What kind of tensor it is that this registry doesn't store; nil for a name that has nothing to do with tensors.
  let unstoredTensor: UnstoredTensor?
  /// Whether it is one of torch's functions that make a tensor.
  let rebuildsTensor: Bool
}

/// A storage as a persistent id declares it; its bytes stand elsewhere in the file.
struct PickledStorage: Hashable {
  /// By its bytes, as a zip's names are.
  @Name var key: String
  /// nil for an untyped storage, which counts bytes.
  let dtype: DType?
  let count: Int
  /// Where a legacy view starts in the storage of this key, in elements.
  let viewOffset: Int
  /// Elements of the whole storage of this key; `count` of them from `viewOffset` on are this one.
  let wholeCount: Int

  var elementSize: Int { dtype?.size ?? 1 }
}

/// A tensor as `_rebuild_tensor_v2` declares it.
struct PickledTensor {
  let storage: Int
  let view: StridedView
  let dtype: DType
  /// Torch's lazy views: the imaginary parts, or all parts, are to be negated.
  var isConjugated = false
  var isNegated = false
}
