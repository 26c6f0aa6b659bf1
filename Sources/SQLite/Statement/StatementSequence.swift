import CSQLite

/// A text of several statements, compiled one after the other.
struct StatementSequence: ~Copyable {
  private let text: UnsafeMutableBufferPointer<CChar>
  private var position = 0
  private let connection: OpaquePointer
  private let path: String

  /// `connection` must outlive it.
  init(_ sql: String, _ connection: borrowing Connection) {
    // A copy of its own, because SQLite gives back positions within the bytes it was given.
    var sql = sql
    let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: sql.utf8.count + 1)
    copy.initialize(repeating: 0)
    sql.withUTF8 { UnsafeMutableRawBufferPointer(copy).copyMemory(from: UnsafeRawBufferPointer($0)) }
    text = copy
    self.connection = connection.handle
    path = connection.path
  }

  deinit { text.deallocate() }

  /// The next statement; nil when only blanks and comments are left.
  mutating func next(persistent: Bool = false) throws(SQLiteError) -> Statement? {
    let end = text.count - 1
    let flags = persistent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
    while position < end {
      let start = UnsafePointer(text.baseAddress! + position)
      var statement: OpaquePointer?
      var tail: UnsafePointer<CChar>?
      let code = sqlite3_prepare_v3(connection, start, Int32(clamping: end - position + 1), flags, &statement, &tail)
      guard code == SQLITE_OK else { throw SQLiteError(code, connection, sql: String(cString: start), path: path) }
      let length = tail.map { $0 - start } ?? 0
      // SQLite goes no further than a NUL, and what stands after one must not be ignored.
      guard length > 0 else { throw notOneStatement }
      position += length
      if let statement { return Statement(statement, path) }
    }
    return nil
  }

  /// The statement of a text that holds one, and no more.
  mutating func only(persistent: Bool) throws(SQLiteError) -> Statement {
    guard let statement = try next(persistent: persistent) else { throw notOneStatement }
    var isLast = false
    // What comes next and doesn't compile isn't blank either.
    do { isLast = try next() == nil } catch {}
    guard isLast else { throw notOneStatement }
    return statement
  }

  private var notOneStatement: SQLiteError {
    let sql = String(cString: text.baseAddress!)
    return SQLiteError(.notOneStatement, code: SQLITE_MISUSE, "the text is not one SQL statement", sql: sql, path: path)
  }
}
