internal import Datasets
internal import RegistryStore
internal import SQLite
internal import Tensors

/// The SQL functions that know nets and datasets.
///
///     predict(version, x1, x2, …)      a version's answer for one raw row
///     predict(version, x)              the same, the row as a blob of float64
///     samples(dataset, split)          a row (row, y, label, x, x0 … x63) for each sample
final class NetFunctions {
  /// As they are called.
  static let names = ["predict", "samples"]

  private let registry: Registry
  private var predictors: [Int64: PreparedPredictor] = [:]
  private var newestSamples: (key: SampleKey, rows: SampleRows)?

  private init(_ registry: Registry) { self.registry = registry }

  /// Adds them to a connection.
  static func add(to functions: SQLFunctions, on connection: borrowing Connection) throws {
    let nets = NetFunctions(functions.registry)
    try connection.createFunction("predict") { arguments in try functions.keepingFailure { try nets.predict(arguments) } }
    try connection.createTableFunction(
      TableFunction(
        "samples", columns: SampleRows.columns, parameters: ["dataset", "split"], required: 2,
        rows: { arguments in try functions.keepingFailure { try nets.samples(arguments) } }))
  }

  // MARK: predict

  private func predict(_ arguments: borrowing FunctionArguments) throws -> Value {
    guard arguments.count > 1 else { throw FunctionError("predict is called as predict(version, x1, x2, …) or predict(version, x)") }
    guard arguments.storageClass(0) != .null else { return .null }
    let version = arguments.value(0)
    // Where the version is the same in every call, it is looked up once.
    let predictor = try arguments.cached(0) { try self.predictor(version) }
    return try predictor.answer(arguments)
  }

  private func predictor(_ version: Value) throws -> PreparedPredictor {
    let text: String
    switch version {
    case .integer(let number): text = String(number)
    case .text(let name): text = name
    default: throw FunctionError("predict: a version is a number or a text such as 'name/3' or 'name@champion'")
    }
    // Queries are kept and run again: what was of the usual model stays so when another model comes.
    let name = try registry.versionName(text, usual: Registry.defaultModel)
    let id = try registry.versionID(name)
    if let known = predictors[id] { return known }
    // A version never changes.  Few are asked in one session; many would be a loop over all, which needs each once.
    if predictors.count == 64 { predictors.removeAll() }
    let record = try registry.version(name)
    let predictor = PreparedPredictor(try registry.loadPredictor(record), title: record.title)
    predictors[id] = predictor
    return predictor
  }

  // MARK: samples

  private struct SampleKey: Hashable {
    let dataset: Int64
    let split: String
  }

  private func samples(_ arguments: [Value?]) throws -> any TableFunctionRows {
    guard let dataset = arguments[0], let split = arguments[1], dataset != .null, split != .null else { return NoRows() }
    guard case .text(let name) = dataset, case .text(let part) = split else {
      throw FunctionError("samples: a dataset and a split are texts: samples('name', 'test')")
    }
    guard let part = SampleRows.Part(rawValue: part.lowercased()) else {
      throw FunctionError("samples: '\(part)' is neither 'train' nor 'test'")
    }
    let record = try registry.datasetRecord(name)
    let key = SampleKey(dataset: record.id, split: part.rawValue)
    if let newestSamples, newestSamples.key == key { return newestSamples.rows }
    let rows = SampleRows(try registry.dataset(record), part)
    newestSamples = (key, rows)
    return rows
  }
}
