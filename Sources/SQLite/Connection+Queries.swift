import CSQLite

extension Connection {
  /// Compiles one statement; text with none or with more is refused.  `persistent` tells SQLite that it will be run many times.
  public func prepare(_ sql: String, persistent: Bool = false) throws(SQLiteError) -> Statement {
    var script = Script(sql, self)
    return try script.only(persistent: persistent)
  }

  /// Runs one statement to its end; rows that it gives are dropped.
  public func execute(_ sql: String, _ values: (any ValueConvertible)?...) throws(SQLiteError) {
    try withStatement(sql) { (statement) throws(SQLiteError) in
      try statement.bind(values)
      try statement.run()
    }
  }

  /// Runs every statement of a text, in order, up to the first that fails.  Without a transaction around it, those before
  /// that one stay done.
  public func executeScript(_ sql: String) throws(SQLiteError) {
    var script = Script(sql, self)
    while var statement = try script.next() { try statement.run() }
  }

  /// Every row of one statement through `row`.  All are fetched before it returns, and the lock is gone.
  public func query<T>(
    _ sql: String, _ values: (any ValueConvertible)?..., row: (borrowing Statement) throws -> T
  ) throws -> [T] {
    try withStatement(sql) { statement in
      try statement.bind(values)
      return try statement.all(row)
    }
  }

  /// The first row of one statement through `row`, nil when there is none.
  public func queryFirst<T>(
    _ sql: String, _ values: (any ValueConvertible)?..., row: (borrowing Statement) throws -> T
  ) throws -> T? {
    try withStatement(sql) { statement in
      try statement.bind(values)
      return try statement.first(row)
    }
  }

  /// Runs `body` on the statement of a text that is likely to come again: compiled once, and reset and without values afterwards.
  public func withStatement<T: ~Copyable>(_ sql: String, _ body: (inout Statement) throws -> T) throws -> T {
    try statements.with(sql, { () throws(any Error) in try prepare(sql, persistent: true) }, body)
  }

  private func withStatement(_ sql: String, _ body: (inout Statement) throws(SQLiteError) -> Void) throws(SQLiteError) {
    try statements.with(sql, { () throws(SQLiteError) in try prepare(sql, persistent: true) }, body)
  }
}
