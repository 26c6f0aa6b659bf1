import CSQLite
import Glibc

/// Why SQLite, or this layer over it, refused.  It never holds bound values: they may be anyone's data.
public struct SQLiteError: Error, Hashable, Sendable {
  /// What kind of refusal it is.
  public enum Reason: Hashable, Sendable {
    /// SQLite's own; the code says which.
    case engine
    /// A column was read as a class that its value doesn't have.
    case storageClass(column: String, expected: StorageClass, actual: StorageClass)
    /// A text that isn't UTF-8.
    case malformedText(column: String)
    /// A column was read that the row doesn't have, or there is no row (`columns` is then 0).
    case noSuchColumn(index: Int, columns: Int)
    /// More or fewer values than the statement has parameters.
    case bindings(expected: Int, given: Int)
    /// The SQL text holds no statement, or more than one.
    case notOneStatement
  }

  /// The kind, with what belongs to it.
  public let reason: Reason
  /// SQLite's extended result code (sqlite.org/rescode.html).
  public let extendedCode: Int32
  /// The system's errno, where a file could not be opened, read or written; else 0.
  public let systemError: Int32
  /// SQLite's message, or ours, without a full stop.
  public let message: String
  /// The statement, with its parameters as they were written; nil where there is none.
  public let sql: String?
  /// Where in `sql` the trouble begins, in bytes; nil where SQLite doesn't say.
  public let offset: Int?
  /// The database as it was named at opening.
  public let path: String

  /// SQLite's primary result code: the low byte of the extended one.
  public var primaryCode: Int32 { extendedCode & 0xFF }

  /// Takes what the connection holds about the failed call.
  init(_ code: Int32, _ connection: OpaquePointer?, sql: String? = nil, path: String) {
    // A connection that was closed while statements live knows no messages any more, and an older message may stand there.
    let isCurrent = connection != nil && sqlite3_extended_errcode(connection) == code
    reason = .engine
    extendedCode = code
    message = String(cString: isCurrent ? sqlite3_errmsg(connection) : sqlite3_errstr(code))
    let isOfTheSystem = [SQLITE_CANTOPEN, SQLITE_IOERR].contains(code & 0xFF)
    systemError = isCurrent && isOfTheSystem ? sqlite3_system_errno(connection) : 0
    self.sql = sql
    let offset = isCurrent ? sqlite3_error_offset(connection) : -1
    self.offset = offset < 0 ? nil : Int(offset)
    self.path = path
  }

  /// An error of this layer, with the code that SQLite would give it.
  init(_ reason: Reason, code: Int32, _ message: String, sql: String? = nil, path: String, systemError: Int32 = 0) {
    self.reason = reason
    self.message = message
    self.sql = sql
    self.path = path
    self.systemError = systemError
    offset = nil
    extendedCode = code
  }
}

