internal import SQLite
public import Tensors

extension Registry {
  /// The row of a version; throws unless it is what its digest says.
  package func record(id: Int64, model: String) throws -> VersionRecord {
    let metrics = try metrics(of: id, model)
    var found = try connection.queryFirst(
      """
      SELECT v.version, v.uuid, v.run_id, r.uuid, v.created_at, v.deleted_at, v.state_dict_digest, v.tensor_count, v.parameter_count,
        v.signature, v.architecture, v.train_loss, v.train_loss_is_nan, v.test_loss, v.test_loss_is_nan, v.accuracy, v.row_digest, v.model_id,
        v.step, v.source, v.description, v.file_count
      FROM model_versions AS v JOIN runs AS r ON r.id = v.run_id WHERE v.id = ?
      """, id
    ) { row in
      let content = VersionRow(
        uuid: try row.text(1), runUUID: try row.text(3), createdAt: try row.text(4), stateDictDigest: try row.text(6),
        tensorCount: try row.int(7), parameterCount: try row.int(8), signature: try row.textOrNil(9), architecture: try row.textOrNil(10),
        trainLoss: try row.int64(12) == 1 ? .nan : try row.doubleOrNil(11),
        testLoss: try row.int64(14) == 1 ? .nan : try row.doubleOrNil(13), accuracy: try row.doubleOrNil(15),
        metrics: metrics, step: try row.intOrNil(18), source: try row.textOrNil(19))
      return (
        version: try row.int(0), run: try row.int(2), deletedAt: try row.textOrNil(5), digest: try row.text(16), modelID: try row.int64(17),
        description: try row.textOrNil(20), fileCount: try row.int(21), content: content
      )
    }
    if let fileCount = found?.fileCount, fileCount > 0 { found?.content.files = try files(of: id, count: fileCount, model) }
    guard let found, found.content.digest == found.digest else {
      throw StoreError.rotten(what: "version \(model)/\(found?.version ?? 0)", path: path)
    }
    let title = "\(model)/\(found.version)"
    let aliases = try aliases(of: id, found.modelID, title)
    let architecture: StoredArchitecture?
    do {
      architecture = try found.content.architecture.map { json in
        StoredArchitecture(json: json, signature: found.content.signature, value: try interpreter?.architecture(json: json))
      }
    } catch {
      throw StoreError.rotten(what: "version \(title): \(error)", path: path)
    }
    return VersionRecord(
      model: model, version: found.version, uuid: found.content.uuid, run: found.run, createdAt: found.content.createdAt,
      deletedAt: found.deletedAt, storedArchitecture: architecture, stateDictDigest: found.content.stateDictDigest,
      tensorCount: found.content.tensorCount, parameterCount: found.content.parameterCount, trainLoss: found.content.trainLoss,
      testLoss: found.content.testLoss, accuracy: found.content.accuracy, metrics: metrics, step: found.content.step,
      source: found.content.source, description: found.description, files: found.content.files, aliases: aliases, id: id,
      modelID: found.modelID)
  }

  /// The files of a version by path, as many as its row says.
  private func files(of id: Int64, count: Int, _ model: String) throws -> [VersionFile] {
    var statement = try connection.prepare(
      """
      SELECT f.path, c.digest, c.byte_count,
        is_outside = 1 OR byte_count = (SELECT coalesce(sum(length(data)), 0) FROM content_pieces WHERE content_id = c.id)
      FROM version_files AS f JOIN contents AS c ON c.id = f.content_id
      WHERE f.version_id = ? ORDER BY f.path
      """)
    try statement.bind(id)
    var files: [VersionFile] = []
    // In a damaged file a walk may come back to where it has been.
    while files.count <= count, try statement.step() {
      // The size is under no digest; that of the bytes is looked at where they are read.
      guard try statement.int(3) == 1 else { throw StoreError.rotten(what: "the size of a file of a version of \(model)", path: path) }
      files.append(VersionFile(path: try statement.text(0), digest: try statement.text(1), byteCount: try statement.int(2)))
    }
    guard files.count == count else { throw StoreError.rotten(what: "the files of a version of \(model)", path: path) }
    return files
  }

  /// The metrics of a version by key, each once: in a damaged file a walk may come back to where it has been, and never end.
  private func metrics(of id: Int64, _ model: String) throws -> [VersionMetric] {
    var keys: Set<Name> = []
    return try connection.query("SELECT key, value FROM version_metrics WHERE version_id = ? ORDER BY key", id) { row in
      let key = try row.text(0)
      guard keys.insert(Name(key)).inserted else { throw StoreError.rotten(what: "the metrics of a version of \(model)", path: path) }
      return VersionMetric(key: key, value: try row.doubleOrNil(1) ?? .nan)
    }
  }

