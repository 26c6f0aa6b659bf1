internal import SQLite
internal import Tensors

extension Verifier {
  /// Every model: its counter stands behind its newest version.  A number that is missing below is a version that gc removed.
  func checkModels() throws {
    try eachRow(of: "models", .model) { id in
      let sql = "SELECT name, next_version, (SELECT max(version) FROM model_versions WHERE model_id = m.id) FROM models AS m WHERE id = ?"
      let found = try connection.queryFirst(sql, id) { row in (try row.text(0), try row.int(1), try row.intOrNil(2) ?? 0) }
      guard let (name, next, newest) = found else { return }
      expect(next > newest, .model, "next_version is \(next), but there is a version \(newest)", at: "models id \(id) (\(name))")
    }
  }

  /// Every version: its row, its state_dict as a whole, its run, and that its net can be rebuilt.
  func checkVersions() throws {
    try eachRow(of: "model_versions", named: "versions", .version) { id in
      let model = try connection.queryFirst(
        "SELECT m.name, v.version FROM model_versions AS v LEFT JOIN models AS m ON m.id = v.model_id WHERE v.id = ?", id
      ) { row in (name: try row.textOrNil(0) ?? "?", version: try row.int(1)) }
      guard let model else { return }
      let place = "model_versions id \(id) (\(model.name)/\(model.version))"
      guard try checkFileCount(ofVersion: id, at: place) else { return }
      try checkRun(ofVersion: id, at: place)
      guard let record = try reportingDamage(.version, at: place, { try registry.record(id: id, model: model.name) }) else { return }
      try checkStateDict(record, at: place)
      guard !isQuick, record.storedArchitecture != nil else { return }
      _ = try reportingDamage(.version, at: place) { try registry.interpreter?.check(record, in: registry) }
    }
  }

  /// Its row says how many files it has.
  private func checkFileCount(ofVersion id: Int64, at place: String) throws -> Bool {
    let sql = "SELECT file_count, (SELECT count(*) FROM version_files WHERE version_id = v.id) FROM model_versions AS v WHERE id = ?"
    let found = try connection.queryFirst(sql, id) { row in (said: try row.int(0), actual: try row.int(1)) }
    guard let found, found.said != found.actual else { return true }
    report(.version, "file_count is \(found.said), there are \(found.actual)", at: place)
    return false
  }

  /// The names and digests of its tensors make the digest of the whole; their shapes make the count of its numbers.
  private func checkStateDict(_ record: VersionRecord, at place: String) throws {
    var tensors: [(name: String, digest: Digest)] = []
    var (positions, numbers) = (0, 0)
    var statement = try connection.prepare(
      """
      SELECT e.position, e.name, t.digest, t.dtype, t.shape FROM version_tensors AS e LEFT JOIN tensors AS t ON t.id = e.tensor_id
      WHERE e.version_id = ? ORDER BY e.position
      """)
    try statement.bind(record.id)
    while try statement.step() {
      positions += try statement.int(0) == positions ? 1 : 0
      guard let digest = try statement.textOrNil(2).flatMap({ Digest(hex: $0) }) else { continue }
      tensors.append((try statement.text(1), digest))
      guard let dtype = DType(rawValue: try statement.text(3)), let shape = Registry.shape(json: try statement.text(4)) else { continue }
      numbers = numbers.addingReportingOverflow(((try? Tensor.byteCount(dtype: dtype, shape: shape)) ?? 0) / dtype.size).partialValue
    }
    expect(
      tensors.count == record.tensorCount && positions == record.tensorCount, .version,
      "tensor_count is \(record.tensorCount), there are \(tensors.count)", at: place)
    expect(StateDict.digest(of: tensors).hex == record.stateDictDigest, .version, "the state_dict is not what was stored", at: place)
    expect(
      numbers == record.parameterCount, .version, "parameter_count is \(record.parameterCount), the tensors have \(numbers)", at: place)
  }

  /// What the triggers keep true between a version and its run.
  private func checkRun(ofVersion id: Int64, at place: String) throws {
    let sql = """
      SELECT r.kind = 'log' OR r.status = 'finished' AND r.digest IS NOT NULL,
        iif(r.kind = 'log', r.model_id IS NOT NULL, r.model_id = v.model_id), r.deleted_at IS NULL OR v.deleted_at IS NOT NULL,
        r.parent_version_id IS NULL OR r.parent_version_id < v.id
      FROM model_versions AS v JOIN runs AS r ON r.id = v.run_id WHERE v.id = ?
      """
    let problems = [
      "its run isn't finished and sealed", "its run is of another model", "its run is deleted", "it is older than its parent",
    ]
    let found = try connection.query(sql, id) { row in try (0..<4).map { try row.int64($0) == 1 } }
    for (isTrue, problem) in zip(found.first ?? [false], found.isEmpty ? ["it has no run"] : problems) {
      expect(isTrue, .version, problem, at: place)
    }
  }
}
