internal import Tensors

/// A tensor of torch that this registry doesn't store, by the type or the function that its pickle names.
///
/// Source: torch/_utils.py, torch/storage.py.
struct UnstoredTensor {
  /// As a sentence has it: `float8_e8m0fnu`, `a sparse tensor`.
  let kind: String

  /// nil for a name that has nothing to do with tensors.
  init?(_ name: String) {
    guard name.hasPrefix("torch.") else { return nil }
    let last = name.dropFirst("torch.".count)
    if let kind = Self.kinds.first(where: { $0.name.hasSameBytes(as: String(last)) })?.kind {
      self.kind = kind
    } else if last.hasPrefix("_utils._rebuild_") || last.hasPrefix("_tensor._rebuild_") {
      kind = "made by \(shown(name))"
    } else if !last.contains("."), Self.families.contains(where: { last.hasPrefix($0) }), last.utf8.count <= 40 {
      kind = String(last)
    } else {
      return nil
    }
  }

  /// Bytes of an element in a storage of this type; nil where that isn't known.
  var elementSize: Int? {
    switch kind {
    case "qint8", "quint8": 1
    case "qint32": 4
    default: nil
    }
  }

  /// How the names of torch's element types begin.
  private static let families = [
    "float", "bfloat", "complex", "int", "uint", "qint", "quint", "bits", "half", "double", "long", "short", "chalf",
  ]
  private static let kinds: [(name: String, kind: String)] = [
    ("QInt8Storage", "qint8"), ("QUInt8Storage", "quint8"), ("QInt32Storage", "qint32"), ("QUInt4x2Storage", "quint4x2"),
    ("QUInt2x4Storage", "quint2x4"), ("_utils._rebuild_qtensor", "a quantized tensor"),
    ("_utils._rebuild_sparse_tensor", "a sparse tensor"), ("_utils._rebuild_sparse_csr_tensor", "a sparse tensor"),
    ("_utils._rebuild_nested_tensor", "a nested tensor"), ("_utils._rebuild_meta_tensor_no_storage", "a tensor without data (meta)"),
    ("_utils._rebuild_wrapper_subclass", "a tensor of a class of its own"),
    ("_tensor._rebuild_from_type_v2", "a tensor of a class of its own"), ("_utils._rebuild_from_type_v2", "a tensor of a class of its own"),
  ]
}
