internal import SQLite
internal import Tensors

/// What can have notes.  A version's notes are its run's: they tell of the same work.
public enum NoteSubject: Sendable, Hashable {
  case version(VersionName)
  case run(Int)
  case model(String)
  /// By its name, or the beginning of its digest.
  case dataset(String)
  case experiment(String)
}

extension Registry {
  /// The newest note of something, nil where there is none; `title` is `run 7 (neural-net/3)`, `model cancer` or the like.
  public func note(of subject: NoteSubject) throws -> (title: String, note: String?) {
    let (title, notes) = try notes(of: subject)
    return (title, notes.last?.text)
  }

  /// All notes of something, oldest first.
  public func notes(of subject: NoteSubject) throws -> (title: String, notes: [NoteRecord]) {
    try snapshot {
      let place = try notePlace(subject)
      return (place.title, try notes(of: place.owner, id: place.id))
    }
  }

  /// Adds a note, which becomes the newest; an empty one removes the newest, and the one before it is the newest again.  Gives the title of
  /// what it is about.
  @discardableResult
  public func setNote(_ note: String, of subject: NoteSubject) throws -> String {
    try writing {
      let place = try notePlace(subject)
      if note.isEmpty {
        try removeNewestNote(of: place.owner, id: place.id)
      } else {
        try insertNote(note, of: place.owner, id: place.id)
      }
      if place.owner == .experiment { try touch(experiment: place.id) }
      return place.title
    }
  }

  private func notePlace(_ subject: NoteSubject) throws -> (owner: NoteOwner, id: Int64, title: String) {
    switch subject {
    case .version(let name):
      let (id, title) = try liveVersion(name)
      let run = try connection.queryFirst("SELECT run_id FROM model_versions WHERE id = ?", id) { row in try row.int64(0) } ?? 0
      return (.run, run, "run \(run) (\(title))")
    case .run(let run): return (.run, try existingRun(run), "run \(run)")
    case .model(let name): return (.model, try existingModel(name), "model \(name)")
    case .dataset(let name):
      let record = try findDataset(name)
      return (.dataset, record.id, "dataset \(record.title)")
    case .experiment(let name): return (.experiment, try existingExperiment(name).id, "experiment \(name)")
    }
  }
}
