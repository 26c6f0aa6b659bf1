internal import Datasets
internal import SQLite

/// The columns that `samples` has for single features; NULL beyond those that a dataset has.
package let samplesFeatureColumns = (0..<64).map { "x\($0)" }

/// The samples of one part of a dataset, raw as they were read: (row, y, label, x, x0 … x63).
///
/// `row` counts from 1; `y` is the class's number or the target's value, `label` the class's name; `x` is the whole row as float64,
/// a category by its number in its column's list, and x0 … x63 are the first 64 features one by one, a category by its name.  A
/// missing cell is NaN in `x` and NULL alone.
struct SampleRows: TableFunctionRows {
  typealias Part = Dataset.Part

  static let columns = ["row", "y", "label", "x"] + samplesFeatureColumns
  private static let firstFeature = 4

  let count: Int
  private let features: [FeatureColumn]
  private let classes: [String]
  private let x: [Double]  // (rows, features)
  private let labels: [Int64]  // (rows), or none
  private let numbers: [Double]  // (rows), or none

  init(_ dataset: Dataset, _ part: Part) {
    count = dataset.count(part)
    features = dataset.columns.features
    classes = dataset.columns.target.classes ?? []
    x = dataset.x(part)
    labels = dataset.labels(part)
    numbers = labels.isEmpty ? dataset.numbers(part) : []
  }

  func value(row: Int, column: Int) -> Value {
    switch column {
    case 0: return .integer(Int64(row + 1))
    case 1: return labels.isEmpty ? .real(numbers[row]) : .integer(labels[row])
    case 2: return labels.isEmpty ? .null : .text(classes[Int(labels[row])])
    case 3: return .blob(x[row * features.count..<(row + 1) * features.count].flatMap { withUnsafeBytes(of: $0, Array.init) })
    default:
      let feature = column - Self.firstFeature
      guard feature < features.count else { return .null }
      let value = x[row * features.count + feature]
      if value.isNaN { return .null }
      return features[feature].categories.map { .text($0[Int(value)]) } ?? .real(value)
    }
  }
}
