internal import SQLite
internal import Tensors

extension MergePlan {
  mutating func planAliases() throws {
    let stored = try theirs.connection.query("SELECT alias, version_id FROM model_aliases ORDER BY model_id, alias") { row in
      (alias: try row.text(0), version: try row.int64(1))
    }
    // Two of their models may be one of ours, where one was renamed.
    var planned: [Name: String] = [:]
    for (alias, version) in stored {
      guard let place = places[version] else { continue }
      let name = "\(place.model)@\(alias)"
      let target = "\(place.model)/\(place.number)"
      let ours = try ask(
        """
        SELECT v.version FROM model_aliases AS a JOIN model_versions AS v ON v.id = a.version_id JOIN models AS m ON m.id = a.model_id
        WHERE m.name = ? AND a.alias = ?
        """, place.model, alias
      ) { row in try row.int(0) }
      if let ours {
        if ours != place.number {
          report.keptAliases.append(MergeReport.Conflict(name: name, ours: "\(place.model)/\(ours)", theirs: target))
        }
        continue
      }
      let isDeleted = try ask(
        """
        SELECT v.deleted_at IS NOT NULL FROM model_versions AS v JOIN models AS m ON m.id = v.model_id WHERE m.name = ? AND v.version = ?
        """, place.model, place.number
      ) { row in try row.int(0) == 1 }
      if isDeleted == true { continue }
      if let first = planned[Name(name)] {
        report.keptAliases.append(MergeReport.Conflict(name: name, ours: first, theirs: target))
        continue
      }
      planned[Name(name)] = target
      aliases.append((alias, version))
      report.aliases.append(MergeReport.Conflict(name: name, ours: target, theirs: target))
    }
  }

  mutating func planAnnotations(_ source: MergeSource) throws {
    guard let ours else { return }
    let annotations = try MergeAnnotations(
      ours: ours, theirs: theirs, runs: source.wantedRuns.subtracting(lostRuns), versions: source.wantedVersions)
    (report.tags, report.notes) = (annotations.tagCount, annotations.noteCount)
    (report.keptTags, report.keptNotes) = (annotations.keptTags, annotations.keptNotes)
    self.annotations = annotations
  }
}
