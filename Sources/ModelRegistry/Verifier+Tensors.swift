internal import Datasets
internal import SQLite
internal import Tensors

extension Verifier {
  /// Every tensor: its type, its shape, as many bytes as they need, and the digest over all three.
  func checkTensors() throws {
    guard !isQuick else { return }
    try eachRow(of: "tensors", .tensor) { id in
      let problem = try connection.queryFirst("SELECT digest, dtype, shape, data FROM tensors WHERE id = ?", id) { row in
        try Self.problem(ofTensor: row)
      }
      if case .some(.some(let problem)) = problem { report(.tensor, problem, at: try place(ofTensor: id)) }
    }
  }

  /// What is wrong with the tensor in the columns digest, dtype, shape and data.
  private static func problem(ofTensor row: borrowing Statement) throws -> String? {
    let (digest, type, json) = (try row.text(0), try row.text(1), try row.text(2))
    guard let dtype = DType(rawValue: type) else { return "there is no type '\(type.prefix(20))'" }
    guard let shape = Registry.shape(json: json) else { return "'\(json.prefix(40))' is no shape" }
    return try row.withBlob(3) { data in
      guard let needed = try? Tensor.byteCount(dtype: dtype, shape: shape), needed == data.byteCount else {
        return "\(data.byteCount) bytes are not what \(type) \(json.prefix(40)) has"
      }
      let actual = unsafe data.withUnsafeBytes { unsafe Tensor.digest(dtype: dtype, shape: shape, data: $0) }
      return actual.hex == digest ? nil : "the data is not what was stored: its digest is another"
    }
  }

  /// The row, and what needs it.
  private func place(ofTensor id: Int64) throws -> String {
    let users =
      try connection.query(
        """
        SELECT e.name || ' of ' || m.name || '/' || v.version FROM version_tensors AS e JOIN model_versions AS v ON v.id = e.version_id
        JOIN models AS m ON m.id = v.model_id WHERE e.tensor_id = ? ORDER BY v.id
        """, id
      ) { row in try row.text(0) }
      + connection.query(
        """
        SELECT e.name || ' of dataset ' || coalesce((SELECT min(name) FROM dataset_names WHERE dataset_id = d.id), substr(d.digest, 1, 12))
        FROM dataset_tensors AS e JOIN datasets AS d ON d.id = e.dataset_id WHERE e.tensor_id = ? ORDER BY d.id
        """, id
      ) { row in try row.text(0) }
    return "tensors id \(id) (\(users.isEmpty ? "nothing needs it" : Self.brief(users)))"
  }

  /// Every dataset: its tensors against its columns and its digest, and the counts in its row.
  func checkDatasets() throws {
    try eachRow(of: "datasets", .dataset) { id in
      let sql = """
        SELECT coalesce((SELECT min(name) FROM dataset_names WHERE dataset_id = d.id), substr(d.digest, 1, 12)), d.train_rows, d.test_rows,
          d.feature_count, d.tensor_count, (SELECT count(*) FROM dataset_tensors WHERE dataset_id = d.id)
        FROM datasets AS d WHERE id = ?
        """
      let found = try connection.queryFirst(sql, id) { row in (try row.text(0), try (1...5).map { try row.int($0) }) }
      guard let (name, counts) = found else { return }
      let place = "datasets id \(id) (\(name))"
      expect(counts[3] == counts[4], .dataset, "tensor_count is \(counts[3]), there are \(counts[4])", at: place)
      guard !isQuick else { return }
      // A message of its own: what can't be rebuilt is said with its name.
      guard let dataset = try noting(.dataset, at: place, { try registry.dataset(id: id) }) else { return }
      let real = [dataset.trainCount, dataset.testCount, dataset.featureCount]
      for (column, (said, actual)) in zip(["train_rows", "test_rows", "feature_count"], zip(counts, real)) where said != actual {
        report(.dataset, "\(column) is \(said), the data has \(actual)", at: place)
      }
    }
  }
}