extension SQLiteError {
  /// Another connection held the lock for longer than the busy limit.
  public var isBusy: Bool { [SQLITE_BUSY, SQLITE_LOCKED].contains(primaryCode) }
  /// The file is a database, and damaged.
  public var isCorrupt: Bool {
    // A schema format that there isn't has no code of its own.
    primaryCode == SQLITE_CORRUPT || (primaryCode == SQLITE_ERROR && message == "unsupported file format")
  }
  /// The file is no database.
  public var isNotADatabase: Bool { primaryCode == SQLITE_NOTADB }
  /// SQLite could not get memory.
  public var isOutOfMemory: Bool {
    // SQLITE_IOERR_NOMEM: the C macro computes, so Swift doesn't see it.
    primaryCode == SQLITE_NOMEM || extendedCode == SQLITE_IOERR | 12 << 8
  }
  /// The disk is full.
  public var isFull: Bool { primaryCode == SQLITE_FULL }
  /// The file may not grow any more: a limit of the process (`ulimit -f`) or of the file system.
  public var isTooLarge: Bool {
    // SQLite rolls back before it asks for errno, which is another's by then: a write that failed under a limit failed by it.
    isIOError && (systemError == EFBIG || Self.writeErrors.contains(extendedCode) && Self.hasSizeLimit)
  }
  /// The file, or its journal, isn't where it was any more (SQLITE_READONLY_DBMOVED, SQLITE_IOERR_DELETE_NOENT).
  public var isMoved: Bool { isReadOnly && extendedCode >> 8 == 4 || isIOError && extendedCode >> 8 == 23 }
  /// The disk or the file system failed.
  public var isIOError: Bool { primaryCode == SQLITE_IOERR }
  /// A write to what can only be read.
  public var isReadOnly: Bool { primaryCode == SQLITE_READONLY }
  /// The SQL itself failed: in its text, in a function, by asking for what isn't allowed, or for more than can be.
  public var isOfTheQuery: Bool {
    [SQLITE_ERROR, SQLITE_AUTH, SQLITE_TOOBIG, SQLITE_NOMEM, SQLITE_MISMATCH].contains(primaryCode) && reason == .engine
      || reason == .notOneStatement
  }
  /// It took longer than its limit (see `Connection.guarded`).
  public var isInterrupted: Bool { primaryCode == SQLITE_INTERRUPT }
  /// It asked for what it isn't allowed (see `Connection.guarded`); the message says what.
  public var isRefused: Bool { primaryCode == SQLITE_AUTH }
  /// A rule of the schema refused: UNIQUE, CHECK, NOT NULL, a key, a type or a trigger.
  public var isConstraint: Bool { primaryCode == SQLITE_CONSTRAINT }
  /// A foreign key of some table refers to columns that aren't a key: whatever it concerns can't be written.
  public var isForeignKeyMismatch: Bool { primaryCode == SQLITE_ERROR && message.hasPrefix("foreign key mismatch") }
  /// A UNIQUE column or primary key has the value already.
  public var isUniqueViolation: Bool {
    // SQLITE_CONSTRAINT_PRIMARYKEY, _UNIQUE and _ROWID: the C macros compute, so Swift doesn't see them.
    isConstraint && [6, 8, 10].contains(extendedCode >> 8)
  }
  /// A trigger refused with RAISE; `message` is what it said.
  public var isTriggerRefusal: Bool { isConstraint && extendedCode >> 8 == 7 }
  /// A crashed writer left a journal that needs a writer to finish it, and this connection may not write
  /// (SQLITE_READONLY_RECOVERY, _ROLLBACK, _CANTINIT).
  public var needsRecovery: Bool { isReadOnly && [1, 3, 5].contains(extendedCode >> 8) }
  /// There is no such file, or a folder on the way to it is missing.
  public var isMissingFile: Bool { primaryCode == SQLITE_CANTOPEN && [ENOENT, ENOTDIR].contains(systemError) }
  /// The path is a folder's.
  public var isDirectory: Bool { primaryCode == SQLITE_CANTOPEN && systemError == EISDIR }
  /// The system forbids to open the file.
  public var isForbidden: Bool { primaryCode == SQLITE_CANTOPEN && [EACCES, EPERM].contains(systemError) }
}

extension SQLiteError {
  // SQLITE_IOERR_WRITE and _TRUNCATE: the C macros compute, so Swift doesn't see them.
  private static let writeErrors = [SQLITE_IOERR | 3 << 8, SQLITE_IOERR | 6 << 8]

  /// Whether this process may make files of a certain size only.
  private static var hasSizeLimit: Bool {
    var limit = rlimit()
    return getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 && limit.rlim_cur < Int.max
  }
}

extension SQLiteError: CustomStringConvertible {
  public var description: String {
    guard let sql else { return "'\(path)': \(message)." }
    return "'\(path)': \(message), in \"\(sql.count > 200 ? sql.prefix(200) + "…" : sql)\"."
  }
}
