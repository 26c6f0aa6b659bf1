internal import Tensors

extension StateDictImport {
  /// The digests of a large tensor and of its bytes alone, both in the time of one.
  func hash(_ index: Int, byteCount: Int) throws -> (tensor: Digest, contents: Digest) {
    let announced = tensors[index]
    var tensor = DigestBuilder(dtype: announced.dtype, shape: announced.shape)
    var contents = DigestBuilder()
    try readBytes(index, byteCount: byteCount) { unsafe DigestBuilder.update(&tensor, $0, &contents, $0) }
    return (tensor.finalize(), contents.finalize())
  }

  /// The bytes of a large tensor, as many as were announced.
  func readBytes(_ index: Int, byteCount: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    guard let read else {
      return try unsafe tensor(index).data.withUnsafeBytes { try unsafe body($0) }
    }
    var count = 0
    try read(index) { part in
      count += part.count
      try unsafe body(part)
    }
    guard count == byteCount else { throw StoreError.changedFile(file, tensor: tensors[index].name) }
  }

  /// The source's own tensor, of the type and shape that it announced.
  func tensor(_ index: Int) throws -> Tensor {
    let announced = tensors[index]
    let tensor = try load(index)
    guard tensor.dtype == announced.dtype, tensor.shape == announced.shape else {
      throw StoreError.changedFile(file, tensor: announced.name)
    }
    return tensor
  }
}
