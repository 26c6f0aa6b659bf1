internal import SQLite
internal import Tensors

extension MergePlan {
  mutating func planDatasets(_ source: MergeSource) throws {
    let needed = Set(source.runs.filter { source.wantedRuns.contains($0.id) }.compactMap(\.dataset))
    let stored = try theirs.connection.query("SELECT id, digest FROM datasets ORDER BY id") { row in
      (id: try row.int64(0), digest: try row.text(1))
    }
    for (id, digest) in stored {
      let theirNames = try theirs.connection.query("SELECT name FROM dataset_names WHERE dataset_id = ? ORDER BY name", id) { row in
        try row.text(0)
      }
      guard needed.contains(id) || !theirNames.isEmpty else { continue }
      let known = try ask("SELECT id FROM datasets WHERE digest = ?", digest) { row in try row.int64(0) }
      if known == nil { datasets.append(id) }
      var hasName = try ask("SELECT 1 FROM dataset_names WHERE dataset_id = ?", known, row: { _ in true }) ?? false
      for name in theirNames {
        let owner = try self.owner(ofName: name)
        if let owner, owner != digest {
          var given: String?
          let other = "\(name.unicodeScalars.prefix(190).reduce(into: "") { $0.unicodeScalars.append($1) })-\(digest.prefix(8))"
          if !hasName, try self.owner(ofName: other) == nil {
            give(other, to: id)
            (hasName, given) = (true, other)
          }
          report.keptNames.append(
            MergeReport.Conflict(name: name, ours: String(owner.prefix(12)), theirs: given ?? String(digest.prefix(12))))
        } else if owner == nil {
          give(name, to: id)
          hasName = true
        }
      }
    }
    report.datasets = datasets.count
  }

  private mutating func give(_ name: String, to dataset: Int64) {
    names.append((name, dataset))
    report.names += 1
  }

  /// The digest of the dataset that has a name here.
  private func owner(ofName name: String) throws -> String? {
    try ask("SELECT d.digest FROM dataset_names AS n JOIN datasets AS d ON d.id = n.dataset_id WHERE n.name = ?", name) { row in
      try row.text(0)
    }
  }

  /// The tensors of what is new.
  mutating func planTensors() throws {
    var seen: Set<Int64> = []
    func add(_ owner: String, _ id: Int64) throws {
      let sql = """
        SELECT t.id, t.digest, coalesce((SELECT byte_count FROM contents WHERE id = t.content_id), length(t.data))
        FROM \(owner)_tensors AS e JOIN tensors AS t ON t.id = e.tensor_id WHERE \(owner)_id = ?
        """
      for (tensor, digest, bytes) in try theirs.connection.query(
        sql, id, row: { row in (try row.int64(0), try row.text(1), try row.int(2)) })
      where seen.insert(tensor).inserted {
        guard try ask("SELECT 1 FROM tensors WHERE digest = ?", digest, row: { _ in true }) == nil else { continue }
        tensors.append((digest, bytes))
      }
    }
    for id in datasets { try add("dataset", id) }
    for case .version(let version) in steps { try add("version", version.id) }
    report.tensors = tensors.count
    report.tensorBytes = tensors.reduce(0) { $0 + $1.bytes }
  }
}
