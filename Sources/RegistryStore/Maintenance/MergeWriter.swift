internal import SQLite
internal import Tensors

/// Stores what a plan says.  Stands in a transaction of ours and a snapshot of theirs.
struct MergeWriter {
  let ours: Registry
  let theirs: Registry
  let plan: MergePlan

  func write() throws {
    if let annotations = plan.annotations { try ours.write(annotations) }
    try writeModels()
    try writeExperiments()
    for id in plan.datasets { try writeDataset(id) }
    for (name, dataset) in plan.names {
      let digest = try their("SELECT digest FROM datasets WHERE id = ?", dataset) { row in try row.text(0) }
      try ours.connection.execute("INSERT INTO dataset_names (name, dataset_id) SELECT ?, id FROM datasets WHERE digest = ?", name, digest)
    }
    for step in plan.steps {
      switch step {
      case .run(let run): try write(run)
      case .continued(let run): try goOn(with: run)
      case .version(let version): try write(version)
      }
    }
    try writeParentRuns()
    for file in plan.addedFiles { try copyFile(file.path, of: file.run) }
    try deleteAsThere()
    try writeAliases()
  }

  func their<T>(_ sql: String, _ id: Int64, row: (borrowing Statement) throws -> T) throws -> T {
    guard let found = try theirs.connection.queryFirst(sql, id, row: row) else {
      throw StoreError.rotten(what: "row \(id)", path: theirs.path)
    }
    return found
  }

  func values(_ sql: String, _ id: Int64, count: Int) throws -> [Value] {
    try their(sql, id) { row in try (0..<count).map { try row.value($0) } }
  }

  private func writeModels() throws {
    for name in plan.report.models {
      let sql = "SELECT id, note, created_at FROM models WHERE name = ?"
      let model = try theirs.connection.queryFirst(sql, name) { row in (id: try row.int64(0), note: try row.value(1), at: try row.value(2))
      }
      guard let model else { continue }
      try ours.connection.execute("INSERT INTO models (name, note, created_at) VALUES (?, ?, ?)", name, model.note, model.at)
      let new = ours.connection.lastInsertRowID
      try copyPairs("model_tags", "model_id", from: model.id, to: new)
      try copyNotes(.model, from: model.id, to: new)
    }
  }

  private func writeExperiments() throws {
    let columns = ["name", "note", "artifact_location", "created_at", "updated_at", "deleted_at"]
    for name in plan.report.experiments {
      let find = "SELECT id FROM experiments WHERE name = ?"
      guard let id = try theirs.connection.queryFirst(find, name, row: { row in try row.int64(0) }) else { continue }
      let row = try values("SELECT \(columns.joined(separator: ", ")) FROM experiments WHERE id = ?", id, count: columns.count)
      var insert = try ours.connection.prepare(
        "INSERT INTO experiments (\(columns.joined(separator: ", "))) VALUES (?, ?, ?, ?, ?, ?)")
      try insert.bind(row)
      try insert.run()
      let new = ours.connection.lastInsertRowID
      try copyPairs("experiment_tags", "experiment_id", from: id, to: new)
      try copyNotes(.experiment, from: id, to: new)
    }
  }

  /// Rows of (id, key, value) of a thing that is new here.
  func copyPairs(_ table: String, _ column: String, from: Int64, to: Int64) throws {
    var insert = try ours.connection.prepare("INSERT INTO \(table) (\(column), key, value) VALUES (?, ?, ?)", persistent: true)
    let rows = try theirs.connection.query("SELECT key, value FROM \(table) WHERE \(column) = ?", from) { row in
      (try row.value(0), try row.value(1))
    }
    for (key, value) in rows {
      try insert.bind(to, key, value)
      try insert.run()
    }
  }

  /// The dated notes of a thing that is new here.
  func copyNotes(_ owner: NoteOwner, from: Int64, to: Int64) throws {
    for note in try MergeNote.all(of: owner, from, in: theirs) { try ours.insert(note, of: owner, id: to) }
  }

