internal import SQLite
internal import Tensors

extension Verifier {
  /// Every file of a run or a version: that its contents are there and whole; their bytes are `checkContents`'.  And that files which stand
  /// outside have a folder to stand in.
  func checkFiles() throws {
    try announce(VerificationProgress(step: "files", done: 0, total: 0))
    let found = try reportingDamage(.artifact, at: "run_files and version_files") {
      var statement = try connection.prepare(
        """
        SELECT 'run_files', 'run ' || f.run_id, f.path, c.id IS NULL, c.digest IS NULL FROM run_files AS f
        LEFT JOIN contents AS c ON c.id = f.content_id WHERE c.digest IS NULL
        UNION ALL
        SELECT 'version_files', coalesce((SELECT m.name || '/' || v.version FROM model_versions AS v JOIN models AS m ON m.id = v.model_id
          WHERE v.id = f.version_id), 'version id ' || f.version_id), f.path, c.id IS NULL, c.digest IS NULL FROM version_files AS f
        LEFT JOIN contents AS c ON c.id = f.content_id WHERE c.digest IS NULL
        """)
      while try statement.step() {
        let place = "\(try statement.text(0)): \(try statement.text(2)) of \(try statement.text(1))"
        report(.artifact, try statement.int(3) == 1 ? "there are no such contents" : "its contents were never finished", at: place)
      }
      return try connection.queryFirst("SELECT (SELECT count(*) FROM run_files) + (SELECT count(*) FROM version_files)") { row in
        try row.int(0)
      }
    }
    if let count = found ?? nil, count > 0 { self.count("files", count) }
    _ = try reportingDamage(.artifact, at: "registry_settings") {
      let isAstray = try connection.queryFirst(
        """
        SELECT EXISTS (SELECT 1 FROM contents WHERE is_outside = 1)
          AND NOT EXISTS (SELECT 1 FROM registry_settings WHERE key = 'artifacts' AND value <> '')
        """
      ) { row in try row.int(0) == 1 }
      expect(isAstray != true, .artifact, "files stand in a folder, and nothing says in which", at: "registry_settings")
    }
  }

  /// The row, and what needs it.
  func place(ofContents id: Int64) throws -> String {
    let users = try connection.query(
      """
      SELECT path || ' of run ' || run_id FROM run_files WHERE content_id = ?1
      UNION ALL
      SELECT f.path || ' of ' || m.name || '/' || v.version FROM version_files AS f JOIN model_versions AS v ON v.id = f.version_id
      JOIN models AS m ON m.id = v.model_id WHERE f.content_id = ?1
      """, id
    ) { row in try row.text(0) }
    return "contents id \(id)\(users.isEmpty ? "" : " (\(Self.brief(users)))")"
  }

  /// Every experiment: there is the one of number 0, and each has a name once.  That no run belongs to one that isn't there is told by the
  /// foreign keys.
  func checkExperiments() throws {
    _ = try reportingDamage(.experiment, at: "experiments") {
      let sql = "SELECT EXISTS (SELECT 1 FROM experiments WHERE id = 0 AND name = 'Default' AND deleted_at IS NULL)"
      let isThere = try connection.queryFirst(sql) { row in try row.int(0) == 1 }
      expect(isThere == true, .experiment, "there is no experiment Default of number 0", at: "experiments")
    }
  }

  /// Every note is about something that is there.
  func checkNotes() throws {
    let hasNotes = try reportingDamage(.note, at: "dated_notes") {
      try connection.queryFirst("SELECT EXISTS (SELECT 1 FROM dated_notes)") { row in try row.int(0) == 1 }
    }
    guard hasNotes != .some(false) else { return }
    try eachRow(of: "dated_notes", named: "notes", .note) { id in
      let sql = """
        SELECT subject, subject_id, CASE subject WHEN 'model' THEN EXISTS (SELECT 1 FROM models WHERE id = n.subject_id)
          WHEN 'run' THEN EXISTS (SELECT 1 FROM runs WHERE id = n.subject_id)
          WHEN 'dataset' THEN EXISTS (SELECT 1 FROM datasets WHERE id = n.subject_id)
          WHEN 'experiment' THEN EXISTS (SELECT 1 FROM experiments WHERE id = n.subject_id) ELSE 0 END
        FROM dated_notes AS n WHERE id = ?
        """
      let found = try connection.queryFirst(sql, id) { row in (subject: "\(try row.text(0)) \(try row.int64(1))", isThere: try row.int(2)) }
      guard let found else { return }
      expect(found.isThere == 1, .note, "it is about \(found.subject), which isn't there", at: "dated_notes id \(id)")
    }
  }
}
