public import NeuralNets
internal import SQLite
public import Tensors
public import Training

extension Registry {
  /// The row of a version; throws unless it is what its digest says.
  func record(id: Int64, model: String) throws -> VersionRecord {
    let metrics = try metrics(of: id, model)
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
        testLoss: try row.int64(14) == 1 ? .nan : try row.doubleOrNil(13), accuracy: try row.doubleOrNil(15),
        metrics: metrics)
      return (version: try row.int(0), run: try row.int(2), deletedAt: try row.textOrNil(5), digest: try row.text(16), content: content)
    }
    guard let found, found.content.digest == found.digest else {
      throw RegistryError.rotten(what: "version \(model)/\(found?.version ?? 0)", path: path)
    }
    let title = "\(model)/\(found.version)"
    let aliases = try aliases(of: id, title)
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
      testLoss: found.content.testLoss, accuracy: found.content.accuracy, metrics: metrics, aliases: aliases, id: id)
  }

  /// The metrics of a version by key, each once: in a damaged file a walk may come back to where it has been, and never end.
  private func metrics(of id: Int64, _ model: String) throws -> [VersionMetric] {
    var keys: Set<Name> = []
    return try connection.query("SELECT key, value FROM version_metrics WHERE version_id = ? ORDER BY key", id) { row in
      let key = try row.text(0)
      guard keys.insert(Name(key)).inserted else { throw RegistryError.rotten(what: "the metrics of a version of \(model)", path: path) }
      return VersionMetric(key: key, value: try row.doubleOrNil(1) ?? .nan)
    }
  }

  /// The aliases of a version, sorted: by an index, which must agree with its table.
  private func aliases(of id: Int64, _ title: String) throws -> [String] {
    let found = try connection.query("SELECT alias FROM model_aliases WHERE version_id = ? ORDER BY alias", id) { row in try row.text(0) }
    // The plus keeps the planner away from the same index.
    let stored = try connection.query(
      """
      SELECT alias FROM model_aliases
      WHERE model_id = (SELECT model_id FROM model_versions WHERE id = ?1) AND +version_id = ?1 ORDER BY alias
      """, id
    ) { row in try row.text(0) }
    guard found.hasSameNames(as: stored) else { throw RegistryError.rotten(what: "the aliases of \(title)", path: path) }
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
      throw RegistryError.rotten(what: "the state_dict of \(record.title)", path: path)
    }
  }

  /// Rebuilds a version with what surrounds its net: raw rows in, labels or values out.
  public func loadPredictor(_ record: VersionRecord) throws -> Predictor {
    guard let architecture = record.architecture else {
      throw try whyNoNet(record)
    }
    let stateDict = try stateDict(record)
    guard !architecture.hasUnknownActivation(stateDict.names) else {
      throw RegistryError.unknownActivation(model: record.model, version: record.version, wasGuessed: true)
    }
    do {
      return Predictor(architecture: architecture, net: try architecture.net(stateDict))
    } catch StateDictError.noNet(let reason) {
      throw RegistryError.noNet(model: record.model, version: record.version, reason: reason)
    } catch StateDictError.beyondFloat32(let name) {
      throw RegistryError.noNet(
        model: record.model, version: record.version, reason: "'\(name)' has numbers beyond float32, which a net is computed in")
    } catch {
      throw RegistryError.rotten(what: "version \(record.title): \(error)", path: path)
    }
  }

  /// Throws unless the net of a version can be rebuilt.  Of a large one the names and shapes alone are held against its architecture: each
  /// tensor is checked by its digest, and the memory that this takes stays bounded.
  func checkNet(_ record: VersionRecord) throws {
    guard let architecture = record.architecture, record.parameterCount > pieceSizes.window else {
      _ = try loadPredictor(record)
      return
    }
    do {
      let stack = try LinearStack(storedTensors(record).map { ($0.name, $0.dtype, $0.shape) })
      guard architecture.fits(stack) else { throw NetProblem("its layers have the sizes \(stack.sizes)") }
    } catch let problem as NetProblem {
      throw RegistryError.rotten(what: "version \(record.title): \(problem)", path: path)
    }
  }

  /// Why a version without an architecture has none.
  private func whyNoNet(_ record: VersionRecord) throws -> RegistryError {
    let tensors = try storedTensors(record).map { (name: $0.name, dtype: $0.dtype, shape: $0.shape) }
    do {
      let stack = try LinearStack(tensors)
      if stack.hiddenSizes.isEmpty, let question = stack.openQuestion {
        let option = stack.isUnsureAlone ? "--activation none" : "--batch-norm 'before|after'"
        return .noNet(model: record.model, version: record.version, reason: question.description, option: option)
      }
      return stack.hasOwnNames || stack.hiddenSizes.isEmpty
        ? .noArchitecture(model: record.model, version: record.version)
        : .unknownActivation(
          model: record.model, version: record.version, wasGuessed: false,
          option: stack.hasBatchNorm && stack.batchNorm == nil ? "--batch-norm 'before|after'" : nil)
    } catch {
      return .noNet(model: record.model, version: record.version, reason: error.description)
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
    if let known = architectures.first(where: { $0.json.hasSameBytes(as: json) }) { return known.architecture }
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
        architecture: content.architecture?.json, trainLoss: content.trainLoss, testLoss: content.testLoss, accuracy: content.accuracy,
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
        architecture, train_loss, train_loss_is_nan, test_loss, test_loss_is_nan, accuracy, row_digest)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      row.uuid, model, number, run, row.createdAt, row.stateDictDigest, row.tensorCount, row.parameterCount, row.signature,
      row.architecture, row.trainLoss, row.trainLoss?.isNaN ?? false, row.testLoss, row.testLoss?.isNaN ?? false, row.accuracy, row.digest)
    let id = connection.lastInsertRowID
    for metric in row.metrics {
      try connection.execute(
        "INSERT INTO version_metrics (version_id, key, value) VALUES (?, ?, ?)", id, metric.key, metric.value.isNaN ? nil : metric.value)
    }
    return (id, number)
  }
}
