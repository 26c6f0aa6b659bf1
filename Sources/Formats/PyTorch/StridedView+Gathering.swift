/// Copies the elements of a view in row-major order, without its whole storage in memory.
///
/// The elements are visited in the order in which they stand in the storage, and written where they belong: so a window that only moves
/// forward passes over them once, whatever the strides are (transposed, channels_last, a column of a large matrix).
extension StridedView {
  private struct Dimension {
    let count: Int
    /// In elements of the storage, and of the result.
    let stride: Int
    let step: Int
  }

  /// Those that take steps, the largest stride first.
  private var inStorageOrder: [Dimension] {
    var step = 1
    var dimensions: [Dimension] = []
    for (count, stride) in zip(shape, strides).reversed() where count != 1 {
      dimensions.append(Dimension(count: count, stride: stride, step: step))
      step *= count
    }
    return dimensions.sorted { $0.stride > $1.stride }
  }

  /// The elements from the first to the last of the view in its storage, those between them included.
  var reach: Int { needed - offset }

  /// Whether no element stands before one that is visited ahead of it; else, as in views whose rows overlap, `gather` needs all of the
  /// reach in memory.
  var isMonotonic: Bool {
    var inner = 0
    for dimension in inStorageOrder.reversed() {
      if dimension.stride < inner { return false }
      inner += (dimension.count - 1) * dimension.stride
    }
    return true
  }

  /// The same elements as views of at most so many, one after the other in row-major order.
  func slabs(of limit: Int) -> [StridedView] {
    guard elementCount > max(limit, 1) else { return [self] }
    // The first dimension whose steps are small enough is cut; those before it are taken step by step.
    var cut = shape.count - 1
    var inner = 1
    while cut > 0, inner * shape[cut] <= limit {
      inner *= shape[cut]
      cut -= 1
    }
    let steps = max(limit / inner, 1)
    return (0..<shape[..<cut].reduce(1, *)).flatMap { outer in
      var (rest, start) = (outer, offset)
      for dimension in (0..<cut).reversed() {
        start += rest % shape[dimension] * strides[dimension]
        rest /= shape[dimension]
      }
      return stride(from: 0, to: shape[cut], by: steps).compactMap { first in
        // Of a view that was checked.
        try? StridedView(
          shape: [min(steps, shape[cut] - first)] + shape[(cut + 1)...], strides: Array(strides[cut...]),
          offset: start + first * strides[cut])
      }
    }
  }

  /// The bytes that a window need have: what lies between elements is passed over rather than read where that is much.
  private func windowBytes(elementSize: Int, most: Int) -> Int {
    var span = elementSize
    for dimension in inStorageOrder.reversed() {
      let step = dimension.stride * elementSize
      guard step - span <= Self.gapBytes else { break }
      span = max(span, (dimension.count - 1) * step + span)
      if span >= most { return most }
    }
    return span
  }

  /// To read so many bytes takes as long as to be asked once more.
  private static let gapBytes = 16 << 10

  /// `read` fills a buffer from a byte on, counted from the view's first element.
  func gather(
    elementSize: Int, into target: UnsafeMutableRawBufferPointer, windowBytes: Int = 4 << 20,
    read: (_ start: Int, _ buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Void
  ) throws(FormatError) {
    guard elementCount > 0, let result = target.baseAddress else { return }
    let dimensions = inStorageOrder
    let inner = dimensions.last ?? Dimension(count: 1, stride: 0, step: 0)
    let outer = dimensions.dropLast()
    let size = reach * elementSize
    let needed = self.windowBytes(elementSize: elementSize, most: windowBytes)
    let wanted = isMonotonic ? max(needed / elementSize, 1) * elementSize : size
    let window = UnsafeMutableRawBufferPointer.allocate(byteCount: min(wanted, size), alignment: 16)
    defer { unsafe window.deallocate() }
    var held = 0..<0
    var indices = [Int](repeating: 0, count: outer.count)
    // In bytes.
    var (source, place) = (0, 0)
    while true {
      for index in 0..<inner.count {
        let start = source + index * inner.stride * elementSize
        if start < held.lowerBound || start + elementSize > held.upperBound {
          held = start..<start + min(window.count, size - start)
          unsafe try read(start, UnsafeMutableRawBufferPointer(rebasing: window[..<held.count]))
        }
        unsafe (result + place + index * inner.step * elementSize)
          .copyMemory(from: window.baseAddress! + (start - held.lowerBound), byteCount: elementSize)
      }
      var turning = indices.count - 1
      while turning >= 0 {
        let dimension = outer[turning]
        indices[turning] += 1
        source += dimension.stride * elementSize
        place += dimension.step * elementSize
        if indices[turning] < dimension.count { break }
        source -= dimension.count * dimension.stride * elementSize
        place -= dimension.count * dimension.step * elementSize
        indices[turning] = 0
        turning -= 1
      }
      if turning < 0 { return }
    }
  }
}
