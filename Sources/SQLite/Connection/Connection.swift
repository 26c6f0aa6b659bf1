import CSQLite

// Invariants:
// 1. The path is taken literally: never as a URI, never as one of SQLite's names for databases without a file.
// 2. Only `create` makes a file.  A reader changes nothing, but for letting SQLite roll back what a crashed writer left.
// 3. The file has been read once when `init` returns: no file, a folder, no database, no permission are errors of `init`.
// 4. A connection stays where it is (it isn't Sendable), so SQLite's mutexes are off.
// 5. A statement may outlive its connection: sqlite3_close_v2 waits for it, and the busy handler owns no memory.

/// An open database, closed when it goes.
@safe public struct Connection: ~Copyable {
  /// What may be done with the file.
  public enum Mode: Sendable {
    /// Reads a file that exists.
    case readOnly
    /// Reads a file that exists, for its integrity check: opened to write where that is allowed, and never written to.  What it can
    /// only read SQLite parses without the CHECKs, so that its check would pass over them.
    case inspection
    /// Reads and writes a file that exists.
    case readWrite
    /// Reads and writes; makes the file, with nothing in it, where there is none.
    case create
    /// A database in memory; the path is only a name for errors.
    case memory
    /// A database of this connection alone, in memory as far as that reaches and then in a file that has no name; the path is only a name for
    /// errors.
    case temporary
  }

  let handle: OpaquePointer
  /// The path as it was given.
  public let path: String
  /// What has been compiled and isn't in use.
  let statements: StatementCache
  /// Nil where it is another's.
  let busyLimit: BusyLimit?
  private let isOwner: Bool

  /// Opens and configures.  A locked file is waited for until `busyLimit` has passed, here and later.
  ///
  /// Where a crashed writer left a journal, a reader has it rolled back first; where it can't (a medium that can only be
  /// read), the error's `needsRecovery` is true.  So it is where a writer crashes later, until `recover` was called.
  public init(path: String = ":memory:", mode: Mode, busyLimit: Duration = .seconds(30)) throws(SQLiteError) {
    handle = try Self.open(path, mode, busyLimit)
    self.busyLimit = BusyLimit(busyLimit)
    self.path = path
    isOwner = true
    statements = StatementCache()
  }

  /// Another's connection, used as it stands and never closed from here: for functions that are called in its statements.
  /// `handle` is a `sqlite3 *` that outlives this.
  @unsafe public init(borrowing handle: OpaquePointer) {
    self.handle = handle
    path = sqlite3_db_filename(handle, "main").map { String(cString: $0) } ?? ""
    isOwner = false
    busyLimit = nil
    // Its owner can't close it while a statement of ours is kept.
    statements = StatementCache(isOpen: false)
  }

  /// The `sqlite3 *`, for `init(borrowing:)`.
  @unsafe public var unownedHandle: OpaquePointer { handle }

  deinit {
    statements.close()
    if isOwner { sqlite3_close_v2(handle) }
  }

  /// How long a locked file is waited for, from now on.
  public func setBusyLimit(_ limit: Duration) {
    busyLimit?.value = limit
    Self.setBusyLimit(limit, of: handle)
  }

  /// How long a locked file is waited for; nil where that is another's to say.
  package var currentBusyLimit: Duration? { busyLimit?.value }

  /// The rowid of the newest row that this connection inserted.
  public var lastInsertRowID: Int64 { sqlite3_last_insert_rowid(handle) }

  /// How many rows the newest INSERT, UPDATE or DELETE changed, without what its triggers did.
  public var changes: Int { Int(sqlite3_changes64(handle)) }

  /// Whether a transaction is open; SQLite calls the opposite autocommit.
  public var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }
}

/// How long a connection waits for a locked file: SQLite can't be asked for it.
final class BusyLimit {
  var value: Duration
  init(_ value: Duration) { self.value = value }
}
