/// Why a predictor cannot be written as an ONNX file.
public enum ONNXProblem: Equatable, Sendable {
  /// Protobuf cannot count further.
  case tooLarge(bytes: Int, limit: Int)
  /// A category column that no row could have a value for.
  case noCategories(column: String)
  /// A key of the metadata that is given twice, or that the writer keeps for itself.
  case duplicateMetadata(String)
}

extension ONNXProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLarge(let bytes, let limit): "the model has \(bytes) bytes, an ONNX file may have \(limit)"
    case .noCategories(let column): "the column '\(shown(column))' has no category"
    case .duplicateMetadata(let name): "the metadata have '\(shown(name))' twice"
    }
  }
}
