package import SQLite

/// What a function says of its arguments.
package struct FunctionError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// A call with NULL in it.
package struct NoRows: TableFunctionRows {
  package init() {}

  package var count: Int { 0 }
  package func value(row: Int, column: Int) -> Value { .null }
}
