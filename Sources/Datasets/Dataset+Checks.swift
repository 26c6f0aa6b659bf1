internal import Tensors

extension Dataset {
  /// Throws when `rows` × `width` float64 values are more than one stored tensor may hold.
  static func checkSize(_ tensor: String, rows: Int, width: Int) throws(DatasetError) {
    let (values, overflow) = rows.multipliedReportingOverflow(by: width)
    let bytes = overflow || values > Int.max / 8 ? Int.max : values * 8
    guard bytes <= maximumTensorBytes else { throw .tooLarge(tensor: tensor, bytes: bytes, limit: maximumTensorBytes) }
  }

  /// Checks `x_part` and `y_part` against the columns and each other, and gives the number of their rows.
  static func check(_ tensors: StateDict, _ part: String, _ columns: Columns) throws(DatasetError) -> Int {
    let width = columns.features.count
    let x = try tensor("x_\(part)", tensors, .float64, dimensions: 2)
    guard x.shape[1] == width else {
      throw .inconsistent(part: "x_\(part)", problem: "has \(x.shape[1]) columns, the columns JSON names \(width)")
    }
    let rows = x.shape[0]
    guard rows > 0 else { throw .inconsistent(part: "x_\(part)", problem: "has no row") }
    if let value = x.first(as: Double.self, where: { !$0.isFinite && $0.bitPattern != missingCell.bitPattern }) {
      throw .inconsistent(part: "x_\(part)", problem: "has the value \(value)")
    }
    for (column, feature) in columns.features.enumerated() {
      guard let count = feature.categories?.count else { continue }
      if let value = x.first(as: Double.self, from: column, by: width, where: { !$0.isNaN && categoryIndex($0, count: count) == nil }) {
        throw .inconsistent(part: "x_\(part)", problem: "has category \(value) of '\(feature.name)', there are \(count)")
      }
    }

    let y = try tensor("y_\(part)", tensors, columns.target.classes == nil ? .float64 : .int64, dimensions: 1)
    guard y.count == rows else {
      throw .inconsistent(part: "y_\(part)", problem: "has \(y.count) values for \(rows) rows")
    }
    if let count = columns.target.classes?.count {
      if let label = y.first(as: Int64.self, where: { $0 < 0 || $0 >= Int64(count) }) {
        throw .inconsistent(part: "y_\(part)", problem: "has the label \(label), there are \(count) classes")
      }
    } else if let value = y.first(as: Double.self, where: { !$0.isFinite }) {
      throw .inconsistent(part: "y_\(part)", problem: "has the value \(value)")
    }
    return rows
  }

  private static func tensor(_ name: String, _ tensors: StateDict, _ dtype: DType, dimensions: Int) throws(DatasetError) -> Tensor {
    guard let tensor = tensors[name] else { throw .inconsistent(part: name, problem: "is missing") }
    guard tensor.data.count <= maximumTensorBytes else {
      throw .tooLarge(tensor: name, bytes: tensor.data.count, limit: maximumTensorBytes)
    }
    guard tensor.dtype == dtype else {
      throw .inconsistent(part: name, problem: "is \(tensor.dtype.rawValue), not \(dtype.rawValue)")
    }
    guard tensor.shape.count == dimensions else {
      throw .inconsistent(part: name, problem: "has shape \(tensor.shape), not \(dimensions) dimension\(dimensions == 1 ? "" : "s")")
    }
    return tensor
  }
}

extension Tensor {
  /// The first element that meets the condition, of those at `start`, `start + step`, …; read in place, because a copy
  /// of a large tensor costs more than the check.  The element type has to be the tensor's.
  fileprivate func first<Element: TensorElement>(
    as type: Element.Type, from start: Int = 0, by step: Int = 1, where isMatch: (Element) -> Bool
  ) -> Element? {
    precondition(dtype == Element.dtype)
    return unsafe data.withUnsafeBytes { bytes in
      for i in stride(from: start, to: count, by: step) {
        let value = unsafe bytes.loadUnaligned(fromByteOffset: i * MemoryLayout<Element>.size, as: Element.self)
        if isMatch(value) { return value }
      }
      return nil
    }
  }
}

/// A stored cell as the index of a category; nil when it is none.
func categoryIndex(_ value: Double, count: Int) -> Int? {
  guard let index = Int(exactly: value), index >= 0, index < count else { return nil }
  return index
}
