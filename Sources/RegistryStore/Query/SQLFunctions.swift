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
    try connection.createFunction("l2") { arguments in try functions.keepingFailure { try TensorFunctions.length(arguments) } }
    try connection.createFunction("distance") { arguments in try functions.keepingFailure { try TensorFunctions.distance(arguments) } }
    try connection.createTableFunction(
      TableFunction(
        "tensor_values", columns: ["position", "value"], parameters: ["data", "dtype"], required: 1,
        rows: { arguments in try functions.keepingFailure { try TensorFunctions.values(arguments) } }))
    try interpreter?.add(to: functions, on: connection)
    return functions
  }

  private init(_ registry: Registry) { self.registry = registry }

  /// Runs what a function does; what it throws is kept.
  package func keepingFailure<T>(_ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch {
      failure = error
      // The host may know no more of an error than a text, and has a file of its own.
      throw (error as? StoreError).map { FunctionError($0.message) } ?? error
    }
  }
}
