internal import SQLite
internal import Tensors

extension Registry {
  /// Stores a dataset under a name.  Equal content is stored once, under as many names as it is given; a name that other content
  /// has is refused unless `replacing`, which moves it.
  package func add(_ dataset: DatasetContent, name: String, replacing: Bool = false) throws -> StoredDataset {
    try Self.checkDatasetName(name)
    return try writing {
      let digest = dataset.digest
      let known = try connection.queryFirst("SELECT id FROM datasets WHERE digest = ?", digest) { row in try row.int64(0) }
      let named = try connection.queryFirst("SELECT dataset_id FROM dataset_names WHERE name = ?", name) { row in try row.int64(0) }
      if let named, named != known, !replacing { throw StoreError.datasetNameTaken(name: name, path: path) }
      let id = try known ?? insert(dataset)
      if named == nil {
        try connection.execute("INSERT INTO dataset_names (name, dataset_id) VALUES (?, ?)", name, id)
      } else if named != id {
        try connection.execute("UPDATE dataset_names SET dataset_id = ? WHERE name = ?", id, name)
      }
      return StoredDataset(name: name, digest: digest, wasKnown: known != nil)
    }
  }

  /// The dataset of this name, or whose digest begins with it (at least six digits).
  public func datasetRecord(_ name: String) throws -> DatasetRecord {
    try snapshot { try findDataset(name) }
  }

  func findDataset(_ name: String) throws -> DatasetRecord {
    var id = try connection.queryFirst("SELECT dataset_id FROM dataset_names WHERE name = ?", name) { row in try row.int64(0) }
    if id == nil, name.utf8.count >= 6, name.allSatisfy(\.isHexDigit) {
      let found = try connection.query(
        "SELECT id FROM datasets WHERE digest >= ?1 AND digest < ?1 || 'g' LIMIT 2", name.lowercased()
      ) { row in try row.int64(0) }
      id = found.count == 1 ? found[0] : nil
    }
    guard let id else {
      let names = try connection.query("SELECT name FROM dataset_names ORDER BY created_at DESC") { row in try row.text(0) }
      throw StoreError.noSuchDataset(name: name, known: examples(of: names, near: name, atMost: 12), path: path)
    }
    let record = try record(ofDataset: id)
    // The table leads from the name to the dataset, an index back: a damaged page must not lead to other data.
    guard record.names.contains(named: name) || record.digest.hasPrefix(name.lowercased()) else {
      throw StoreError.rotten(what: "the place of the dataset '\(name)'", path: path)
    }
    return record
  }

  private func record(ofDataset id: Int64) throws -> DatasetRecord {
    let names = try connection.query("SELECT name FROM dataset_names WHERE dataset_id = ? ORDER BY name", id) { row in try row.text(0) }
    let runs = try connection.query("SELECT id FROM runs WHERE dataset_id = ? ORDER BY id", id) { row in try row.int(0) }
    let record = try connection.queryFirst("SELECT digest, created_at, note FROM datasets WHERE id = ?", id) { row in
      DatasetRecord(
        names: names, digest: try row.text(0), createdAt: try row.text(1), note: try row.textOrNil(2), runs: runs, id: id)
    }
    guard let record else { throw StoreError.rotten(what: "the dataset of the name '\(names.first ?? "")'", path: path) }
    return record
  }

  /// Removes a name; with the last one the dataset itself and the tensors that nothing else needs.  Refused while a run needs it.
  /// The beginning of a digest removes a dataset of at most one name.
  public func removeDataset(_ name: String) throws {
    try writing {
      let record = try findDataset(name)
      if record.names.contains(named: name), record.names.count > 1 {
        try connection.execute("DELETE FROM dataset_names WHERE name = ?", name)
        return
      }
      guard record.names.count <= 1 else { throw StoreError.ambiguousDataset(digest: name, names: record.names, path: path) }
      guard record.runs.isEmpty else { throw StoreError.datasetInUse(name: name, runs: record.runs, path: path) }
      let tensors = try connection.query("SELECT tensor_id FROM dataset_tensors WHERE dataset_id = ?", record.id) { row in try row.int64(0)
      }
      try connection.execute("DELETE FROM dataset_names WHERE dataset_id = ?", record.id)
      try connection.execute("DELETE FROM datasets WHERE id = ?", record.id)
      for tensor in tensors {
        try connection.execute(
          """
          DELETE FROM tensors WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM version_tensors WHERE tensor_id = ?1)
            AND NOT EXISTS (SELECT 1 FROM dataset_tensors WHERE tensor_id = ?1)
          """, tensor)
      }
    }
  }

  /// A name that the schema takes, as near to the given one as can be; some room is left for what goes behind it.
  static func legalDatasetName(_ name: String) -> String {
    var legal = String.UnicodeScalarView()
    var count = 0
    for scalar in name.unicodeScalars where count > 0 || scalar != " " {
      guard count < 180 else { break }
      legal.append(scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) ? "_" : scalar)
      count += 1
    }
    while legal.last == " " { legal.removeLast() }
    return legal.isEmpty ? "dataset" : String(legal)
  }

  /// The schema's rules for the name of a dataset.
  public static func checkDatasetName(_ name: String) throws(StoreError) {
    let isLegal =
      (1...200).contains(name.unicodeScalars.count) && name.unicodeScalars.first != " " && name.unicodeScalars.last != " "
      && !name.unicodeScalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) }
    guard isLegal else {
      throw .illegalName(kind: "dataset", name: name, rule: "a name has 1 to 200 characters, none of control, no space at its ends")
    }
  }
}
