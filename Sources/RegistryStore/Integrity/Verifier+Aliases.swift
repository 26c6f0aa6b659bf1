internal import SQLite

extension Verifier {
  /// Every alias points to a live version of its model, the one that its newest event tells of; every history ends where its alias is.
  func checkAliases() throws {
    try announce(VerificationProgress(step: "aliases", done: 0, total: 0))
    var done = 0
    _ = try reportingDamage(.alias, at: "model_aliases") {
      var statement = try connection.prepare(
        """
        SELECT m.name, a.alias, v.version, v.deleted_at IS NOT NULL, v.model_id IS NOT a.model_id, (
          SELECT version FROM alias_events WHERE model_id = a.model_id AND alias = a.alias ORDER BY id DESC LIMIT 1)
        FROM model_aliases AS a LEFT JOIN model_versions AS v ON v.id = a.version_id LEFT JOIN models AS m ON m.id = a.model_id
        """)
      while try statement.step() {
        done += 1
        let place = "model_aliases (\(try statement.textOrNil(0) ?? "?")@\(try statement.text(1)))"
        guard let version = try statement.intOrNil(2) else {
          report(.alias, "it points to no version", at: place)
          continue
        }
        expect(try statement.int(3) == 0, .alias, "it points to the deleted version \(version)", at: place)
        expect(try statement.int(4) == 0, .alias, "it points to a version of another model", at: place)
        let told = try statement.intOrNil(5)
        expect(
          told == version, .alias, "it points to version \(version), its history ends with \(told.map(String.init) ?? "nothing")", at: place
        )
      }
    }
    count("aliases", done)
    try eachRow(of: "alias_events", .alias) { id in try checkEvent(id) }
    _ = try reportingDamage(.alias, at: "alias_context") {
      let isEmpty = try connection.queryFirst("SELECT NOT EXISTS (SELECT 1 FROM alias_context)") { row in try row.int(0) == 1 }
      expect(isEmpty == true, .alias, "it holds the actor of a move that nobody makes", at: "alias_context")
    }
  }

  private func checkEvent(_ id: Int64) throws {
    let sql = """
      SELECT m.name || '@' || e.alias, e.version IS NULL OR e.version < m.next_version,
        e.undoes IS NULL OR EXISTS (SELECT 1 FROM alias_events WHERE id = e.undoes AND id < e.id AND model_id = e.model_id AND alias = e.alias),
        e.version IS NULL OR EXISTS (SELECT 1 FROM alias_events WHERE id > e.id AND model_id = e.model_id AND alias = e.alias)
          OR EXISTS (SELECT 1 FROM model_aliases WHERE model_id = e.model_id AND alias = e.alias)
      FROM alias_events AS e JOIN models AS m ON m.id = e.model_id WHERE e.id = ?
      """
    let problems = [
      "it tells of a version whose number was never given", "it undoes what is no earlier event of the alias",
      "it is the newest, and yet there is no such alias",
    ]
    let found = try connection.queryFirst(sql, id) { row in (try row.text(0), try (1...3).map { try row.int64($0) == 1 }) }
    guard let found else { return }
    for (isTrue, problem) in zip(found.1, problems) { expect(isTrue, .alias, problem, at: "alias_events id \(id) (\(found.0))") }
  }
}
