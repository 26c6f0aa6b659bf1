internal import Datasets
internal import RegistryStore
internal import SQLite
internal import Tensors
internal import Training

/// A version's predictor, for one raw row at a time.
final class PreparedPredictor {
  private let predictor: Predictor
  private let title: String
  /// The categories of each column, by name; nil for a number column.
  private let categories: [[Name: Double]?]

  init(_ predictor: Predictor, title: String) {
    self.predictor = predictor
    self.title = title
    categories = predictor.architecture.features.columns.map { column in
      column.categories.map { names in Dictionary(names.enumerated().map { (Name($1), Double($0)) }) { first, _ in first } }
    }
  }

  /// The answer for the arguments after the first: the probability of the second class, the likeliest class's name, or the value in
  /// the target's own units.  NaN is NULL, and so is the answer for a row with NULL where the version doesn't fill in missing cells.
  func answer(_ arguments: borrowing FunctionArguments) throws -> Value {
    let imputations = predictor.architecture.features.imputations
    for index in 1..<arguments.count where arguments.storageClass(index) == .null {
      guard index <= imputations.count, imputations[index - 1] != nil else { return .null }
    }
    let row = arguments.count == 2 && arguments.storageClass(1) == .blob ? try blob(arguments) : try numbers(arguments)
    switch try predictor(row).first {
    case .binary(let probability, _): return .real(Double(probability))
    case .multiclass(_, let index): return index.map { .text(predictor.architecture.classes[$0]) } ?? .null
    case .regression(let value): return .real(value)
    case nil: return .null
    }
  }

  private func check(_ count: Int) throws {
    guard count == categories.count else {
      throw FunctionError("predict: \(title) takes \(categories.count) features, not \(count)")
    }
  }

  private func numbers(_ arguments: borrowing FunctionArguments) throws -> [Double] {
    try check(arguments.count - 1)
    var row: [Double] = []
    row.reserveCapacity(categories.count)
    for (index, categories) in categories.enumerated() {
      let argument = arguments.value(index + 1)
      if arguments.storageClass(index + 1) == .null {
        row.append(Dataset.missingCell)
      } else if let categories {
        row.append(try code(argument, index, categories))
      } else if let number = arguments.double(index + 1) {
        if case .integer(let exact) = argument, Int64(exactly: number) != exact {
          throw FunctionError("predict: \(exact) is an integer that float64 doesn't hold")
        }
        row.append(number)
      } else {
        throw FunctionError("predict: feature \(index + 1) of \(title) is a number, not \(arguments.storageClass(index + 1).rawValue)")
      }
    }
    return row
  }

  /// The number of a category, named by its text; a column of 1, 2, 10 has categories that are written as numbers are.
  private func code(_ argument: Value, _ index: Int, _ categories: [Name: Double]) throws -> Double {
    let names: [String] =
      switch argument {
      case .text(let text): [text]
      case .integer(let number): [String(number)]
      case .real(let number): [number.description] + (Int64(exactly: number).map { [String($0)] } ?? [])
      case .null, .blob: []
      }
    let column = predictor.architecture.features.columns[index].name
    guard let name = names.first else { throw FunctionError("predict: '\(column)' of \(title) is a category: give its text") }
    guard let number = names.lazy.compactMap({ categories[Name($0)] }).first else {
      throw FunctionError("predict: '\(name)' isn't a category of '\(column)', which \(title) knows")
    }
    return number
  }

  private func blob(_ arguments: borrowing FunctionArguments) throws -> [Double] {
    try arguments.withBlob(1) { bytes in
      guard bytes.byteCount % 8 == 0 else { throw FunctionError("predict: a blob of \(bytes.byteCount) bytes is not made of float64") }
      try check(bytes.byteCount / 8)
      return try ElementReader(.float64).doubles(bytes)
    }
  }
}
