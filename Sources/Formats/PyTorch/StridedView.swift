internal import Tensors

/// A shape over a storage: element (i, j, …) stands at `offset + i * strides[0] + j * strides[1] + …`.
///
/// Invariant: every element lies within `needed` elements of the storage, and no product or sum overflows: the stride of a dimension
/// that takes no step is 0, and so is the offset of a view without elements.
struct StridedView: Equatable {
  /// More dimensions than any tensor of torch has.
  static let maximumRank = 64

  let shape: [Int]
  let strides: [Int]
  /// Of the first element, in elements.
  let offset: Int
  /// The elements that the storage must have for the view.
  let needed: Int
  let elementCount: Int

  /// Checks all of it; nothing of a file is trusted before.
  init(shape: [Int], strides: [Int], offset: Int) throws(PickleFailure) {
    guard shape.count <= Self.maximumRank else { throw PickleFailure(.tooManyDimensions(shape.count)) }
    guard shape.count == strides.count else { throw PickleFailure(.strideCount(shape: shape, strides: strides)) }
    guard offset >= 0 else { throw PickleFailure(.negativeOffset(offset)) }
    var count = 1
    var last = offset
    for (dimension, stride) in zip(shape, strides) {
      guard dimension >= 0 else { throw PickleFailure(.illegalShape(shape)) }
      guard stride >= 0 else { throw PickleFailure(.negativeStride(stride)) }
      let product = count.multipliedReportingOverflow(by: max(dimension, 1))
      let reach = max(dimension - 1, 0).multipliedReportingOverflow(by: stride)
      let sum = last.addingReportingOverflow(reach.partialValue)
      guard !product.overflow, !reach.overflow, !sum.overflow else { throw PickleFailure(.illegalShape(shape)) }
      count = product.partialValue
      last = sum.partialValue
    }
    let isEmpty = shape.contains(0)
    guard last < Int.max else { throw PickleFailure(.illegalShape(shape)) }
    self.shape = shape
    self.strides = zip(shape, strides).map { dimension, stride in isEmpty || dimension == 1 ? 0 : stride }
    self.offset = isEmpty ? 0 : offset
    elementCount = isEmpty ? 0 : count
    needed = isEmpty ? 0 : last + 1
  }

  /// Whether the elements stand one after the other in row-major order.
  var isContiguous: Bool {
    if elementCount == 0 { return true }
    var expected = 1
    for (dimension, stride) in zip(shape, strides).reversed() where dimension != 1 {
      if stride != expected { return false }
      expected *= dimension
    }
    return true
  }
}

/// A problem on its way to the machine, which adds file and offset.
struct PickleFailure: Error {
  let problem: PickleProblem
  init(_ problem: PickleProblem) { self.problem = problem }
}
