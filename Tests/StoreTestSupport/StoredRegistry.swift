package import RegistryStore
internal import SQLite
package import TestSupport

/// A registry in a folder of its own, and ways to spoil it.
package struct StoredRegistry {
  package let folder: TemporaryFolder
  package let registry: Registry
  package var path: String { registry.path }

  package init(interpreter: (any Interpreter)?) throws {
    folder = try TemporaryFolder()
    registry = try Registry(path: folder.path("registry.db"), access: .create, interpreter: interpreter)
    registry.recordingPace.flushInterval = .never
    // A new file stays empty until something is stored in it.
    try registry.writing {}
  }

  /// Runs SQL that the triggers of a table forbid: they are taken away and put back byte for byte, so that opening finds nothing.
  package func tamper(_ table: String, _ sql: String, foreignKeys: Bool = true, checks: Bool = true) throws {
    let connection = try Connection(path: path, mode: .readWrite)
    if !foreignKeys { try connection.execute("PRAGMA foreign_keys=OFF") }
    if !checks { try connection.execute("PRAGMA ignore_check_constraints=ON") }
    let triggers = try connection.query("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?", table) { row in
      (name: try row.text(0), sql: try row.text(1))
    }
    for trigger in triggers { try connection.execute("DROP TRIGGER \(trigger.name)") }
    try connection.execute(sql)
    guard connection.changes > 0 else { throw Untouched(sql: sql) }
    for trigger in triggers { try connection.execute(trigger.sql) }
  }

  package struct Untouched: Error { let sql: String }

  /// The first number that a query gives.
  package func count(_ sql: String) throws -> Int {
    try Connection(path: path, mode: .readOnly).queryFirst(sql) { row in try row.int(0) } ?? -1
  }

  /// The registry as another process would open it.
  package func reopened(_ access: Registry.Access = .read) throws -> Registry {
    let registry = try Registry(path: path, access: access, interpreter: registry.interpreter)
    registry.recordingPace.flushInterval = .never
    return registry
  }

  /// Runs `body` as if the flush interval had passed before each write: what is logged in it is stored at once.
  package func flushing(_ body: () throws -> Void) rethrows {
    registry.recordingPace.flushInterval = .zero
    defer { registry.recordingPace.flushInterval = .never }
    try body()
  }

  /// Makes a running run look as if its process were gone.
  package func abandon(run: Int) throws {
    let connection = try Connection(path: path, mode: .readWrite)
    try connection.execute("UPDATE runs SET process_start = process_start + 1 WHERE id = ? AND status = 'running'", run)
    guard connection.changes == 1 else { throw Untouched(sql: "abandon") }
  }

  /// Every value of a run's metrics, a NaN as text, in order.
  package func metrics(run: Int) throws -> [String] {
    try Connection(path: path, mode: .readOnly).query(
      "SELECT key || ' ' || step || ' ' || seq || ' ' || quote(value) FROM metrics WHERE run_id = ? ORDER BY key, step, seq", run
    ) { row in try row.text(0) }
  }
}

extension Duration {
  /// No run takes so long, however slow the machine: it is written at its end alone.
  package static let never = Duration.seconds(1_000_000_000)
}

extension PieceSizes {
  /// Bytes instead of megabytes: most tensors stand in pieces.
  package static let small = PieceSizes(largestRow: 100, piece: 64, window: 192)
}
