internal import Tensors

/// Rows of float64 values that grow without being copied: blocks of about a megabyte.
struct RowBlocks {
  private let width: Int
  private let rowsPerBlock: Int
  private var blocks: [[Double]] = []
  /// The block that is being filled.
  private var last: [Double] = []

  init(width: Int) {
    self.width = width
    rowsPerBlock = max(1, (1 << 17) / width)
  }

  /// How many whole rows there are.
  var count: Int { blocks.count * rowsPerBlock + last.count / width }

  /// Adds a row of `width` values.
  mutating func append(_ row: some Collection<Double>) {
    if last.isEmpty { last.reserveCapacity(rowsPerBlock * width) }
    last.append(contentsOf: row)
    if last.count == rowsPerBlock * width {
      blocks.append(last)
      last = []
    }
  }

  /// Replaces every value of a column.
  mutating func map(column: Int, _ transform: (Double) -> Double) {
    for block in blocks.indices {
      for i in stride(from: column, to: blocks[block].count, by: width) { blocks[block][i] = transform(blocks[block][i]) }
    }
    for i in stride(from: column, to: last.count, by: width) { last[i] = transform(last[i]) }
  }

  /// The chosen rows in the order of `indices`, (rows, width); copied once.
  func tensor(_ indices: some Collection<Int>) throws(TensorError) -> Tensor {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(indices.count * width * 8)
    for index in indices {
      let block = index / rowsPerBlock
      let start = index % rowsPerBlock * width * 8
      unsafe (block < blocks.count ? blocks[block] : last).withUnsafeBytes { values in
        unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: values[start..<start + width * 8]))
      }
    }
    return try Tensor(dtype: .float64, shape: [indices.count, width], data: bytes)
  }
}
