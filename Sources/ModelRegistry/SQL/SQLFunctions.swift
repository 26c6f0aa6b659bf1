internal import Datasets
internal import SQLite

/// The SQL functions that plain SQLite lacks.  All are DIRECTONLY: people call them, views and triggers can't.
///
///     predict(version, x1, x2, …)      a version's answer for one raw row
///     predict(version, x)              the same, the row as a blob of float64
///     l2(data[, dtype])                the length of a tensor as a vector
///     distance(a, b[, dtype])          the length of the difference of two
///     tensor_values(data[, dtype])     a row (position, value) for each element
///     samples(dataset, split)          a row (row, y, label, x, x0 … x63) for each sample
final class SQLFunctions {
  /// As they are called.
  static let names = ["predict", "l2", "distance", "tensor_values", "samples"]

  let registry: Registry
  /// What a function found wrong last.  A statement's own error holds no more than its words.
  var failure: (any Error)?
  private var predictors: [Int64: PreparedPredictor] = [:]
  private var newestSamples: (key: SampleKey, rows: SampleRows)?

  /// Adds the functions to a connection, which owns what they need from then on.
  /// `path` names the registry in errors.
  @unsafe static func install(on connection: borrowing Connection, path: String) throws -> SQLFunctions {
    let functions = SQLFunctions(Registry(within: Connection(borrowing: connection.unownedHandle), path: path))
    // The connection holds these closures and outlives the registry that they borrow it for.
    try connection.createFunction("predict") { arguments in try functions.noting { try functions.predict(arguments) } }
    try connection.createFunction("l2") { arguments in try functions.noting { try TensorFunctions.length(arguments) } }
    try connection.createFunction("distance") { arguments in try functions.noting { try TensorFunctions.distance(arguments) } }
    try connection.createTableFunction(
      TableFunction(
        "tensor_values", columns: ["position", "value"], parameters: ["data", "dtype"], required: 1,
        rows: { arguments in try functions.noting { try TensorFunctions.values(arguments) } }))
    try connection.createTableFunction(
      TableFunction(
        "samples", columns: SampleRows.columns, parameters: ["dataset", "split"], required: 2,
        rows: { arguments in try functions.noting { try functions.samples(arguments) } }))
    return functions
  }

  private init(_ registry: Registry) { self.registry = registry }

  private func noting<T>(_ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch {
      failure = error
      throw (error as? RegistryError).map { FunctionError($0.functionMessage) } ?? error
    }
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

/// What a function says of its arguments.
struct FunctionError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// A call with NULL in it.
struct NoRows: TableFunctionRows {
  var count: Int { 0 }
  func value(row: Int, column: Int) -> Value { .null }
}

extension RegistryError {
  /// For a host that knows no more of an error than a text.
  fileprivate var functionMessage: String {
    switch self {
    case .noSuchModel(let name, _, _): "no model '\(name)'"
    case .noSuchVersion(let model, let version, _, let isDeleted, _):
      "no version \(version) of '\(model)'\(isDeleted ? ": it is deleted" : "")"
    case .noSuchAlias(let model, let alias, _, _): "no alias '\(alias)' of '\(model)'"
    case .noVersions(let model, _): "'\(model)' has no versions"
    case .severalModelsHave(let name, let models, _):
      "'\(name)' may be a version of several models: \(models.map { "'\($0)'" }.joined(separator: ", "))"
    case .noModelHas(let name, _, _): "no model has '\(name)'"
    case .noSuchDataset(let name, _, _): "no dataset '\(name)'"
    case .illegalVersionName(let text): "'\(text)' names no version: 3, name/3, name@champion or latest"
    case .noArchitecture(let model, let version): "\(model)/\(version) is a state_dict without an architecture: there is no net to rebuild"
    case .noNet(let model, let version, let reason, _): "\(model)/\(version) can't be run as a net: \(reason)"
    case .unknownActivation(let model, let version, _, _):
      "\(model)/\(version) has layers whose activation isn't in the file: import it again with --activation"
    case .rotten(let what, _): "\(what) is not what was stored"
    case .database(_, let problem), .corrupt(_, let problem): problem
    default: "\(self)"
    }
  }
}
