internal import Datasets
internal import SQLite
internal import Tensors
internal import Training

// Invariants:
// 1. The version is there with its run, its tags and all its tensors, or it isn't.
// 2. The source is read and hashed as a whole before anything is written: what can't be read leaves no trace.
// 3. A small source stays in memory until it is stored.  Of a larger one the bytes are read a second time, and hashed again while
//    SQLite writes them.  A source that changes meanwhile is an error.  So the write lock waits for no hash, and no more is in memory
//    than `kept`, or `window` and the largest tensor.

/// How much of an import is in memory, and in one transaction.
struct ImportLimits {
  /// Bytes of new tensors that go in one transaction.
  var batch = 256 << 20
  /// The most bytes of one tensor.
  var tensor = Dataset.maximumTensorBytes
  /// Up to so many bytes of tensors in all are read but once.
  var kept = 128 << 20
  /// Bytes that may wait to be hashed.
  var window = 32 << 20
}

/// What is to be stored: a source that was read, what was found in it, and its tensors where they are small enough.
private struct ImportContent {
  let source: StateDictImport
  let digests: [Digest]
  var kept: [Tensor?]

  /// A tensor that was kept, once: what follows it uses its memory again.
  mutating func take(_ index: Int) -> Tensor? {
    defer { kept[index] = nil }
    return kept[index]
  }
}

extension Registry {
  /// Stores a state_dict of any model as the next version of `source.model`, by a run of the kind `import`.
  ///
  /// A tensor that is stored already isn't stored again.  A large state_dict goes in batches of transactions and the version comes last:
  /// should the disk be full between them, tensors are left that no version names, for `gc`.  Throws what `load` throws.
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
    let startedAt = Timestamp.now()
    let byteCount = sizes.reduce(0, +)
    var kept = [Tensor?](repeating: nil, count: sizes.count)
    let digester = TensorDigester(window: limits.window)
    for index in sizes.indices {
      let tensor = try Self.load(index, of: source)
      if byteCount <= limits.kept { kept[index] = tensor }
      digester.add(tensor)
    }
    try source.checkUnchanged()
    let digests = digester.digests()
    var content = ImportContent(source: source, digests: digests, kept: kept)
    kept = []

    // All batches but the last, which goes with the version.
    var stored = 0
    var newCount = 0
    while let end = try endOfBatch(from: stored, sizes, digests, limit: limits.batch) {
      newCount += try writing { try store(stored..<end, of: &content, limits).newCount }
      stored = end
    }
    return try writing {
      // Everything once more: another process may have collected what nothing named yet.
      let (ids, lastCount) = try store(sizes.indices, of: &content, limits)
      return try finishImport(
        source, digests, ids, byteCount: byteCount, newCount: min(newCount + lastCount, Set(digests).count), startedAt: startedAt)
    }
  }

  /// Where the next batch of new tensors ends; nil when the rest fits in one.
  private func endOfBatch(from start: Int, _ sizes: [Int], _ digests: [Digest], limit: Int) throws -> Int? {
    guard sizes[start...].reduce(0, +) > limit else { return nil }
    let known = try knownTensors(digests[start...])
    var bytes = 0
    for index in start..<sizes.count where !known.contains(digests[index]) {
      bytes += sizes[index]
      // One tensor alone may be over the limit.
      if bytes > limit, bytes > sizes[index] { return index }
    }
    return nil
  }

  /// Which of these tensors are stored already.
  private func knownTensors(_ digests: ArraySlice<Digest>) throws -> Set<Digest> {
    guard !isBlank else { return [] }
    return try snapshot {
      var find = try TensorStore(self)
      return Set(try digests.filter { try find.id(of: $0) != nil })
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

  /// Stores what isn't stored yet of some tensors, and gives the rows of all.  Stands in a transaction.
  private func store(
    _ range: Range<Int>, of content: inout ImportContent, _ limits: ImportLimits
  ) throws -> (ids: [Int64], newCount: Int) {
    let source = content.source
    var store = try TensorStore(self)
    let digester = TensorDigester(window: limits.window)
    var newCount = 0
    var loaded: [Int] = []
    let ids = try range.map { index in
      let digest = content.digests[index]
      if let id = try store.id(of: digest) { return id }
      newCount += 1
      if let tensor = content.take(index) { return try store.insert(tensor, digest) }
      let tensor = try Self.load(index, of: source)
      digester.add(tensor)
      loaded.append(index)
      return try store.insert(tensor, digest)
    }
    for (index, digest) in zip(loaded, digester.digests()) where digest != content.digests[index] {
      throw ImportError.changed(file: source.file, tensor: source.tensors[index].name)
    }
    return (ids, newCount)
  }

  /// The run, the version, and the rows that name its tensors.  Stands in a transaction.
  private func finishImport(
    _ source: StateDictImport, _ digests: [Digest], _ ids: [Int64], byteCount: Int, newCount: Int, startedAt: String
  ) throws -> ImportedVersion {
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
    let tags = Dictionary(source.tags.map { (Name($0.key), $0.value.asTag) }) { _, later in later }.sorted { $0.key < $1.key }
    for (key, value) in tags {
      try connection.execute("INSERT INTO version_tags (version_id, key, value) VALUES (?, ?, ?)", version.id, key.text, value.storable)
    }
    return ImportedVersion(
      model: source.model, version: version.number, run: Int(run.id), tensorCount: digests.count, newTensorCount: newCount,
      parameterCount: parameterCount, byteCount: byteCount, tags: tags.map { (key: $0.key.text, value: $0.value) })
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

extension Scalar {
  /// As a tag holds it: SQLite has no NaN, so that one is a text.
  fileprivate var asTag: Scalar {
    if case .real(let number) = self, number.isNaN { return .text("NaN") }
    return self
  }
}
