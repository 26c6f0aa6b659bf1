import CSQLite

// Invariants:
// 1. Between two steps no lock is held: writers go on.  What they write meanwhile makes SQLite begin again.
// 2. A copy that was begun again too often ends in one step under a read lock, so it ends whatever the writers do.
// 3. When it throws, what stands in the destination is of no use.

/// How far a copy is.
public struct CopyProgress: Hashable, Sendable {
  /// Pages that are copied.
  public let done: Int
  /// Pages that the source has.
  public let total: Int
}

extension Connection {
  /// Copies the whole database into another, whatever that held (SQLite's online backup, sqlite.org/backup.html).
  ///
  /// - Parameters:
  ///   - destination: a new, empty file gets this one's page size.
  ///   - pagesPerStep: how many pages are copied under one read lock.
  ///   - pause: how long writers have the file to themselves after each step.
  ///   - restarts: how often it may begin again before it takes the lock for all that is left.
  public func copy(
    into destination: borrowing Connection, pagesPerStep: Int = 256, pause: Duration = .milliseconds(2), restarts: Int = 3,
    progress: (CopyProgress) throws -> Void = { _ in }
  ) throws {
    guard let backup = sqlite3_backup_init(destination.handle, "main", handle, "main") else {
      throw SQLiteError(sqlite3_extended_errcode(destination.handle), destination.handle, path: destination.path)
    }
    var isOpen = true
    defer { if isOpen { sqlite3_backup_finish(backup) } }
    var (left, restartsLeft) = (Int32.max, restarts)
    while true {
      let code = sqlite3_backup_step(backup, restartsLeft > 0 ? Int32(clamping: pagesPerStep) : -1)
      let (remaining, total) = (sqlite3_backup_remaining(backup), sqlite3_backup_pagecount(backup))
      if code == SQLITE_DONE { break }
      guard code == SQLITE_OK else {
        // What a full or failing disk says is the destination's: the source is only read.  What a killed writer left is the source's.
        let isOfDestination = [SQLITE_FULL, SQLITE_READONLY, SQLITE_CANTOPEN].contains(code & 0xFF)
        let error = SQLiteError(code, nil, path: path)
        throw isOfDestination && !error.needsRecovery ? SQLiteError(code, nil, path: destination.path) : error
      }
      if remaining >= left { restartsLeft -= 1 }
      left = remaining
      try progress(CopyProgress(done: Int(total - remaining), total: Int(total)))
      pause.sleep()
    }
    isOpen = false
    let code = sqlite3_backup_finish(backup)
    guard code == SQLITE_OK else { throw SQLiteError(code, destination.handle, path: destination.path) }
  }
}
