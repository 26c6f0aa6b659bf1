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
    let x = try values("x_\(part)", tensors, as: Double.self, dimensions: 2)
    let width = columns.features.count
    guard x.shape[1] == width else {
      throw .inconsistent(part: "x_\(part)", problem: "has \(x.shape[1]) columns, the columns JSON names \(width)")
    }
    let rows = x.shape[0]
    guard rows > 0 else { throw .inconsistent(part: "x_\(part)", problem: "has no row") }
    try check("x_\(part)", x.values, columns.features)
    let targetRows: Int
    if let classes = columns.target.classes {
      let y = try values("y_\(part)", tensors, as: Int64.self, dimensions: 1)
      if let label = y.values.first(where: { $0 < 0 || $0 >= Int64(classes.count) }) {
        throw .inconsistent(part: "y_\(part)", problem: "has the label \(label), there are \(classes.count) classes")
      }
      targetRows = y.shape[0]
    } else {
      let y = try values("y_\(part)", tensors, as: Double.self, dimensions: 1)
      if let value = y.values.first(where: { !$0.isFinite }) {
        throw .inconsistent(part: "y_\(part)", problem: "has the value \(value)")
      }
      targetRows = y.shape[0]
    }
    guard targetRows == rows else {
      throw .inconsistent(part: "y_\(part)", problem: "has \(targetRows) values for \(rows) rows")
    }
    return rows
  }

  private static func check(_ name: String, _ x: [Double], _ features: [FeatureColumn]) throws(DatasetError) {
    if let value = x.first(where: { !$0.isFinite }) { throw .inconsistent(part: name, problem: "has the value \(value)") }
    for (column, feature) in features.enumerated() {
      guard let categories = feature.categories else { continue }
      for i in stride(from: column, to: x.count, by: features.count) where categoryIndex(x[i], count: categories.count) == nil {
        throw .inconsistent(part: name, problem: "has category \(x[i]) of '\(feature.name)', there are \(categories.count)")
      }
    }
  }

  private static func values<Element: TensorElement>(
    _ name: String, _ tensors: StateDict, as type: Element.Type, dimensions: Int
  ) throws(DatasetError) -> (values: [Element], shape: [Int]) {
    guard let tensor = tensors[name] else { throw .inconsistent(part: name, problem: "is missing") }
    guard tensor.data.count <= maximumTensorBytes else {
      throw .tooLarge(tensor: name, bytes: tensor.data.count, limit: maximumTensorBytes)
    }
    guard tensor.shape.count == dimensions else {
      throw .inconsistent(part: name, problem: "has shape \(tensor.shape), not \(dimensions) dimension\(dimensions == 1 ? "" : "s")")
    }
    do {
      return (try tensor.values(as: type), tensor.shape)
    } catch {
      throw .inconsistent(part: name, problem: error.description)
    }
  }
}

/// A stored cell as the index of a category; nil when it is none.
func categoryIndex(_ value: Double, count: Int) -> Int? {
  guard let index = Int(exactly: value), index >= 0, index < count else { return nil }
  return index
}
