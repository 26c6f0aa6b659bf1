package import SQLite

/// The SQL functions that plain SQLite lacks.  All are DIRECTONLY: people call them, views and triggers can't.
///
///     l2(data[, dtype])                the length of a tensor as a vector
///     distance(a, b[, dtype])          the length of the difference of two
///     tensor_values(data[, dtype])     a row (position, value) for each element
///
/// An interpreter adds its own.
package final class SQLFunctions {
  /// As they are called.
  static let names = ["l2", "distance", "tensor_values"]

  /// What functions read: the registry that the connection holds, if it holds one.
  package let registry: Registry
  /// What a function found wrong last.  A statement's own error holds no more than its words.
  var failure: (any Error)?

  /// Adds the functions to a connection, which owns what they need from then on.
  /// `path` names the registry in errors.
  @unsafe package static func install(
    on connection: borrowing Connection, path: String, interpreter: (any Interpreter)?
  ) throws -> SQLFunctions {
    let functions = SQLFunctions(
      Registry(within: Connection(borrowing: connection.unownedHandle), path: path, interpreter: interpreter))
    // The connection holds these closures and outlives the registry that they borrow it for.
    try connection.createFunction("l2") { arguments in try functions.noting { try TensorFunctions.length(arguments) } }
    try connection.createFunction("distance") { arguments in try functions.noting { try TensorFunctions.distance(arguments) } }
    try connection.createTableFunction(
      TableFunction(
        "tensor_values", columns: ["position", "value"], parameters: ["data", "dtype"], required: 1,
        rows: { arguments in try functions.noting { try TensorFunctions.values(arguments) } }))
    try interpreter?.add(to: functions, on: connection)
    return functions
  }

  private init(_ registry: Registry) { self.registry = registry }

  /// Runs what a function does; what it throws is noted.
  package func noting<T>(_ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch {
      failure = error
      throw (error as? RegistryError).map { FunctionError($0.functionMessage) } ?? error
    }
  }
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
