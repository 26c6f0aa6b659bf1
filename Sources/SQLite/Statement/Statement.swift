import CSQLite

// Invariants:
// 1. A statement is one statement: text after it is refused, not ignored.
// 2. After the last row, and after an error, it is reset: it holds no lock, and can be bound and run anew.
// 3. What is read in place (`withBlob`) borrows the statement, and `step`, `reset` and `bind` change it, so the compiler
//    keeps a row's bytes from being read after the row has gone.

/// A prepared statement and, after `step` has given true, its current row.  Parameters and columns count from 0.
@safe public struct Statement: ~Copyable {
  let handle: OpaquePointer
  let path: String

  /// Where it goes when its user is done with it, and the text that it has there; nil when it is finalized.
  private var home: (cache: StatementCache, text: String)?

  /// Takes over a statement that SQLite has compiled.
  init(_ compiled: OpaquePointer, _ path: String) {
    handle = compiled
    self.path = path
  }

  /// The same, of the cache to which it goes back.
  init(_ compiled: OpaquePointer, _ path: String, _ cache: StatementCache, _ text: String) {
    handle = compiled
    self.path = path
    home = (cache, text)
  }

  /// Has it kept when its user is done with it.
  mutating func goBack(to cache: StatementCache, _ text: String) { home = (cache, text) }

  deinit {
    if let home { home.cache.giveBack(handle, home.text) } else { sqlite3_finalize(handle) }
  }

  /// Goes to the next row.  False after the last one: the statement is then reset, its bindings kept.
  public mutating func step() throws(SQLiteError) -> Bool {
    let code = sqlite3_step(handle)
    if code == SQLITE_ROW { return true }
    guard code == SQLITE_DONE else {
      let error = failure(code)
      sqlite3_reset(handle)
      throw error
    }
    sqlite3_reset(handle)
    return false
  }

  /// Steps to the end, whatever rows there are.
  public mutating func run() throws(SQLiteError) {
    while try step() {}
  }

  /// Leaves the current row and its lock.  The bindings stay.
  public mutating func reset() { sqlite3_reset(handle) }

  /// Every row through `row`, from the first one.  Reset when it returns or throws.
  public mutating func all<T>(_ row: (borrowing Statement) throws -> T) throws -> [T] {
    defer { reset() }
    var rows: [T] = []
    while try step() { rows.append(try row(self)) }
    return rows
  }

  /// The first row through `row`, nil when there is none.  Reset when it returns or throws.
  public mutating func first<T>(_ row: (borrowing Statement) throws -> T) throws -> T? {
    defer { reset() }
    return try step() ? try row(self) : nil
  }

  /// The SQL as it was written.
  public var sql: String { String(cString: sqlite3_sql(handle)) }

  /// How many columns a row has; 0 for a statement that gives none.
  public var columnCount: Int { Int(sqlite3_column_count(handle)) }

  /// The columns' names, as `AS` or the table has them.
  public var columnNames: [String] { (0..<columnCount).map { columnName($0) } }

  func columnName(_ column: Int) -> String {
    sqlite3_column_name(handle, Int32(clamping: column)).map { String(cString: $0) } ?? String(column)
  }

  func failure(_ code: Int32) -> SQLiteError { SQLiteError(code, sqlite3_db_handle(handle), sql: sql, path: path) }
}
