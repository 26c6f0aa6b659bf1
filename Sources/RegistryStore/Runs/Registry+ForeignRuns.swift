internal import SQLite
package import Tensors

// What taking in another program's records needs beside runs and versions: to know what is here already, and to keep experiments and models
// as they were there.  What is here stays as it is; what it lacks is added.

/// What is stored of a run that may have grown where it came from.
package struct KnownRun {
  package let run: Int
  package let kind: RunKind
  package let isDeleted: Bool
  package let status: RunStatus
  package let endedAt: String?
  package let name: String?
  package let model: String?
  package let experiment: String?
  /// How many values of each metric are stored: those that were logged first.
  package let metricCounts: [Name: Int]
  package let params: [Name: String]
  package let tags: Set<Name>
  /// Name and digest of each.
  package let datasets: Set<[Name]>
  package let files: [Name: (byteCount: Int, createdAt: String)]
}

extension Timestamp {
  /// Milliseconds since 1970; nil for what is before the year 0 or after 9999.
  package init?(milliseconds: Int64) {
    guard let text = Self.text(Int(milliseconds)) else { return nil }
    self.text = text
  }
}

extension Registry {
  /// What is stored of the run with this UUID; nil where there is none.
  package func knownRun(uuid: String) throws -> KnownRun? {
    guard !isBlank else { return nil }
    return try snapshot {
      let found = try connection.queryFirst(
        """
        SELECT id, kind, status, deleted_at IS NOT NULL, ended_at, name, (SELECT name FROM models WHERE id = runs.model_id),
          (SELECT name FROM experiments WHERE id = coalesce(runs.experiment_id, 0)) FROM runs WHERE uuid = ?
        """, uuid
      ) { row in
        let id = try row.int(0)
        return (
          id: id, kind: try kind(row.text(1), ofRun: id), status: try status(row.text(2), ofRun: id), isDeleted: try row.int(3) == 1,
          endedAt: try row.textOrNil(4), name: try row.textOrNil(5), model: try row.textOrNil(6), experiment: try row.textOrNil(7)
        )
      }
      guard let (id, kind, status, isDeleted, endedAt, name, model, experiment) = found else { return nil }
      let counts = try connection.query("SELECT key, count(*) FROM metrics WHERE run_id = ? GROUP BY key", id) { row in
        (Name(try row.text(0)), try row.int(1))
      }
      let tagged = try connection.query("SELECT key FROM tags WHERE run_id = ?", id) { row in Name(try row.text(0)) }
      let params = try params(run: id).map { (Name($0.key), $0.value.text) }
      let files = try artifacts(run: id).map { (Name($0.path), (byteCount: $0.byteCount, createdAt: $0.createdAt)) }
      return KnownRun(
        run: id, kind: kind, isDeleted: isDeleted, status: status, endedAt: endedAt, name: name, model: model,
        experiment: experiment,
        metricCounts: Dictionary(counts) { first, _ in first }, params: Dictionary(params) { first, _ in first }, tags: Set(tagged),
        datasets: Set(try datasets(readBy: id).map { [Name($0.name), Name($0.digest)] }),
        files: Dictionary(files) { first, _ in first })
    }
  }

  /// How many values of each metric of a run are stored at each step.
  package func metricSteps(run: Int) throws -> [Name: [Int64: Int]] {
    try snapshot {
      var steps: [Name: [Int64: Int]] = [:]
      var rows = try connection.prepare("SELECT key, step, count(*) FROM metrics WHERE run_id = ? GROUP BY key, step")
      try rows.bind(run)
      while try rows.step() { steps[Name(try rows.text(0)), default: [:]][try rows.int64(1)] = try rows.int(2) }
      return steps
    }
  }

  /// The values of each metric of a run at each step, the last one first; NaN for what has no value.
  package func metricValues(run: Int) throws -> [Name: [Int64: [Double]]] {
    try snapshot {
      var values: [Name: [Int64: [Double]]] = [:]
      var rows = try connection.prepare("SELECT key, step, value FROM metrics WHERE run_id = ? ORDER BY key, step, seq DESC")
      try rows.bind(run)
      while try rows.step() {
        values[Name(try rows.text(0)), default: [:]][try rows.int64(1), default: []].append(try rows.doubleOrNil(2) ?? .nan)
      }
      return values
    }
  }

