internal import Tensors

/// A tensor of a pickle and the bytes that it looks at.
struct PTItem {
  let tensor: PickledTensor
  let storage: StorageBytes
  /// Legacy files: where the view of a storage begins in it, in bytes.
  let viewOffset: Int
}

/// Holds the tensors of a pickle against the storages of its file: each is there and as large as declared, and all that is to be read
/// for the tensors is bounded.
struct StorageFinder {
  private let machine: PickleMachine
  private let locate: (String) -> StorageBytes?
  private let limit: Int
  private var room: Int
  /// Of a view whose elements overlap, all that it reaches over is read at once.
  private static let longestOverlap = 1 << 30

  init(_ machine: PickleMachine, roomFor input: InputFile, _ limits: FormatLimits, _ locate: @escaping (String) -> StorageBytes?) {
    self.machine = machine
    self.locate = locate
    limit = limits.tensorBytes(inFileOf: input.count)
    room = limit
  }

  /// The tensor at a place in `machine.tensors`.
  mutating func item(_ place: Int) throws(FormatError) -> PTItem {
    let tensor = machine.tensors[place]
    let storage = machine.storages[tensor.storage]
    guard let bytes = locate(storage.key) else { throw problem(.missingStorage(storage.key)) }
    let declared = storage.wholeCount * storage.elementSize
    guard bytes.count == declared else { throw problem(.storageSize(key: storage.key, declared: declared, found: bytes.count)) }
    // What is to be read for it: a view of few elements may reach over the whole storage.
    let reach = tensor.view.reach * tensor.dtype.size
    let extent = max(tensor.view.elementCount * tensor.dtype.size, reach)
    guard extent <= room else { throw problem(.tooLarge(bytes: limit - room + extent, limit: limit)) }
    guard reach <= Self.longestOverlap || tensor.view.isMonotonic else {
      throw problem(.tooLarge(bytes: reach, limit: Self.longestOverlap))
    }
    room -= extent
    return PTItem(tensor: tensor, storage: bytes, viewOffset: storage.viewOffset * storage.elementSize)
  }

  private func problem(_ problem: CheckpointProblem) -> FormatError {
    FormatError(file: machine.file, part: machine.part, reason: .checkpoint(problem))
  }
}

extension MetadataValue {
  /// The number of a tensor that has one; nil for a complex one, and for one beyond Int64.
  init?(_ tensor: Tensor) {
    guard tensor.count == 1 else { return nil }
    switch tensor.numbers(in: 0..<1)[0] {
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .int(Int(value))
    case .unsigned(let value):
      // A rounded one would be another number: it is left out, and named.
      guard let value = Int(exactly: value) else { return nil }
      self = .int(value)
    case .real(let value): self = .double(value)
    case .complex: return nil
    }
  }
}
