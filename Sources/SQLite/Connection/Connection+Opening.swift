import CSQLite
import Glibc

// It works on bare handles: a noncopyable struct can't throw out of its init once it is whole.
extension Connection {
  /// Opens, configures and reads once.  The caller closes what it gets.
  static func open(_ path: String, _ mode: Mode, _ busyLimit: Duration) throws(SQLiteError) -> OpaquePointer {
    let handle = try openFile(path, mode, busyLimit)
    do throws(SQLiteError) {
      switch mode {
      case .memory, .temporary: break
      case .inspection: try run("PRAGMA query_only=ON", handle, path)
      case .readOnly:
        do throws(SQLiteError) {
          try run(anyRead, handle, path)
        } catch {
          // The file is open by now: what can't be opened is the index of its WAL, which a reader too writes beside it.
          guard ![ENOENT, EACCES, EROFS].contains(error.systemError) || error.primaryCode != SQLITE_CANTOPEN else {
            let message = "its write-ahead log cannot be read where nothing can be written"
            throw SQLiteError(.engine, code: readOnlyCannotInitialize, message, path: path)
          }
          guard error.needsRecovery else { throw error }
          try recover(path, busyLimit)
          try run(anyRead, handle, path)
        }
      case .readWrite, .create:
        // SQLite falls back to reading where it can't write: that is to be heard now, not at the first INSERT.
        guard sqlite3_db_readonly(handle, "main") == 0 else { throw SQLiteError(SQLITE_READONLY, nil, path: path) }
        try run(writerSettings, handle, path)
        try leaveWAL(handle, path)
      }
    } catch {
      sqlite3_close_v2(handle)
      throw error
    }
    return handle
  }

  /// Has SQLite finish what a writer began that crashed since this reader was opened: what a reader is told then has `needsRecovery`.
  public func recover() throws(SQLiteError) { try Self.recover(path, busyLimit?.value ?? .zero) }

  static func setBusyLimit(_ limit: Duration, of handle: OpaquePointer) {
    let (seconds, attoseconds) = limit.components
    let milliseconds = min(seconds, Int64(Int32.max)) * 1000 + attoseconds / 1_000_000_000_000_000
    csqlite_wait_when_busy(handle, Int32(clamping: milliseconds))
  }

  // SQLITE_READONLY_CANTINIT: the C macro computes, so Swift doesn't see it.
  private static let readOnlyCannotInitialize = SQLITE_READONLY | 5 << 8

  private static let anyRead = "PRAGMA schema_version"

  // FULL doesn't sync the folder after the journal is removed: a power cut could undo a reported commit.  Debian builds with
  // secure_delete, which overwrites every freed page.
  // A transaction that outgrows the cache (2 MB) writes to the file before its COMMIT, which locks readers out early: so only one of over
  // 4095 pages (64 MB) does.  Not 4096: SQLite takes the number's last byte for whether to do it at all.
  private static let writerSettings =
    "PRAGMA synchronous=EXTRA; PRAGMA secure_delete=OFF; PRAGMA temp_store=MEMORY; PRAGMA cache_spill=4095"

  /// A file in WAL mode goes back to a single file, unless another connection has it open: SQLite doesn't wait for that, and in its WAL the
  /// file can be written as well.
  private static func leaveWAL(_ handle: OpaquePointer, _ path: String) throws(SQLiteError) {
    do throws(SQLiteError) {
      try run("PRAGMA journal_mode=DELETE", handle, path)
    } catch {
      guard error.primaryCode == SQLITE_BUSY, isWAL(handle) else { throw error }
    }
  }

  private static func isWAL(_ handle: OpaquePointer) -> Bool {
    var statement: OpaquePointer?
    defer { sqlite3_finalize(statement) }
    guard sqlite3_prepare_v2(handle, "PRAGMA journal_mode", -1, &statement, nil) == SQLITE_OK, sqlite3_step(statement) == SQLITE_ROW,
      let mode = sqlite3_column_text(statement, 0)
    else { return false }
    return String(cString: mode) == "wal"
  }

  private static func openFile(_ path: String, _ mode: Mode, _ busyLimit: Duration) throws(SQLiteError) -> OpaquePointer {
    let access =
      switch mode {
      case .readOnly: SQLITE_OPEN_READONLY
      case .readWrite, .inspection: SQLITE_OPEN_READWRITE
      case .create, .temporary: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .memory: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY
      }
    let name =
      switch mode {
      case .memory: ":memory:"
      case .temporary: ""
      case .readOnly, .inspection, .readWrite, .create: try literalName(path)
      }
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(name, &opened, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard let handle = opened, code == SQLITE_OK else {
      defer { sqlite3_close_v2(opened) }
      throw SQLiteError(code, opened, path: path)
    }
    for (option, on) in [
      (SQLITE_DBCONFIG_ENABLE_FKEY, 1), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0), (SQLITE_DBCONFIG_DEFENSIVE, 1),
      (SQLITE_DBCONFIG_DQS_DDL, 0), (SQLITE_DBCONFIG_DQS_DML, 0),
    ] as [(Int32, Int32)] {
      csqlite_config(handle, option, on)
    }
    setBusyLimit(busyLimit, of: handle)
    do throws(SQLiteError) {
      // There is no db_config for it.
      try run("PRAGMA cell_size_check=ON", handle, path)
    } catch {
      sqlite3_close_v2(handle)
      throw error
    }
    return handle
  }

  /// The path without special meanings: "./" takes them from "file:…", ":memory:" and "" (which becomes a folder).
  /// Refuses what SQLite would cut short (a NUL) or open in vain (a folder opens for reading).
  private static func literalName(_ path: String) throws(SQLiteError) -> String {
    let name = path.hasPrefix("/") ? path : "./" + path
    var status = stat()
    let isFolder = stat(name, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    guard !isFolder, !path.utf8.contains(0) else {
      let message = String(cString: sqlite3_errstr(SQLITE_CANTOPEN))
      throw SQLiteError(.engine, code: SQLITE_CANTOPEN, message, path: path, systemError: isFolder ? EISDIR : ENOENT)
    }
    return name
  }

  /// Opens the file to write, without creating it, for as long as SQLite needs to finish what a crashed writer began.  Where
  /// it can't be written SQLite opens it to read, and finds that it needs recovery again.
  private static func recover(_ path: String, _ busyLimit: Duration) throws(SQLiteError) {
    let writer = try openFile(path, .readWrite, busyLimit)
    defer { sqlite3_close_v2(writer) }
    try run(anyRead, writer, path)
  }

  private static func run(_ sql: String, _ handle: OpaquePointer, _ path: String) throws(SQLiteError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw SQLiteError(code, handle, path: path) }
  }
}
