internal import SQLite

extension Verifier {
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
      guard let dataset = try reportingDamage(.dataset, at: place, { try registry.datasetContent(id: id) }) else { return }
      let real = [dataset.trainRows, dataset.testRows, dataset.featureCount]
      for (column, (said, actual)) in zip(["train_rows", "test_rows", "feature_count"], zip(counts, real)) where said != actual {
        report(.dataset, "\(column) is \(said), the data has \(actual)", at: place)
      }
    }
  }
}
