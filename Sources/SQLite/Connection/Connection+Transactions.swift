import CSQLite

// Invariants:
// 1. When `transaction` returns, all of its work is committed; when it throws, none is, and no lock is held.
// 2. The error that it throws is the first one.  What goes wrong in rolling back is not told.
// 3. A transaction within another is a savepoint: it is undone alone, and committed with the outermost.
// 4. Once it has the write lock a transaction waits for readers at its COMMIT alone.  When it outgrows the cache it would write pages
//    before, and with a reader there each page would wait for the whole limit, one after the other; unwritten it stays in memory.

/// When a transaction takes its locks.
public enum TransactionKind: String, Sendable {
  /// The write lock at once: what is read in it is still true when it writes.
  case immediate = "BEGIN IMMEDIATE"
  /// A read lock at the first read, the write lock at the first write, which may find the file changed or busy.
  case deferred = "BEGIN DEFERRED"
}

extension Connection {
  /// Runs `body` in a transaction, or in a savepoint if one is open (`kind` then has no say).
  public func transaction<T: ~Copyable>(_ kind: TransactionKind = .immediate, _ body: () throws -> T) throws -> T {
    try transaction(kind, failure: { $0 }, body)
  }

  /// The same for a body of one error type; `failure` makes SQLite's errors into it.
  public func transaction<T: ~Copyable, E: Error>(
    _ kind: TransactionKind, failure: (SQLiteError) -> E, _ body: () throws(E) -> T
  ) throws(E) -> T {
    let isNested = isInTransaction
    try run(isNested ? "SAVEPOINT nested" : kind.rawValue, failure)
    do {
      let result = !isNested && kind == .immediate ? try withoutWaiting(body) : try body()
      try run(isNested ? "RELEASE nested" : "COMMIT", failure)
      return result
    } catch {
      // After a full disk or a failed write SQLite has rolled back by itself, and there is nothing left to do; after a COMMIT
      // that found the file busy it has not.
      try? executeScript(isNested ? "ROLLBACK TO nested; RELEASE nested" : "ROLLBACK")
      throw error
    }
  }

  /// Runs `body`, in which no trigger fires: for rows of which a transaction has asked once what a trigger would ask of each.  Keys,
  /// CHECKs and foreign keys hold as ever.  Every statement is compiled anew when it starts, and once more after it.
  package func withoutTriggers<T>(_ body: () throws -> T) rethrows -> T {
    csqlite_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
    defer { csqlite_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 1) }
    return try body()
  }

  /// Runs `body` where PRAGMA writable_schema works: for migrations, whose SQL is ours.
  func withWritableSchema<E: Error>(_ body: () throws(E) -> Void) throws(E) {
    csqlite_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 0)
    defer { csqlite_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1) }
    try body()
  }

  private func withoutWaiting<T: ~Copyable, E: Error>(_ body: () throws(E) -> T) throws(E) -> T {
    guard let busyLimit else { return try body() }
    Self.setBusyLimit(.zero, of: handle)
    defer { Self.setBusyLimit(busyLimit.value, of: handle) }
    return try body()
  }

  private func run<E: Error>(_ sql: String, _ failure: (SQLiteError) -> E) throws(E) {
    do throws(SQLiteError) { try execute(sql) } catch { throw failure(error) }
  }
}
