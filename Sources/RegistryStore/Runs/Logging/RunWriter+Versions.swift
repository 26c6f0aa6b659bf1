internal import SQLite
internal import Tensors

extension RunWriter {
  /// Stores a version, together with all that waits; the run goes on, unless `endsRun`.
  ///
  /// `train_loss`, `test_loss` and an `accuracy` from 0 to 1 are columns of the version, as those of a training are.  Where the version's own
  /// metrics lack one, it is the run's newest value, of those up to the version's step where it has one.
  package func save(_ version: LoggedVersion, endsRun: Bool = false) throws -> StoredVersion {
    try expectOpen()
    let model = version.model ?? self.model ?? Registry.defaultModel
    try Registry.checkName(model, of: "model")
    for alias in version.aliases { try Registry.checkName(alias, of: "alias") }
    guard version.weights.map({ !$0.tensors.isEmpty }) ?? !version.files.isEmpty else {
      throw error(.emptyVersion, "a version of run \(run)", "it has neither tensors nor files")
    }
    guard version.metrics.allSatisfy({ !$0.name.isEmpty }) else { throw error(.emptyName, "a metric", "its name is empty") }
    try Self.check(tags: version.tags, path: registry.path)
    let files = try version.files.flatMap { try registry.filesOnDisk($0.file, as: $0.name) }
    if let name = files.map(\.name).firstRepeatedName() {
      throw error(.duplicateFile, "file '\(name)'", "two files of the version have this name")
    }
    try Registry.checkFileTree(files.map(\.name), of: "a version of run \(run)", path: registry.path)
    func stage() throws -> [StagedFile] { try registry.stage(files) }
    beginHeartbeat()
    defer { endHeartbeat() }
    let ahead = endsRun ? try digestAhead() : nil
    var stored: StoredVersion?
    if let weights = version.weights {
      for attempt in 1...Registry.collectionsBorne {
        let files = try stage()
        do {
          stored = try registry.storeTensors(of: weights, ImportLimits()) { try write(version, model, $0, files, endsRun: endsRun, ahead) }
          break
        } catch let error as CollectedContents where attempt == Registry.collectionsBorne { throw error } catch is CollectedContents {}
      }
    } else {
      stored = try registry.staging(stage) { try write(version, model, nil, $0, endsRun: endsRun, ahead) }
    }
    guard let stored else { throw StoreError.busy(path: registry.path) }
    forgetWaiting()
    if self.model == nil { self.model = model }
    if endsRun { markEnded() }
    return stored
  }

  /// Stands in a transaction.
  private func write(
    _ version: LoggedVersion, _ model: String, _ tensors: StoredTensors?, _ files: [StagedFile], endsRun: Bool, _ ahead: DigestAhead?
  ) throws -> StoredVersion {
    try writeWaiting()
    if endsRun { try writeEnd(.finished, error: nil, exitCode: nil, at: nil, ahead: ahead) }
    let modelID = try registry.modelID(creating: model)
    let row = try insertRow(of: version, modelID, tensors, files)
    if let tensors { try registry.link(zip(tensors.source.tensors.map(\.name), tensors.ids), to: .version, id: row.id) }
    try registry.link(try files.map { (path: $0.name, contents: try $0.seal(in: registry)) }, toVersion: row.id)
    for (key, value) in version.tags {
      try registry.connection.execute(
        "INSERT INTO version_tags (version_id, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", row.id, key,
        value.asTag.storable)
    }
    if let description = version.description {
      try registry.connection.execute("UPDATE model_versions SET description = ? WHERE id = ?", description, row.id)
    }
    for alias in version.aliases {
      try registry.moveAlias(alias, model: modelID, to: row.id, reason: nil, actor: Registry.currentActor())
    }
    return StoredVersion(model: model, version: row.number, run: run, dataset: "")
  }

  private func insertRow(
    of version: LoggedVersion, _ model: Int64, _ tensors: StoredTensors?, _ files: [StagedFile]
  ) throws -> (id: Int64, number: Int) {
    func measured(_ key: String) throws -> Double? { try version.metrics[key] ?? newest(key, upTo: version.step) }
    let accuracy = try measured("accuracy").flatMap { (0...1).contains($0) ? $0 : nil }
    let ownColumns = ["train_loss", "test_loss"] + (accuracy == nil ? [] : ["accuracy"])
    let others = Dictionary(version.metrics.map { (Name($0.name), $0.value) }) { _, later in later }
      .filter { !ownColumns.contains(named: $0.key.text) }
    return try registry.insertVersionRow(
      VersionRow(
        uuid: version.uuid ?? makeUUID(), runUUID: uuid, createdAt: (version.createdAt ?? .now).text,
        stateDictDigest: tensors?.stateDictDigest ?? StateDict.digest(of: []).hex, tensorCount: tensors?.ids.count ?? 0,
        parameterCount: tensors?.parameterCount ?? 0, signature: version.weights?.storedArchitecture?.signature,
        architecture: version.weights?.storedArchitecture?.json, trainLoss: try measured("train_loss"),
        testLoss: try measured("test_loss"), accuracy: accuracy,
        metrics: others.map { VersionMetric(key: $0.key.text, value: $0.value) }, step: version.step,
        source: version.source, files: files.map { VersionFile(path: $0.name, digest: $0.digest.hex, byteCount: $0.byteCount) }),
      model: model, run: id)
  }

  /// What the run measured last, up to a step where one is named; NaN is stored as NULL.
  private func newest(_ key: String, upTo step: Int?) throws -> Double? {
    try registry.connection.queryFirst(
      "SELECT value FROM metrics WHERE run_id = ? AND key = ? AND step <= ? ORDER BY step DESC, seq DESC LIMIT 1", id, key,
      Int64(step ?? .max)
    ) { row in try row.doubleOrNil(0) ?? .nan }
  }
}
