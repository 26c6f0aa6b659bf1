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
    let wanted = isMonotonic ? max(windowBytes / elementSize, 1) * elementSize : size
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
