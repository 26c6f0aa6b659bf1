internal import SQLite
internal import Tensors

// Invariants:
// 1. The version is there with its run, its tags and all its tensors, or it isn't.
// 2. The source is read and hashed as a whole before anything is written: what can't be read leaves no trace.
// 3. A small source stays in memory until it is stored.  Of a larger one the bytes are read a second time, and hashed again while
//    SQLite writes them.  A source that changes meanwhile is an error.  So the write lock waits for no hash, and no more is in memory
//    than `kept`, or `window` and the largest tensor that one row holds.
// 4. Larger tensors are read through a window, and stand ahead of the version, each stored in transactions of its own.
// 5. Whatever gc takes of that meanwhile, it ends: the last attempt is one transaction.

/// What is to be stored: a source that was read, what was found in it, and its tensors where they are small enough.
private struct ImportContent {
  let source: StateDictImport
  let digests: [Digest]
  /// Of the large tensors, those of their bytes alone; by place.
  let contents: [Int: Digest]
  /// Bytes of each tensor.
  let sizes: [Int]
  var kept: [Tensor?]

  /// A tensor that was kept, once: what follows it uses its memory again.
  mutating func take(_ index: Int) -> Tensor? {
    defer { kept[index] = nil }
    return kept[index]
  }
}

/// Tensors that stand in the registry, for the version that is to name them.
struct StoredTensors {
  let source: StateDictImport
  let digests: [Digest]
  /// Their rows.
  let ids: [Int64]
  /// Bytes of all of them.
  let byteCount: Int
  /// How many weren't stored yet; equal ones count once.
  let newCount: Int

