internal import SQLite

/// What can have a note.  A version's note is its run's: they tell of the same work.
public enum NoteSubject: Sendable, Hashable {
  case version(VersionName)
  case run(Int)
  case model(String)
  /// By its name, or the beginning of its digest.
  case dataset(String)
}

extension Registry {
  /// The note of something, nil where there is none; `title` is `run 7 (neural-net/3)`, `model cancer` or the like.
  public func note(of subject: NoteSubject) throws -> (title: String, note: String?) {
    try snapshot {
      let place = try notePlace(subject)
      let note = try connection.queryFirst("SELECT note FROM \(place.table) WHERE id = ?", place.id) { row in try row.textOrNil(0) }
      return (place.title, note ?? nil)
    }
  }

  /// Writes a note over the one that there may be; an empty one removes it.  Gives the title of what it is about.
  @discardableResult
  public func setNote(_ note: String, of subject: NoteSubject) throws -> String {
    try writing {
      let place = try notePlace(subject)
      try connection.execute("UPDATE \(place.table) SET note = ? WHERE id = ?", note.isEmpty ? nil : note, place.id)
      return place.title
    }
  }

  private func notePlace(_ subject: NoteSubject) throws -> (table: String, id: Int64, title: String) {
    switch subject {
    case .version(let name):
      let (id, title) = try liveVersion(name)
      let run = try connection.queryFirst("SELECT run_id FROM model_versions WHERE id = ?", id) { row in try row.int64(0) } ?? 0
      return ("runs", run, "run \(run) (\(title))")
    case .run(let run): return ("runs", try existingRun(run), "run \(run)")
    case .model(let name): return ("models", try existingModel(name), "model \(name)")
    case .dataset(let name):
      let record = try findDataset(name)
      return ("datasets", record.id, "dataset \(record.title)")
    }
  }
}
