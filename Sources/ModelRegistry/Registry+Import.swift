internal import Datasets
internal import SQLite
internal import Tensors
internal import Training

// Invariants:
// 1. The version is there with its run, its tags and all its tensors, or it isn't.
// 2. Nothing is read from the source or hashed while the write lock is held, but for a tensor that has gone meanwhile.
// 3. Of a state_dict over the limit no more is in memory than a batch or the largest tensor.

/// How much of an import is in memory and in one transaction.
struct ImportLimits {
  /// Up to so many bytes all is stored in one transaction.
  var whole = 256 << 20
  /// Bytes of a batch of what is larger.
  var batch = 64 << 20
  /// The most bytes of one tensor.
  var tensor = Dataset.maximumTensorBytes
}

extension Registry {
  /// Stores a state_dict of any model as the next version of `source.model`, by a run of the kind `import`.
  ///
  /// A tensor that is stored already isn't stored again.  A large state_dict goes in batches of short transactions and the version comes
  /// last: should it fail between them, tensors are left that no version names, for `gc`.  Throws what `load` throws.
  public func importStateDict(_ source: StateDictImport) throws -> ImportedVersion {
    try importStateDict(source, limits: ImportLimits())
  }

  func importStateDict(_ source: StateDictImport, limits: ImportLimits) throws -> ImportedVersion {
    try Self.checkName(source.model, of: "model")
    guard !source.tensors.isEmpty else { throw ImportError.noTensors(file: source.file) }
    guard source.tags.allSatisfy({ !$0.key.isEmpty }) else { throw ImportError.namelessTag }
    let sizes = try source.tensors.map { tensor in
      let bytes = try Tensor.byteCount(dtype: tensor.dtype, shape: tensor.shape)
      guard bytes <= limits.tensor else {
        throw ImportError.tensorTooLarge(file: source.file, tensor: tensor.name, bytes: bytes, limit: limits.tensor)
      }
      return bytes
    }
    let total = sizes.reduce(0, +)
    let batchLimit = total <= limits.whole ? limits.whole : limits.batch
    let startedAt = Timestamp.now()

    var digests: [Digest] = []
    var newCount = 0
    var batch = ImportBatch()
    for (index, size) in sizes.enumerated() {
      if !batch.isEmpty, batch.byteCount + size > batchLimit {
        digests += batch.hash()
        newCount += try writing { try store(batch).newCount }
        batch = ImportBatch()
      }
      batch.add(try Self.load(index, of: source))
    }
    digests += batch.hash()
    return try writing {
      newCount += try store(batch).newCount
      return try finishImport(source, digests, byteCount: total, newCount: newCount, startedAt: startedAt)
    }
  }

  /// The source's own tensor, of the type and shape that it announced.
  private static func load(_ index: Int, of source: StateDictImport) throws -> Tensor {
    let announced = source.tensors[index]
    let tensor = try source.load(index)
    guard tensor.dtype == announced.dtype, tensor.shape == announced.shape else {
      throw ImportError.changed(file: source.file, tensor: announced.name)
    }
    return tensor
  }

  /// Stores what isn't stored yet of a batch.  Stands in a transaction.
  private func store(_ batch: ImportBatch) throws -> (ids: [Int64], newCount: Int) {
    var store = try TensorStore(self)
    var newCount = 0
    let ids = try zip(batch.tensors, batch.digests).map { tensor, digest in
      if let id = try store.id(of: digest) { return id }
      newCount += 1
      return try store.insert(tensor, digest)
    }
    return (ids, newCount)
  }

  /// The run, the version, and the rows that name its tensors.  Stands in a transaction.
  private func finishImport(
    _ source: StateDictImport, _ digests: [Digest], byteCount: Int, newCount: Int, startedAt: String
  ) throws -> ImportedVersion {
    var store = try TensorStore(self)
    let ids = try digests.enumerated().map { index, digest in
      if let id = try store.id(of: digest) { return id }
      // Another process collected it between two batches, since nothing named it yet.
      let tensor = try Self.load(index, of: source)
      guard tensor.digest == digest else { throw ImportError.changed(file: source.file, tensor: source.tensors[index].name) }
      return try store.insert(tensor, digest)
    }
    let model = try modelID(creating: source.model)
    let run = try insertImportRun(source, model: model, startedAt: startedAt)
    let parameterCount = source.tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
    let version = try insertVersionRow(
      VersionRow(
        uuid: makeUUID(), runUUID: run.uuid, createdAt: Timestamp.now(),
        stateDictDigest: StateDict.digest(of: Array(zip(source.tensors.map(\.name), digests))).hex, tensorCount: digests.count,
        parameterCount: parameterCount, signature: source.architecture?.signature, architecture: source.architecture?.json, trainLoss: nil,
        testLoss: nil, accuracy: nil),
      model: model, run: run.id)
    try link(zip(source.tensors.map(\.name), ids), to: .version, id: version.id)
    let tags = Dictionary(source.tags.map { ($0.key, $0.value.asTag) }) { _, later in later }.sorted { $0.key < $1.key }
    for (key, value) in tags {
      try connection.execute("INSERT INTO version_tags (version_id, key, value) VALUES (?, ?, ?)", version.id, key, value.storable)
    }
    return ImportedVersion(
      model: source.model, version: version.number, run: Int(run.id), tensorCount: digests.count, newTensorCount: newCount,
      parameterCount: parameterCount, byteCount: byteCount, tags: tags.map { (key: $0.key, value: $0.value) })
  }

  /// A run that is finished and sealed.
  private func insertImportRun(_ source: StateDictImport, model: Int64, startedAt: String) throws -> (id: Int64, uuid: String) {
    let uuid = makeUUID()
    let process = ProcessIdentity.current
    try connection.execute(
      """
      INSERT INTO runs (uuid, kind, model_id, status, started_at, note, program_version, host, pid, process_start, boot_id, pid_namespace)
      VALUES (?, 'import', ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      uuid, model, startedAt, source.note, programVersion, process.host, process.pid, process.start, process.bootID, process.pidNamespace)
    let run = connection.lastInsertRowID
    for (key, value) in source.params {
      try connection.execute("INSERT INTO params (run_id, key, value) VALUES (?, ?, ?)", run, key, value.storable)
    }
    try connection.execute(
      "UPDATE runs SET status = 'finished', ended_at = ?, digest = ? WHERE id = ?", Timestamp.now(), try runDigest(Int(run)), run)
    return (run, uuid)
  }
}

/// Tensors that wait for their transaction.
private struct ImportBatch {
  private(set) var tensors: [Tensor] = []
  private(set) var digests: [Digest] = []
  private(set) var byteCount = 0
  private let digester = TensorDigester()

  var isEmpty: Bool { tensors.isEmpty }

  /// Hashing begins at once, on another thread.
  mutating func add(_ tensor: Tensor) {
    tensors.append(tensor)
    byteCount += tensor.data.count
    digester.add(tensor)
  }

  /// Waits for the digests of all tensors.
  mutating func hash() -> [Digest] {
    digests = digester.digests()
    return digests
  }
}

extension Scalar {
  /// As a tag holds it: SQLite has no NaN, so that one is a text.
  fileprivate var asTag: Scalar {
    if case .real(let number) = self, number.isNaN { return .text("NaN") }
    return self
  }
}