  var stateDictDigest: String { StateDict.digest(of: Array(zip(source.tensors.map(\.name), digests))).hex }
  var parameterCount: Int { source.tensors.reduce(0) { $0 + $1.shape.reduce(1, *) } }
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
    guard !source.tensors.isEmpty else { throw StoreError.noTensors(file: source.file) }
    guard source.tags.allSatisfy({ !$0.key.isEmpty }) else { throw StoreError.namelessTag }
    let startedAt = Timestamp.now.text
    return try storeTensors(of: source, limits) { stored in try finishImport(stored, startedAt: startedAt) }
  }

  /// Stores the tensors of a source that aren't stored yet, in batches, and what `finish` writes of them together with the last batch, in
  /// one transaction.  `finish` may be called again where that failed.
  func storeTensors<T>(of source: StateDictImport, _ limits: ImportLimits, _ finish: (StoredTensors) throws -> T) throws -> T {
    var content = try read(source, limits)
    // All batches but the last, which goes with the version.
    var stored = 0
    var newCount = 0
    func finishLast() throws -> T? {
      // Everything once more: another process may have collected what nothing named yet.
      let (ids, lastCount) = try store(content.sizes.indices, of: &content, limits)
      // A large one takes too long to be stored again here.
      guard !ids.contains(nil) else { return nil }
      return try finish(
        StoredTensors(
          source: source, digests: content.digests, ids: ids.compactMap(\.self), byteCount: content.sizes.reduce(0, +),
          newCount: min(newCount + lastCount, Set(content.digests).count)))
    }
    let large = content.contents.keys.sorted()
    for _ in 0..<Self.collectionsBorne {
      for place in large where try storeLarge(place, of: content, ownTransactions: true) { newCount += 1 }
      while let end = try endOfBatch(from: stored, content, limit: limits.batch) {
        newCount += try writing { try store(stored..<end, of: &content, limits).newCount }
        stored = end
      }
      if let result = try writing(finishLast) { return result }
    }
    return try writing {
      for place in large where try storeLarge(place, of: content, ownTransactions: false) { newCount += 1 }
      guard let result = try finishLast() else { throw StoreError.busy(path: path) }
      return result
    }
  }

  /// Reads and hashes all of a source.
  private func read(_ source: StateDictImport, _ limits: ImportLimits) throws -> ImportContent {
    let sizes = try source.tensors.map { try Tensor.byteCount(dtype: $0.dtype, shape: $0.shape) }
    let isKept = sizes.filter { $0 <= pieceSizes.largestRow }.reduce(0, +) <= limits.kept
    var kept = [Tensor?](repeating: nil, count: sizes.count)
    var large: [Int: (tensor: Digest, contents: Digest)] = [:]
    let digester = TensorDigester(window: limits.window)
    for (index, size) in sizes.enumerated() {
      guard size <= pieceSizes.largestRow else {
        large[index] = try source.hash(index, byteCount: size)
        continue
      }
      let tensor = try source.tensor(index)
      if isKept { kept[index] = tensor }
      digester.add(tensor)
    }
    try source.checkUnchanged()
    var others = digester.digests()[...]
    let digests = sizes.indices.map { large[$0]?.tensor ?? others.removeFirst() }
    return ImportContent(source: source, digests: digests, contents: large.mapValues(\.contents), sizes: sizes, kept: kept)
  }

  /// Stores a large tensor in pieces; false when it is stored already.
  private func storeLarge(_ index: Int, of content: ImportContent, ownTransactions: Bool) throws -> Bool {
    let announced = content.source.tensors[index]
    return try storeInPieces(
      dtype: announced.dtype, shape: announced.shape, digest: content.digests[index], contents: content.contents[index],
      ownTransactions: ownTransactions,
      changed: StoreError.changedFile(content.source.file, tensor: announced.name)
    ) { append in try content.source.readBytes(index, byteCount: content.sizes[index], append) }.isNew
  }

  /// Where the next batch of new tensors ends; nil when the rest fits in one.
  private func endOfBatch(from start: Int, _ content: ImportContent, limit: Int) throws -> Int? {
    let sizes = content.sizes.enumerated().map { content.contents[$0.offset] == nil ? $0.element : 0 }
    guard sizes[start...].reduce(0, +) > limit else { return nil }
    let known = try knownTensors(content.digests[start...])
    var bytes = 0
    for index in start..<sizes.count where !known.contains(content.digests[index]) {
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

  /// Stores what isn't stored yet of some tensors, and gives the rows of all: nil for a large one, which isn't stored here.  Stands in a
  /// transaction.
  private func store(
    _ range: Range<Int>, of content: inout ImportContent, _ limits: ImportLimits
  ) throws -> (ids: [Int64?], newCount: Int) {
    let source = content.source
    var store = try TensorStore(self)
    let digester = TensorDigester(window: limits.window)
    var newCount = 0
    var loaded: [Int] = []
    let ids = try range.map { index -> Int64? in
      let digest = content.digests[index]
      if let id = try store.id(of: digest) { return id }
      guard content.contents[index] == nil else { return nil }
      newCount += 1
      if let tensor = content.take(index) { return try store.insert(tensor, digest) }
      let tensor = try source.tensor(index)
      digester.add(tensor)
      loaded.append(index)
      return try store.insert(tensor, digest)
    }
    for (index, digest) in zip(loaded, digester.digests()) where digest != content.digests[index] {
      throw StoreError.changedFile(source.file, tensor: source.tensors[index].name)
    }
    return (ids, newCount)
  }

  /// The run, the version, and the rows that name its tensors.  Stands in a transaction.
  private func finishImport(_ stored: StoredTensors, startedAt: String) throws -> ImportedVersion {
    let source = stored.source
    let model = try modelID(creating: source.model)
    let run = try insertImportRun(source, model: model, startedAt: startedAt)
    let version = try insertVersionRow(
      VersionRow(
        uuid: makeUUID(), runUUID: run.uuid, createdAt: Timestamp.now.text, stateDictDigest: stored.stateDictDigest,
        tensorCount: stored.ids.count, parameterCount: stored.parameterCount, signature: source.storedArchitecture?.signature,
        architecture: source.storedArchitecture?.json, trainLoss: nil, testLoss: nil, accuracy: nil),
      model: model, run: run.id)
    try link(zip(source.tensors.map(\.name), stored.ids), to: .version, id: version.id)
    let tags = Dictionary(source.tags.map { (Name($0.key), $0.value.asTag) }) { _, later in later }.sorted { $0.key < $1.key }
    for (key, value) in tags {
      try connection.execute("INSERT INTO version_tags (version_id, key, value) VALUES (?, ?, ?)", version.id, key.text, value.storable)
    }
    return ImportedVersion(
      model: source.model, version: version.number, run: Int(run.id), tensorCount: stored.ids.count, newTensorCount: stored.newCount,
      parameterCount: stored.parameterCount, byteCount: stored.byteCount, tags: tags.map { (key: $0.key.text, value: $0.value) })
  }
}

extension CellValue {
  /// As a tag holds it: SQLite has no NaN, so that one is a text.
  var asTag: CellValue {
    if case .real(let number) = self, number.isNaN { return .text("NaN") }
    return self
  }
}
