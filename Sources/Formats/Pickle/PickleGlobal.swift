internal import Tensors

/// The few names that a pickled state_dict is made of.  None of them is a function here: each is a rule of
/// `PickleMachine` that makes a value.
enum PickleGlobal: Equatable {
  case orderedDict
  case rebuildTensor
  case rebuildTensorV2
  case rebuildTensorV3
  case rebuildParameter
  case rebuildParameterWithState
  /// A typed storage, or the untyped one (nil).
  case storage(DType?)
  case dtype(DType)
  /// `torch.Size`: a tuple.
  case size
  /// Values that may stand beside the tensors of a checkpoint and that nobody reads here: a set, bytes, a device.
  case opaque
  /// `collections.defaultdict`: a dictionary, whatever makes its missing values.
  case defaultDict

  /// nil for every name that is not in the table.
  init?(module: String, name: String) {
    guard let known = Self.table["\(module).\(name)"] else { return nil }
    self = known
  }

  private static let table: [Name: PickleGlobal] = {
    var table: [Name: PickleGlobal] = [
      "collections.OrderedDict": .orderedDict,
      "torch._utils._rebuild_tensor": .rebuildTensor,
      "torch._utils._rebuild_tensor_v2": .rebuildTensorV2,
      "torch._utils._rebuild_tensor_v3": .rebuildTensorV3,
      "torch._utils._rebuild_parameter": .rebuildParameter,
      "torch._utils._rebuild_parameter_with_state": .rebuildParameterWithState,
      "torch.storage.UntypedStorage": .storage(nil),
      "torch.Size": .size,
      "torch.device": .opaque,
      "_codecs.encode": .opaque,
      "collections.Counter": .opaque,
      "collections.defaultdict": .defaultDict,
    ]
    // Protocol 2 writes Python 2's name of the module.
    for module in ["builtins", "__builtin__"] {
      for name in ["set", "frozenset", "bytearray", "complex"] { table["\(module).\(name)"] = .opaque }
    }
    for dtype in DType.allCases {
      if let storage = dtype.torchStorage { table["torch.\(storage)"] = .storage(dtype) }
      table["torch.\(dtype.torchName)"] = .dtype(dtype)
    }
    return table
  }()
}
