import CSQLite

/// The rows that a call of a table-valued function gives.
public protocol TableFunctionRows {
  /// How many there are.
  var count: Int { get }
  /// The value of a column in a row, both counted from 0.
  func value(row: Int, column: Int) throws -> Value
}

/// A function that stands in FROM: `SELECT * FROM samples('iris', 'test')` (sqlite.org/vtab.html#tabfunc2).
public struct TableFunction {
  /// As it is called.
  public let name: String
  /// What its rows have.
  public let columns: [String]
  /// What it is called with.  SQLite has them as hidden columns, which are named `samples_dataset` and the like: a plain name would
  /// hide the column of an outer query that is given as the argument.
  public let parameters: [String]
  /// How many of them, from the first on, can't be left out.
  public let required: Int
  /// The rows of one call; nil stands for a parameter that was left out.
  public let rows: ([Value?]) throws -> any TableFunctionRows

  public init(
    _ name: String, columns: [String], parameters: [String], required: Int, rows: @escaping ([Value?]) throws -> any TableFunctionRows
  ) {
    self.name = name
    self.columns = columns
    self.parameters = parameters
    self.required = required
    self.rows = rows
  }

  /// How it is called: `samples(dataset, split)`.
  var usage: String { "\(name)(\(parameters.joined(separator: ", ")))" }

  /// What SQLite is told of its columns.
  var declaration: String {
    func quoted(_ name: String) -> String { "\"\(name.split(separator: "\"").joined(separator: "\"\""))\"" }
    let hidden = parameters.map { quoted("\(name)_\($0)") + " HIDDEN" }
    return "CREATE TABLE x(\((columns.map(quoted) + hidden).joined(separator: ", ")))"
  }
}

/// What an open cursor is at.
final class TableCursor {
  var arguments: [Value?] = []
  var rows: (any TableFunctionRows)?
  var position = 0

  func value(_ column: Int, of function: TableFunction) throws -> Value {
    guard column < function.columns.count else { return arguments[column - function.columns.count] ?? .null }
    return try rows?.value(row: position, column: column) ?? .null
  }
}

/// A function with SQLite's table of callbacks, owned by the connection.
final class TableModule {
  let function: TableFunction
  let callbacks: UnsafeMutablePointer<sqlite3_module>

  init(_ function: TableFunction) {
    self.function = function
    callbacks = .allocate(capacity: 1)
    callbacks.initialize(to: sqlite3_module())
  }

  deinit { callbacks.deallocate() }
}
