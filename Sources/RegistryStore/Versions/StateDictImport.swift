public import Tensors

/// A state_dict to be stored that stands elsewhere, and what is to be recorded of it.
public struct StateDictImport {
  /// Names, types and shapes in order; the names are unique.
  public var tensors: [(name: String, dtype: DType, shape: [Int])]
  /// Loads a tensor by its place in `tensors`: all of them in order and, of a large state_dict, those that are new a second time.
  public var load: (Int) throws -> Tensor
  /// Gives the bytes of a tensor in order and in parts, however large it is; where it is nil, `load` is called for large ones too.
  public var read: ((_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Void)?
  /// Called when all were loaded once, before anything is stored: throws when the source changed meanwhile.
  public var checkUnchanged: () throws -> Void = {}
  /// The model that gets the version.
  public var model: String
  /// The experiment of the run; nil is that of the model's name.
  public var experiment: String?
  /// What is known of the source (file name, format, …): the params of the run.
  public var params: [(key: String, value: CellValue)]
  /// Tags of the version; of two with one key the later counts.
  public var tags: [(key: String, value: CellValue)]
  public var note: String?
  /// Nil where no net can be rebuilt from the tensors.
  package var storedArchitecture: StoredArchitecture?
  /// The file as it was named, for errors.
  public var file: String

  public init(
    file: String, model: String = Registry.defaultModel, tensors: [(name: String, dtype: DType, shape: [Int])],
    load: @escaping (Int) throws -> Tensor
  ) {
    self.file = file
    self.model = model
    self.tensors = tensors
    self.load = load
    params = []
    tags = []
  }
}

/// How much of an import is in memory, and in one transaction.
struct ImportLimits {
  /// Bytes of new tensors that go in one transaction.
  var batch = 256 << 20
  /// Up to so many bytes of tensors in all are read but once.
  var kept = 128 << 20
  /// Bytes that may wait to be hashed.
  var window = 32 << 20
}

/// What was stored of an imported state_dict.
public struct ImportedVersion: Sendable {
  public let model: String
  public let version: Int
  public let run: Int
  public let tensorCount: Int
  /// How many of them weren't stored yet; equal ones count once.
  public let newTensorCount: Int
  /// Numbers in all tensors together.
  public let parameterCount: Int
  /// Bytes of all tensors together.
  public let byteCount: Int
  /// Sorted by key.
  public let tags: [(key: String, value: CellValue)]
}