  /// The version with this UUID; nil where there is none.
  package func knownVersion(uuid: String) throws -> (model: String, version: Int, isDeleted: Bool)? {
    guard !isBlank else { return nil }
    return try reading {
      try connection.queryFirst(
        "SELECT m.name, v.version, v.deleted_at IS NOT NULL FROM model_versions AS v JOIN models AS m ON m.id = v.model_id WHERE v.uuid = ?",
        uuid
      ) { row in (try row.text(0), try row.int(1), try row.int(2) == 1) }
    }
  }

  /// Whether an experiment of this name is deleted; nil where there is none.
  package func isExperimentDeleted(_ name: String) throws -> Bool? {
    guard !isBlank else { return nil }
    return try reading {
      try connection.queryFirst("SELECT deleted_at IS NOT NULL FROM experiments WHERE name = ?", name) { row in try row.int(0) == 1 }
    }
  }

  /// Makes an experiment that isn't here, and adds the note and the tags that it lacks.
  package func keepExperiment(
    _ name: String, note: String?, createdAt: Timestamp?, artifactLocation: String?, tags: NamedValues<CellValue>
  ) throws {
    try Self.checkExperimentName(name)
    try writing {
      try connection.execute(
        """
        INSERT INTO experiments (name, created_at, artifact_location) SELECT ?1, ?2, ?3
        WHERE NOT EXISTS (SELECT 1 FROM experiments WHERE name = ?1)
        """, name, (createdAt ?? .now).text, artifactLocation)
      let id = try connection.queryFirst("SELECT id, note FROM experiments WHERE name = ?", name) { row in
        (id: try row.int64(0), note: try row.textOrNil(1))
      }
      guard let id else { throw StoreError.rotten(what: "experiment '\(name)'", path: path) }
      if let note, id.note == nil { try connection.execute("UPDATE experiments SET note = ? WHERE id = ?", note, id.id) }
      try addTags(tags, to: "experiment_tags", "experiment_id", id.id)
    }
  }

  /// Deletes an experiment softly, or leaves it deleted; `Default` stays.
  package func deleteExperiment(named name: String) throws {
    try writing {
      try connection.execute(
        "UPDATE experiments SET deleted_at = ? WHERE name = ? AND id <> 0 AND deleted_at IS NULL", Timestamp.now.text, name)
    }
  }

  /// Whether there is a model of this name.
  package func hasModel(_ name: String) throws -> Bool {
    guard !isBlank else { return false }
    return try reading { try connection.queryFirst("SELECT 1 FROM models WHERE name = ?", name) { _ in true } ?? false }
  }

  /// Makes a model that isn't here, and adds the note and the tags that it lacks.
  package func keepModel(_ name: String, note: String?, tags: NamedValues<CellValue>) throws {
    try Self.checkName(name, of: "model")
    try writing {
      let id = try modelID(creating: name)
      if let note { try connection.execute("UPDATE models SET note = ? WHERE id = ? AND note IS NULL", note, id) }
      try addTags(tags, to: "model_tags", "model_id", id)
    }
  }

  /// Adds the tags that a version lacks.
  package func addTags(_ tags: NamedValues<CellValue>, toVersionWithUUID uuid: String) throws {
    try writing {
      let id = try connection.queryFirst("SELECT id FROM model_versions WHERE uuid = ?", uuid) { row in try row.int64(0) }
      if let id { try addTags(tags, to: "version_tags", "version_id", id) }
    }
  }

  /// Stands in a transaction.
  private func addTags(_ tags: NamedValues<CellValue>, to table: String, _ column: String, _ id: Int64) throws {
    for (key, value) in tags where !key.isEmpty {
      try connection.execute(
        "INSERT INTO \(table) (\(column), key, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", id, key, value.asTag.storable)
    }
  }
}
