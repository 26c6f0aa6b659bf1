import CSQLite

extension Connection {
  /// Compiles one statement; text with none or with more is refused.  One whose text was compiled before and whose `Statement` has
  /// gone since is taken again: it gives what a new one would.  `persistent` tells SQLite that a long one, which
  /// isn't kept so, will be run many times.
  public func prepare(_ sql: String, persistent: Bool = false) throws(SQLiteError) -> Statement {
    guard StatementCache.keeps(sql) else {
      var sequence = StatementSequence(sql, self)
      return try sequence.only(persistent: persistent)
    }
    if let known = statements.take(sql) { return Statement(known, path, statements, sql) }
    var sequence = StatementSequence(sql, self)
    var statement = try sequence.only(persistent: true)
    statement.goBack(to: statements, sql)
    return statement
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
    var sequence = StatementSequence(sql, self)
    while var statement = try sequence.next() { try statement.run() }
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
