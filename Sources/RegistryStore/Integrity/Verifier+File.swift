internal import SQLite

extension Verifier {
  /// SQLite's own check of the structure.  False where a walk through a table might never end: pages that several point to, one level below
  /// the other, make a tree of more rows than anybody can read, in a file of a few pages.
  func checkStructure() throws -> Bool {
    try announce(VerificationProgress(step: "file", done: 0, total: 0))
    var isTree = true
    _ = try reportingDamage(.file, at: "the file") {
      let lines = try integrityCheck()
      // A line may stand for several, as "*** in database main ***" and what follows it.
      for line in lines where line != "ok" {
        for text in line.split(separator: "\n") where !text.hasPrefix("***") {
          // SQLite tells of a page that it had no memory for as of a damaged one.
          if Self.outOfMemory.contains(where: text.hasSuffix) {
            throw StoreError.outOfMemory(path: registry.path)
          }
          report(.file, String(text), at: "the file")
          if text.contains("2nd reference to page") { isTree = false }
        }
      }
      // There may be more than it lists.
      if lines.count >= Self.listedLines { isTree = false }
    }
    if !isTree { report(.file, "too much is damaged to read tables to their ends: the rest was not looked at", at: "the file") }
    return isTree
  }

  /// What else SQLite can tell.  Each check is one statement, and holds a read lock while it runs.
  func checkFile() throws {
    try announce(VerificationProgress(step: "references", done: 0, total: 0))
    // One by one: a foreign key of a user's own table may lead nowhere, which is an error of the whole.
    for table in Schema.tables {
      _ = try reportingDamage(.reference, at: "foreign keys") {
        var statement = try connection.prepare("PRAGMA foreign_key_check(\(table))")
        while try statement.step() {
          let row = try statement.int64OrNil(1).map { "\(try statement.text(0)) id \($0)" } ?? "\(try statement.text(0))"
          report(.reference, "it refers to a row of \(try statement.text(2)) that isn't there", at: row)
        }
      }
    }
    _ = try reportingDamage(.file, at: "sqlite_sequence") {
      // A lower counter would give an id of a removed row to a new one.
      for table in ["models", "datasets", "runs", "model_versions", "contents", "experiments"] {
        let sql = "SELECT coalesce((SELECT max(id) FROM \(table)), 0) <= coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0)"
        let isAhead = try connection.queryFirst(sql, table) { row in try row.int(0) == 1 } ?? false
        expect(isAhead, .file, "the counter of ids is behind the newest row", at: table)
      }
    }
    try checkTexts()
    count(
      "pages",
      try reportingDamage(.file, at: "the file") { try connection.queryFirst("PRAGMA page_count") { row in try row.int(0) } ?? 0 } ?? 0)
  }

  /// SQLITE_NOMEM and SQLITE_IOERR_NOMEM, as SQLite's check words them.
  private static let outOfMemory = [" error code=7", " error code=3082"]

  /// As many as SQLite lists by itself.
  private static let listedLines = 100

  /// The lines of SQLite's own check.
  private func integrityCheck() throws -> [String] {
    let sql = "PRAGMA \(isQuick ? "quick_check" : "integrity_check")(\(Self.listedLines))"
    // A connection that may write would end a WAL when it closes.
    let isWAL = try connection.queryFirst("PRAGMA journal_mode") { row in try row.text(0) } == "wal"
    if isWAL { return try connection.query(sql) { row in try row.text(0) } }
    do {
      let inspector = try Connection(path: registry.path, mode: .inspection)
      return try inspector.query(sql) { row in try row.text(0) }
    } catch let error as SQLiteError where error.isMissingFile {
      // The file was removed or renamed since it was opened: what is open can still be checked, but for the CHECKs.
      return try connection.query(sql) { row in try row.text(0) }
    }
  }

  /// Texts that no digest covers are UTF-8, as everybody expects who reads them.
  private func checkTexts() throws {
    let tables = [
      "models", "datasets", "dataset_names", "runs", "tags", "version_tags", "model_tags", "alias_events", "experiments", "experiment_tags",
      "run_datasets", "run_files", "dated_notes", "registry_settings", "params",
    ]
    for table in tables {
      _ = try reportingDamage(.file, at: table) {
        var statement = try connection.prepare("SELECT * FROM \(table)")
        while try statement.step() {
          for column in 0..<statement.columnCount { _ = try statement.value(column) }
        }
      }
    }
  }
}
