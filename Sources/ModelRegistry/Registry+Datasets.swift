public import Datasets
internal import SQLite
internal import Tensors

extension Registry {
  /// Stores a dataset unless its content is stored already, and gives it a name unless it has one.  Stands in a transaction.
  ///
  /// The name is `suggestedName` made legal, or where other content has that name, the same with the beginning of the digest behind
  /// it.  Should that be taken too, the dataset goes without a name: its digest names it.
  func store(_ dataset: Dataset, suggestedName: String) throws -> Int64 {
    let digest = dataset.digest.hex
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

  func insert(_ dataset: Dataset) throws -> Int64 {
    try connection.execute(
      """
      INSERT INTO datasets (digest, source, columns, train_rows, test_rows, feature_count, tensor_count, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      dataset.digest.hex, dataset.source.json, dataset.columns.json, dataset.trainCount, dataset.testCount, dataset.featureCount,
      dataset.tensors.count, Timestamp.now())
    let id = connection.lastInsertRowID
    try insert(dataset.tensors, digests: dataset.tensors.entries.map(\.tensor.digest), of: .dataset, id: id)
    return id
  }

  /// The dataset that a run was trained on, rebuilt and checked; nil for a run without one.
  public func dataset(ofRun run: Int) throws -> Dataset? {
    try snapshot {
      let id = try connection.queryFirst("SELECT dataset_id FROM runs WHERE id = ?", run) { row in try row.int64OrNil(0) }
      guard let id else { throw try noSuchRun(run) }
      // The run's digest covers which dataset it is.
      try checkSeal(ofRun: run)
      return try id.map { try dataset(id: $0) }
    }
  }

  func dataset(id: Int64) throws -> Dataset {
    let stored = try connection.queryFirst("SELECT digest, columns, source FROM datasets WHERE id = ?", id) { row in
      (digest: try row.text(0), columns: try row.text(1), source: try row.text(2))
    }
    let title = "dataset \(stored?.digest.prefix(12) ?? "\(id)")"
    guard let stored else { throw RegistryError.rotten(what: title, path: path) }
    let (tensors, _) = try tensors(of: .dataset, id: id, title: title)
    do {
      let dataset = try Dataset(columnsJSON: stored.columns, sourceJSON: stored.source, tensors: tensors)
      guard dataset.digest.hex == stored.digest else { throw RegistryError.rotten(what: title, path: path) }
      return dataset
    } catch let error as DatasetError {
      throw RegistryError.rotten(what: "\(title): \(error)", path: path)
    }
  }
}
