internal import SQLite

extension Verifier {
  /// SQLite's own checks.  Each is one statement, and holds a read lock while it runs.
  func checkFile() throws {
    try note(VerificationProgress(step: "file", done: 0, total: 0))
    _ = try noting(.file, at: "the file") {
      // As many lines as SQLite gives by itself.
      let lines = try connection.query("PRAGMA \(isQuick ? "quick_check" : "integrity_check")(100)") { row in try row.text(0) }
      // A line may stand for several, as "*** in database main ***" and what follows it.
      for line in lines where line != "ok" {
        for text in line.split(separator: "\n") where !text.hasPrefix("***") { report(.file, String(text), at: "the file") }
      }
    }
    try note(VerificationProgress(step: "references", done: 0, total: 0))
    _ = try noting(.reference, at: "foreign keys") {
      var statement = try connection.prepare("PRAGMA foreign_key_check")
      while try statement.step() {
        let row = try statement.int64OrNil(1).map { "\(try statement.text(0)) id \($0)" } ?? "\(try statement.text(0))"
        report(.reference, "it refers to a row of \(try statement.text(2)) that isn't there", at: row)
      }
    }
    _ = try noting(.file, at: "sqlite_sequence") {
      // A lower counter would give an id of a removed row to a new one.
      for table in ["models", "datasets", "runs", "model_versions"] {
        let sql = "SELECT coalesce((SELECT max(id) FROM \(table)), 0) <= coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0)"
        let isAhead = try connection.queryFirst(sql, table) { row in try row.int(0) == 1 } ?? false
        expect(isAhead, .file, "the counter of ids is behind the newest row", at: table)
      }
    }
    count("pages", try noting(.file, at: "the file") { try connection.queryFirst("PRAGMA page_count") { row in try row.int(0) } ?? 0 } ?? 0)
  }
}
