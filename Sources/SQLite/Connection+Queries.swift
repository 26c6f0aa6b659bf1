import CSQLite

extension Connection {
  /// Compiles one statement; text with none or with more is refused.  `persistent` tells SQLite that it will be run many times.
  public func prepare(_ sql: String, persistent: Bool = false) throws(SQLiteError) -> Statement {
    var script = Script(sql, self)
    return try script.only(persistent: persistent)
  }

  /// Runs one statement to its end; rows that it gives are dropped.
  public func execute(_ sql: String, _ values: (any ValueConvertible)?...) throws(SQLiteError) {
    var statement = try prepare(sql)
    try statement.bind(values)
    try statement.run()
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
    var statement = try prepare(sql)
    try statement.bind(values)
    return try statement.all(row)
  }

  /// The first row of one statement through `row`, nil when there is none.
  public func queryFirst<T>(
    _ sql: String, _ values: (any ValueConvertible)?..., row: (borrowing Statement) throws -> T
  ) throws -> T? {
    var statement = try prepare(sql)
    try statement.bind(values)
    return try statement.first(row)
  }
}