  private func writeDataset(_ id: Int64) throws {
    // Rebuilt, so that what comes in is a dataset, whatever their file holds.
    let dataset = try theirs.datasetContent(id: id)
    let row = try values("SELECT source, columns, created_at, note FROM datasets WHERE id = ?", id, count: 4)
    try ours.connection.execute(
      """
      INSERT INTO datasets (digest, source, columns, train_rows, test_rows, feature_count, tensor_count, created_at, note)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      dataset.digest, row[0], row[1], dataset.trainRows, dataset.testRows, dataset.featureCount, dataset.tensors.count, row[2], row[3])
    let new = ours.connection.lastInsertRowID
    try ours.insert(dataset.tensors, digests: dataset.tensorDigests, of: .dataset, id: new)
    try copyNotes(.dataset, from: id, to: new)
  }

  private func write(_ version: MergeSource.Version) throws {
    guard let place = plan.place(of: version.id) else { return }
    let columns = [
      "uuid", "train_loss", "test_loss", "accuracy", "train_loss_is_nan", "test_loss_is_nan", "tensor_count", "parameter_count",
      "created_at", "state_dict_digest", "row_digest", "signature", "architecture", "step", "source", "description", "file_count",
    ]
    let row = try values("SELECT \(columns.joined(separator: ", ")) FROM model_versions WHERE id = ?", version.id, count: columns.count)
    let run = try their("SELECT uuid FROM runs WHERE id = ?", version.run) { row in try row.text(0) }
    var insert = try ours.connection.prepare(
      """
      INSERT INTO model_versions (\(columns.joined(separator: ", ")), version, model_id, run_id)
      VALUES (\(repeatElement("?", count: columns.count).joined(separator: ", ")), ?, (SELECT id FROM models WHERE name = ?),
        (SELECT id FROM runs WHERE uuid = ?))
      """)
    try insert.bind(row + [.integer(Int64(place.number)), .text(place.model), .text(run)])
    try insert.run()
    let id = ours.connection.lastInsertRowID
    try copyPairs("version_metrics", "version_id", from: version.id, to: id)
    let tensors = try theirs.connection.query(
      """
      SELECT e.position, e.name, t.digest FROM version_tensors AS e JOIN tensors AS t ON t.id = e.tensor_id WHERE e.version_id = ?
      ORDER BY e.position
      """, version.id
    ) { row in (position: try row.int(0), name: try row.text(1), digest: try row.text(2)) }
    var link = try ours.connection.prepare("INSERT INTO version_tensors (version_id, position, name, tensor_id) VALUES (?, ?, ?, ?)")
    for tensor in tensors {
      try link.bind(id, tensor.position, tensor.name, try ours.copyTensor(tensor.digest, from: theirs))
      try link.run()
    }
    try copyFiles(ofVersion: version.id, to: id)
    try copyPairs("version_tags", "version_id", from: version.id, to: id)
    // The row, its digest and the run's uuid in it: read back as anyone would.
    _ = try ours.record(id: id, model: place.model)
  }

  /// What came along only because something live was fine-tuned from it is deleted here as well.
  private func deleteAsThere() throws {
    for case .version(let version) in plan.steps where version.isDeleted {
      let at = try values("SELECT deleted_at FROM model_versions WHERE id = ?", version.id, count: 1)
      try ours.connection.execute("UPDATE model_versions SET deleted_at = ? WHERE uuid = ?", at[0], version.uuid)
    }
    for case .run(let run) in plan.steps where run.isDeleted {
      let at = try values("SELECT deleted_at FROM runs WHERE id = ?", run.id, count: 1)
      try ours.connection.execute("UPDATE runs SET deleted_at = ? WHERE uuid = ?", at[0], run.uuid)
    }
  }

  private func writeAliases() throws {
    for (alias, version) in plan.aliases {
      let uuid = try their("SELECT uuid FROM model_versions WHERE id = ?", version) { row in try row.text(0) }
      let place = try ours.connection.queryFirst("SELECT id, model_id FROM model_versions WHERE uuid = ?", uuid) { row in
        (version: try row.int64(0), model: try row.int64(1))
      }
      guard let place else { continue }
      try ours.moveAlias(
        alias, model: place.model, to: place.version, reason: "merged from \(theirs.path)", actor: Registry.currentActor())
    }
  }
}
