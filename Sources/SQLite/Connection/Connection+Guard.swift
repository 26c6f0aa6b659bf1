import CSQLite
import Glibc

// Invariants:
// 1. While `guarded` runs, a statement of the connection can read, and do nothing else: no write, no other file, no setting.
// 2. It ends, by an error if need be, soon after its time is up; what it makes is never longer than its limit.
// 3. When it returns or throws, the connection is as it was before.

/// How much a query that people wrote may take.
public struct QueryLimits: Sendable, Hashable {
  /// How long it may run.
  public var time: Duration
  /// Bytes of the longest text, blob or row that it reads or makes; SQLite's own bound is 1,000,000,000.
  public var length: Int

  public init(time: Duration, length: Int = 1_000_000_000) {
    self.time = time
    self.length = length
  }
}

extension Connection {
  /// Runs `body`, in which every statement may only read, and for no longer than the limits allow.  Statements that were compiled
  /// before are compiled anew.  Throws `SQLiteError`s that are `isRefused`, with what was asked for, or `isInterrupted`.
  public func guarded<T>(_ limits: QueryLimits, _ body: () throws -> T) throws -> T {
    connectTableFunctions()
    let state = GuardState(ContinuousClock.now + limits.time)
    let pointer = Unmanaged.passUnretained(state).toOpaque()
    sqlite3_set_authorizer(handle, { state, action, a, b, _, _ in Self.authorize(state, action, a, b) }, pointer)
    // About a thousand looks at the clock a second.
    sqlite3_progress_handler(handle, 20_000, { state in Self.isLate(state) }, pointer)
    let length = sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Int32(clamping: limits.length))
    defer {
      sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, length)
      sqlite3_progress_handler(handle, 0, nil, nil)
      sqlite3_set_authorizer(handle, nil, nil)
    }
    return try withExtendedLifetime(state) {
      do {
        return try body()
      } catch let error as SQLiteError where error.isRefused {
        guard let refused = state.refused else { throw error }
        throw SQLiteError(.engine, code: error.extendedCode, "\(refused) is not allowed", sql: error.sql, path: error.path)
      }
    }
  }

  /// A table-valued function declares its columns at its first use, by a CREATE TABLE that the guard would refuse: they are used here.
  private func connectTableFunctions() {
    for name in ["json_each", "json_tree"] + Self.readingPragmas.map({ "pragma_\($0)" }) {
      var statement: OpaquePointer?
      sqlite3_prepare_v2(handle, "SELECT 1 FROM \(name)", -1, &statement, nil)
      sqlite3_finalize(statement)
    }
  }

  private static func isLate(_ state: UnsafeMutableRawPointer?) -> Int32 {
    guard let state else { return 0 }
    return Unmanaged<GuardState>.fromOpaque(state).takeUnretainedValue().deadline < .now ? 1 : 0
  }

  private static func authorize(
    _ state: UnsafeMutableRawPointer?, _ action: Int32, _ a: UnsafePointer<CChar>?, _ b: UnsafePointer<CChar>?
  ) -> Int32 {
    func name(_ text: UnsafePointer<CChar>?) -> String { text.map { String(cString: $0) } ?? "" }
    switch action {
    case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: return SQLITE_OK
    case SQLITE_FUNCTION where !refusedFunctions.contains(name(b).lowercased()): return SQLITE_OK
    case SQLITE_PRAGMA where readingPragmas.contains(name(a).lowercased()): return SQLITE_OK
    default:
      if let state {
        let refused =
          switch action {
          case SQLITE_FUNCTION: "the function \(name(b))"
          case SQLITE_PRAGMA: "PRAGMA \(name(a))"
          // What CREATE, DROP and ALTER ask for first.
          case SQLITE_INSERT where isSchema(name(a)): "CREATE"
          case SQLITE_DELETE where isSchema(name(a)): "DROP"
          case SQLITE_UPDATE where isSchema(name(a)): "ALTER"
          default: word(action)
          }
        Unmanaged<GuardState>.fromOpaque(state).takeUnretainedValue().refused = refused
      }
      return SQLITE_DENY
    }
  }

  private static func isSchema(_ table: String) -> Bool { table == "sqlite_master" || table == "sqlite_temp_master" }

  /// What reaches beyond the file, in the library or in the shell.
  private static let refusedFunctions: Set = ["load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"]

  /// They tell what tables there are, and take no setting.
  private static let readingPragmas: Set = [
    "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list", "function_list",
    "collation_list", "compile_options",
  ]

  /// The SQL word of an action (sqlite.org/c3ref/c_alter_table.html).
  private static func word(_ action: Int32) -> String {
    switch action {
    case SQLITE_INSERT: "INSERT"
    case SQLITE_UPDATE: "UPDATE"
    case SQLITE_DELETE: "DELETE"
    case SQLITE_ATTACH: "ATTACH"
    case SQLITE_DETACH: "DETACH"
    case SQLITE_TRANSACTION: "a transaction"
    case SQLITE_SAVEPOINT: "a savepoint"
    case SQLITE_ALTER_TABLE: "ALTER"
    case SQLITE_REINDEX: "REINDEX"
    case SQLITE_ANALYZE: "ANALYZE"
    case SQLITE_DROP_INDEX, SQLITE_DROP_TABLE, SQLITE_DROP_TRIGGER, SQLITE_DROP_VIEW, SQLITE_DROP_VTABLE, SQLITE_DROP_TEMP_INDEX,
      SQLITE_DROP_TEMP_TABLE, SQLITE_DROP_TEMP_TRIGGER, SQLITE_DROP_TEMP_VIEW:
      "DROP"
    default: "CREATE"
    }
  }
}

/// What the callbacks of one `guarded` know.
private final class GuardState {
  let deadline: ContinuousClock.Instant
  var refused: String?

  init(_ deadline: ContinuousClock.Instant) { self.deadline = deadline }
}
