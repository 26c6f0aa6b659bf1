public import NeuralNets
internal import SQLite
public import Tensors
public import Training

extension Registry {
  /// The version of this name.  Throws when there is none, or when its row isn't what was written.
  public func version(_ name: VersionName) throws -> VersionRecord {
    try snapshot {
      let model = try connection.queryFirst("SELECT id FROM models WHERE name = ?", name.model) { row in try row.int64(0) }
      guard let model else {
        throw try noSuchModel(name.model)
      }
      let record = try record(id: try versionID(name, model: model), model: name.model)
      try checkChoice(of: record, name, model: model)
      return record
    }
  }

  /// The id of the version of this name.  Throws when there is none.
  func versionID(_ name: VersionName) throws -> Int64 {
    try snapshot {
      let model = try connection.queryFirst("SELECT id FROM models WHERE name = ?", name.model) { row in try row.int64(0) }
      guard let model else { throw try noSuchModel(name.model) }
      return try versionID(name, model: model)
    }
  }

  func noSuchModel(_ name: String) throws -> RegistryError {
    let names = try connection.query("SELECT name FROM models ORDER BY id DESC") { row in try row.text(0) }
    return .noSuchModel(name: name, known: examples(of: names, near: name, atMost: 20), path: path)
  }

  func versionID(_ name: VersionName, model: Int64) throws -> Int64 {
    switch name.selector {
    case .number(let number):
      let found = try connection.queryFirst(
        "SELECT id, deleted_at IS NOT NULL FROM model_versions WHERE model_id = ? AND version = ?", model, number
      ) { row in (id: try row.int64(0), isDeleted: try row.int64(1) == 1) }
      if let found, !found.isDeleted { return found.id }
      let newest = try connection.queryFirst(
        "SELECT max(version) FROM model_versions WHERE model_id = ? AND deleted_at IS NULL", model
      ) { row in try row.intOrNil(0) }
      let isRemoved =
        try found == nil
        && connection.queryFirst("SELECT 1 FROM models WHERE id = ? AND next_version > ?", model, number) { _ in true } != nil
      if isRemoved { throw ManagementError.versionRemoved(model: name.model, version: number, path: path) }
      throw RegistryError.noSuchVersion(
        model: name.model, version: number, newest: newest ?? nil, isDeleted: found != nil, path: path)
    case .alias(let alias):
      let id = try connection.queryFirst(
        "SELECT version_id FROM model_aliases WHERE model_id = ? AND alias = ?", model, alias
      ) { row in try row.int64(0) }
      if let id { return id }
      throw try noSuchAlias(alias, of: name.model, model)
    case .latest:
      let id = try connection.queryFirst(
        "SELECT id FROM model_versions WHERE model_id = ? AND deleted_at IS NULL ORDER BY id DESC LIMIT 1", model
      ) { row in try row.int64(0) }
      guard let id else { throw RegistryError.noVersions(model: name.model, path: path) }
      return id
    }
  }

  /// A second index or table must agree on which version is meant: a damaged page must not lead to the weights of another one.
  private func checkChoice(of record: VersionRecord, _ name: VersionName, model: Int64) throws {
    let expected: Int? =
      switch name.selector {
      case .number(let number): number
      case .alias(let alias):
        try connection.queryFirst(
          "SELECT version FROM alias_events WHERE model_id = ? AND alias = ? ORDER BY id DESC LIMIT 1", model, alias
        ) { row in try row.intOrNil(0) } ?? nil
      case .latest:
        try connection.queryFirst(
          "SELECT version FROM model_versions WHERE model_id = ? AND deleted_at IS NULL ORDER BY version DESC LIMIT 1", model
        ) { row in try row.int(0) }
      }
    let isOfModel = try connection.queryFirst("SELECT model_id = ? FROM model_versions WHERE id = ?", model, record.id) { row in
      try row.int(0) == 1
    }
    guard expected == record.version, isOfModel == true else {
      throw RegistryError.rotten(what: "the place of \(record.title)", path: path)
    }
  }

