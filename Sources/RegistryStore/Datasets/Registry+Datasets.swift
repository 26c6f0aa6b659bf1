internal import SQLite
internal import Tensors

extension Registry {
  /// Stores a dataset unless its content is stored already, and gives it a name unless it has one.  Stands in a transaction.
  ///
  /// The name is `suggestedName` made legal, or where other content has that name, the same with the beginning of the digest behind
  /// it.  Should that be taken too, the dataset goes without a name: its digest names it.
  func store(_ dataset: DatasetContent, suggestedName: String) throws -> Int64 {
    let digest = dataset.digest
    let known = try connection.queryFirst("SELECT id FROM datasets WHERE digest = ?", digest) { row in try row.int64(0) }
    let id = try known ?? insert(dataset)
    let isNamed = try connection.queryFirst("SELECT 1 FROM dataset_names WHERE dataset_id = ?", id) { _ in true } ?? false
    if !isNamed {
      let suggestion = Self.legalDatasetName(suggestedName)
      for name in [suggestion, "\(suggestion)-\(digest.prefix(8))"] {
        let isTaken = try connection.queryFirst("SELECT 1 FROM dataset_names WHERE name = ?", name) { _ in true } ?? false
        if isTaken { continue }
        try connection.execute("INSERT INTO dataset_names (name, dataset_id) VALUES (?, ?)", name, id)
        break
      }
    }
    return id
  }

  func insert(_ dataset: DatasetContent) throws -> Int64 {
    try connection.execute(
      """
      INSERT INTO datasets (digest, source, columns, train_rows, test_rows, feature_count, tensor_count, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      dataset.digest, dataset.source, dataset.columns, dataset.trainRows, dataset.testRows, dataset.featureCount, dataset.tensors.count,
      Timestamp.now.text)
    let id = connection.lastInsertRowID
    try insert(dataset.tensors, digests: dataset.tensorDigests, of: .dataset, id: id)
    return id
  }

  /// The id of the dataset that a run was trained on; nil for a run without one.
  package func datasetID(ofRun run: Int) throws -> Int64? {
    let id = try connection.queryFirst("SELECT dataset_id FROM runs WHERE id = ?", run) { row in try row.int64OrNil(0) }
    guard let id else { throw try noSuchRun(run) }
    // The run's digest covers which dataset it is.
    try checkSeal(ofRun: run)
    return id
  }

  /// The source of the dataset of a run, as JSON; nil for a run without one.
  package func datasetSourceJSON(ofRun run: Int) throws -> String? {
    try snapshot {
      try connection.queryFirst("SELECT d.source FROM runs r JOIN datasets d ON d.id = r.dataset_id WHERE r.id = ?", run) { row in
        try row.text(0)
      }
    }
  }

  /// A dataset as `read` makes it of its parts, with the digest that it comes to.  What `read` throws says that it is damaged.
  package func dataset<T>(id: Int64, _ read: (DatasetContent) throws -> (T, digest: String)) throws -> T {
    let stored = try connection.queryFirst("SELECT digest, columns, source FROM datasets WHERE id = ?", id) { row in
      (digest: try row.text(0), columns: try row.text(1), source: try row.text(2))
    }
    let title = "dataset \(stored?.digest.prefix(12) ?? "\(id)")"
    guard let stored else { throw StoreError.rotten(what: title, path: path) }
    let (tensors, digests) = try tensors(of: .dataset, id: id, title: title)
    let found: (T, digest: String)
    do {
      found = try read(
        DatasetContent(digest: stored.digest, source: stored.source, columns: stored.columns, tensors: tensors, tensorDigests: digests))
    } catch {
      throw StoreError.rotten(what: "\(title): \(error)", path: path)
    }
    guard found.digest == stored.digest else { throw StoreError.rotten(what: title, path: path) }
    return found.0
  }

  /// The parts of a dataset, checked: by the interpreter as a whole, without one by their digest.
  func datasetContent(id: Int64) throws -> DatasetContent {
    try dataset(id: id) { stored in
      let content = try interpreter?.dataset(stored) ?? stored
      return (content, interpreter == nil ? content.computedDigest : content.digest)
    }
  }
}
