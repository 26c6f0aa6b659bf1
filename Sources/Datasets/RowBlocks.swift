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

  /// Adds the next value of the last row; `width` values make a row.
  mutating func append(_ value: Double) {
    if last.count == rowsPerBlock * width {
      blocks.append(last)
      last = []
    }
    if last.isEmpty { last.reserveCapacity(rowsPerBlock * width) }
    last.append(value)
  }

  /// Replaces every value of a column.
  mutating func map(column: Int, _ transform: (Double) -> Double) {
    for block in blocks.indices {
      for i in stride(from: column, to: blocks[block].count, by: width) { blocks[block][i] = transform(blocks[block][i]) }
    }
    for i in stride(from: column, to: last.count, by: width) { last[i] = transform(last[i]) }
  }

  /// The chosen rows, row-major, in the order of `indices`.
  func gather(_ indices: some Collection<Int>) -> [Double] {
    var rows: [Double] = []
    rows.reserveCapacity(indices.count * width)
    for index in indices {
      let block = index / rowsPerBlock
      let start = index % rowsPerBlock * width
      rows.append(contentsOf: (block < blocks.count ? blocks[block] : last)[start..<start + width])
    }
    return rows
  }
}
