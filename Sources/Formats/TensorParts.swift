internal import Tensors

/// Where a writer gets the bytes of a tensor, by its position in the list: it is called with what takes them, in order, in parts of whole
/// elements.  What it gives as one part is asked for once, all else perhaps a second time.
public typealias TensorParts = (_ index: Int, _ take: (UnsafeRawBufferPointer) throws -> Void) throws -> Void

/// Tensors that are in memory as a whole, checked against what was announced.
func wholeTensors(
  _ tensors: [TensorDescription], file: String, _ tensor: @escaping (Int) throws -> Tensor
) -> TensorParts {
  { index, take in
    let tensor = try tensor(index)
    guard tensor.dtype == tensors[index].dtype, tensor.shape == tensors[index].shape else {
      throw FormatError(file: file, reason: .checkpoint(.otherTensor(tensors[index].name)))
    }
    try unsafe tensor.data.withUnsafeBytes { try unsafe take($0) }
  }
}

/// Counts the bytes that come of a tensor: as many as were announced, or it throws.
struct PartsCheck {
  private let description: TensorDescription
  private let file: String
  let byteCount: Int
  private(set) var count = 0

  init(_ description: TensorDescription, file: String) throws {
    self.description = description
    self.file = file
    byteCount = try Tensor.byteCount(dtype: description.dtype, shape: description.shape)
  }

  mutating func add(_ part: UnsafeRawBufferPointer) throws(FormatError) {
    count += part.count
    if count > byteCount { throw other }
  }

  func finish() throws(FormatError) { if count != byteCount { throw other } }

  private var other: FormatError { FormatError(file: file, reason: .checkpoint(.otherTensor(description.name))) }
}

/// Calls `body` with the elements of the tensor at `index`, some thousand at a time.
func numbers(
  of description: TensorDescription, _ index: Int, file: String, parts: @escaping TensorParts, _ body: ([TensorNumber]) throws -> Void
) throws {
  var check = try PartsCheck(description, file: file)
  let step = elementsAtOnce * description.dtype.size
  try parts(index) { part in
    try unsafe check.add(part)
    for start in stride(from: 0, to: part.count, by: step) {
      let bytes = unsafe Array(part[start..<min(start + step, part.count)])
      let elements = try Tensor(dtype: description.dtype, shape: [bytes.count / description.dtype.size], data: bytes)
      try body(elements.numbers(in: 0..<elements.count))
    }
  }
  try check.finish()
}
