import CSQLite

extension Connection {
  /// Adds an SQL function.  It is DIRECTONLY: views and triggers, which a stranger's file may bring along, can't call it.
  ///
  /// - Parameters:
  ///   - argumentCount: nil for any number.
  ///   - body: gives the result; equal arguments must give equal results within a statement.  An error that it throws is the
  ///     statement's, with its description as the message.
  public func createFunction(
    _ name: String, argumentCount: Int? = nil, _ body: @escaping (borrowing FunctionArguments) throws -> Value
  ) throws(SQLiteError) {
    let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY
    let code = sqlite3_create_function_v2(
      handle, name, Int32(argumentCount ?? -1), flags, Unmanaged.passRetained(FunctionBox(body)).toOpaque(),
      { context, count, values in
        let box = Unmanaged<FunctionBox>.fromOpaque(sqlite3_user_data(context)!).takeUnretainedValue()
        box.call(FunctionArguments(context: context, values: UnsafeBufferPointer(start: values, count: Int(count))))
      }, nil, nil, { Unmanaged<FunctionBox>.fromOpaque($0!).release() })
    guard code == SQLITE_OK else { throw SQLiteError(code, handle, path: path) }
  }
}

/// A function's body, owned by the connection.
private final class FunctionBox {
  let body: (borrowing FunctionArguments) throws -> Value

  init(_ body: @escaping (borrowing FunctionArguments) throws -> Value) { self.body = body }

  func call(_ arguments: borrowing FunctionArguments) {
    do {
      try body(arguments).setResult(of: arguments.context)
    } catch {
      let message = error.sqlMessage
      sqlite3_result_error(arguments.context, message, Int32(clamping: message.utf8.count))
    }
  }
}

extension Error {
  /// SQLite's own words for its errors, the description of others.
  var sqlMessage: String { (self as? SQLiteError)?.message ?? "\(self)" }
}