  /// The row of a version; throws unless it is what its digest says.
  func record(id: Int64, model: String) throws -> VersionRecord {
    let found = try connection.queryFirst(
      """
      SELECT v.version, v.uuid, v.run_id, r.uuid, v.created_at, v.deleted_at, v.state_dict_digest, v.tensor_count, v.parameter_count,
        v.signature, v.architecture, v.train_loss, v.train_loss_is_nan, v.test_loss, v.test_loss_is_nan, v.accuracy, v.row_digest
      FROM model_versions AS v JOIN runs AS r ON r.id = v.run_id WHERE v.id = ?
      """, id
    ) { row in
      let content = VersionRow(
        uuid: try row.text(1), runUUID: try row.text(3), createdAt: try row.text(4), stateDictDigest: try row.text(6),
        tensorCount: try row.int(7), parameterCount: try row.int(8), signature: try row.textOrNil(9), architecture: try row.textOrNil(10),
        trainLoss: try row.int64(12) == 1 ? .nan : try row.doubleOrNil(11),
        testLoss: try row.int64(14) == 1 ? .nan : try row.doubleOrNil(13), accuracy: try row.doubleOrNil(15))
      return (version: try row.int(0), run: try row.int(2), deletedAt: try row.textOrNil(5), digest: try row.text(16), content: content)
    }
    guard let found, found.content.digest == found.digest else {
      throw RegistryError.rotten(what: "version \(model)/\(found?.version ?? 0)", path: path)
    }
    let aliases = try connection.query("SELECT alias FROM model_aliases WHERE version_id = ? ORDER BY alias", id) { row in try row.text(0) }
    let title = "\(model)/\(found.version)"
    let architecture: Architecture?
    do {
      architecture = try found.content.architecture.map(architecture(json:))
    } catch {
      throw RegistryError.rotten(what: "version \(title): \(error)", path: path)
    }
    return VersionRecord(
      model: model, version: found.version, uuid: found.content.uuid, run: found.run, createdAt: found.content.createdAt,
      deletedAt: found.deletedAt, architecture: architecture, stateDictDigest: found.content.stateDictDigest,
      tensorCount: found.content.tensorCount, parameterCount: found.content.parameterCount, trainLoss: found.content.trainLoss,
      testLoss: found.content.testLoss, accuracy: found.content.accuracy, aliases: aliases, id: id)
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
      throw RegistryError.rotten(what: "the state_dict of \(record.title)", path: path)
    }
  }

  /// Rebuilds a version with what surrounds its net: raw rows in, labels or values out.
  public func loadPredictor(_ record: VersionRecord) throws -> Predictor {
    guard let architecture = record.architecture else {
      throw RegistryError.noArchitecture(model: record.model, version: record.version)
    }
    let stateDict = try stateDict(record)
    do {
      return Predictor(architecture: architecture, net: try architecture.net(stateDict))
    } catch {
      throw RegistryError.rotten(what: "version \(record.title): \(error)", path: path)
    }
  }

  /// Rebuilds the net of a version from its architecture and tensors alone.
  ///
  /// It takes what its architecture's encoding gives: for a version that was trained with `--standardize` use `loadPredictor`.
  public func loadNeuralNet(version: Int, model: String = Registry.defaultModel) throws -> NeuralNet {
    // In one transaction: the locks and the look at the file's change counter are a third of the time that a small net takes.
    try snapshot { try loadPredictor(self.version(VersionName(model: model, .number(version)))).net }
  }

  /// An architecture from its JSON, which is read once as long as it is among the last few.
  private func architecture(json: String) throws(ArchitectureError) -> Architecture {
    if let known = architectures.first(where: { $0.json == json }) { return known.architecture }
    let architecture = try Architecture(json: json)
    if architectures.count == 8 { architectures.removeFirst() }
    architectures.append((json, architecture))
    return architecture
  }

  /// Stores a version of a finished run under the model's next number.  Stands in a transaction.
  func insert(_ content: VersionContent, model: Int64, run: Int64, runUUID: String) throws -> Int {
    let digests = content.stateDict.entries.map(\.tensor.digest)
    let stored = try insertVersionRow(
      VersionRow(
        uuid: makeUUID(), runUUID: runUUID, createdAt: Timestamp.now(),
        stateDictDigest: StateDict.digest(of: Array(zip(content.stateDict.names, digests))).hex, tensorCount: content.stateDict.count,
        parameterCount: content.stateDict.parameterCount, signature: content.architecture?.signature,
        architecture: content.architecture?.json, trainLoss: content.trainLoss, testLoss: content.testLoss, accuracy: content.accuracy),
      model: model, run: run)
    try insert(content.stateDict, digests: digests, of: .version, id: stored.id)
    return stored.number
  }

  /// Writes the row of a version; its tensors are to be linked in the same transaction.
  func insertVersionRow(_ row: VersionRow, model: Int64, run: Int64) throws -> (id: Int64, number: Int) {
    let number = try connection.queryFirst("SELECT next_version FROM models WHERE id = ?", model) { row in try row.int(0) } ?? 1
    try connection.execute(
      """
      INSERT INTO model_versions (uuid, model_id, version, run_id, created_at, state_dict_digest, tensor_count, parameter_count, signature,
        architecture, train_loss, train_loss_is_nan, test_loss, test_loss_is_nan, accuracy, row_digest)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      row.uuid, model, number, run, row.createdAt, row.stateDictDigest, row.tensorCount, row.parameterCount, row.signature,
      row.architecture, row.trainLoss, row.trainLoss?.isNaN ?? false, row.testLoss, row.testLoss?.isNaN ?? false, row.accuracy, row.digest)
    return (connection.lastInsertRowID, number)
  }
}