  /// The aliases of a version, sorted: by an index, which must agree with its table.  Not for `verify` alone: a version's aliases are under no
  /// digest, so a damaged page would hide one, or spell it as nobody has.
  private func aliases(of id: Int64, _ model: Int64, _ title: String) throws -> [String] {
    let found = try connection.query("SELECT alias FROM model_aliases WHERE version_id = ? ORDER BY alias", id) { row in try row.text(0) }
    // The plus keeps the planner away from the same index.
    let stored = try connection.query(
      "SELECT alias FROM model_aliases WHERE model_id = ? AND +version_id = ? ORDER BY alias", model, id
    ) { row in try row.text(0) }
    guard found.hasSameNames(as: stored) else { throw StoreError.rotten(what: "the aliases of \(title)", path: path) }
    return found
  }

  /// The weights of a version; every tensor and the whole are what their digests say.
  public func stateDict(_ record: VersionRecord) throws -> StateDict {
    try snapshot {
      let (stateDict, digests) = try tensors(of: .version, id: record.id, title: record.title)
      try check(Array(zip(stateDict.names, digests)), of: record)
      return stateDict
    }
  }

  /// Throws unless these are all tensors of the version, in order.
  func check(_ tensors: [(name: String, digest: Digest)], of record: VersionRecord) throws {
    guard tensors.count == record.tensorCount, StateDict.digest(of: tensors).hex == record.stateDictDigest else {
      throw StoreError.rotten(what: "the state_dict of \(record.title)", path: path)
    }
  }

  /// The version that a run was fine-tuned from, deleted or not; nil when there is none.
  package func parentVersion(ofRun run: Int) throws -> VersionRecord? {
    let parent = try connection.queryFirst(
      """
      SELECT v.id, m.name FROM runs AS r JOIN model_versions AS v ON v.id = r.parent_version_id JOIN models AS m ON m.id = v.model_id
      WHERE r.id = ?
      """, run
    ) { row in (id: try row.int64(0), model: try row.text(1)) }
    return try parent.map { try record(id: $0.id, model: $0.model) }
  }

  /// Stores a version of a finished run under the model's next number.  Stands in a transaction.
  ///
  /// `digests` are those of its tensors, in order: the file isn't locked while they are computed.
  func insert(_ content: VersionContent, digests: [Digest], model: Int64, run: Int64, runUUID: String) throws -> Int {
    let stored = try insertVersionRow(
      VersionRow(
        uuid: makeUUID(), runUUID: runUUID, createdAt: Timestamp.now.text,
        stateDictDigest: StateDict.digest(of: Array(zip(content.stateDict.names, digests))).hex, tensorCount: content.stateDict.count,
        parameterCount: content.stateDict.parameterCount, signature: content.storedArchitecture?.signature,
        architecture: content.storedArchitecture?.json, trainLoss: content.trainLoss, testLoss: content.testLoss,
        accuracy: content.accuracy,
        metrics: content.metrics),
      model: model, run: run)
    try insert(content.stateDict, digests: digests, of: .version, id: stored.id)
    return stored.number
  }

  /// Writes the row of a version and its metrics; its tensors are to be linked in the same transaction.
  func insertVersionRow(_ row: VersionRow, model: Int64, run: Int64) throws -> (id: Int64, number: Int) {
    let number = try connection.queryFirst("SELECT next_version FROM models WHERE id = ?", model) { row in try row.int(0) } ?? 1
    try connection.execute(
      """
      INSERT INTO model_versions (uuid, model_id, version, run_id, created_at, state_dict_digest, tensor_count, parameter_count, signature,
        architecture, train_loss, train_loss_is_nan, test_loss, test_loss_is_nan, accuracy, step, source, file_count, row_digest)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      row.uuid, model, number, run, row.createdAt, row.stateDictDigest, row.tensorCount, row.parameterCount, row.signature,
      row.architecture, row.trainLoss, row.trainLoss?.isNaN ?? false, row.testLoss, row.testLoss?.isNaN ?? false, row.accuracy,
      row.step, row.source, row.files.count, row.digest)
    let id = connection.lastInsertRowID
    for metric in row.metrics {
      try connection.execute(
        "INSERT INTO version_metrics (version_id, key, value) VALUES (?, ?, ?)", id, metric.key, metric.value.isNaN ? nil : metric.value)
    }
    return (id, number)
  }
}
