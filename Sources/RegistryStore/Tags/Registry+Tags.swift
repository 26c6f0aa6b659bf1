internal import SQLite
internal import Tensors

/// What can be tagged.
public enum TagSubject: Sendable, Hashable {
  case version(VersionName)
  case run(Int)
  case model(String)
  case experiment(String)
}

/// The tags of one thing.
public struct TagList: Sendable {
  /// `neural-net/3`, `run 7`, `model cancer` or `experiment xor`.
  public let title: String
  /// By key.
  public let tags: [(key: String, value: CellValue)]
}

extension Registry {
  /// The tags of a version, a run, a model or an experiment.
  public func tags(of subject: TagSubject) throws -> TagList {
    try snapshot {
      let place = try tagPlace(subject)
      return TagList(title: place.title, tags: try tags(at: place))
    }
  }

  /// Sets and removes tags in one transaction, and gives all that there are then.  Throws when one that is to be removed isn't there.
  ///
  /// A value is a finite number or a text; SQL compares numbers as numbers.
  @discardableResult
  public func updateTags(
    of subject: TagSubject, setting tags: [(key: String, value: CellValue)], removing keys: [String] = []
  ) throws -> TagList {
    for (key, value) in tags {
      try Self.checkTag(key)
      guard value.storable != nil else { throw StoreError.illegalName(kind: "tag", name: key, rule: "a tag is a number or a text") }
    }
    return try writing {
      let place = try tagPlace(subject)
      for key in keys {
        try connection.execute("DELETE FROM \(place.table) WHERE \(place.column) = ? AND key = ?", place.id, key)
        guard connection.changes > 0 else {
          throw StoreError.noSuchTag(title: place.title, key: key, known: try self.tags(at: place).map(\.key), path: path)
        }
      }
      for (key, value) in tags {
        try connection.execute(
          "INSERT INTO \(place.table) (\(place.column), key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
          place.id, key, value.storable)
      }
      if case .experiment = subject { try touch(experiment: place.id) }
      return TagList(title: place.title, tags: try self.tags(at: place))
    }
  }

  private static func checkTag(_ key: String) throws(StoreError) {
    func require(_ isKept: Bool, _ rule: String) throws(StoreError) {
      guard isKept else { throw .illegalName(kind: "tag", name: key, rule: rule) }
    }
    try require((1...200).contains(key.unicodeScalars.count), "a key has 1 to 200 characters")
    try require(
      !key.unicodeScalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) }, "a key has no control characters")
    try require(key.unicodeScalars.first != " " && key.unicodeScalars.last != " ", "a key has no space at its ends")
  }

  /// Where the tags of something are.
  private struct TagPlace {
    let table: String
    let column: String
    let id: Int64
    let title: String
  }

  private func tagPlace(_ subject: TagSubject) throws -> TagPlace {
    switch subject {
    case .version(let name):
      let (id, title) = try liveVersion(name)
      return TagPlace(table: "version_tags", column: "version_id", id: id, title: title)
    case .run(let run):
      return TagPlace(table: "tags", column: "run_id", id: try existingRun(run), title: "run \(run)")
    case .model(let name):
      return TagPlace(table: "model_tags", column: "model_id", id: try existingModel(name), title: "model \(name)")
    case .experiment(let name):
      return TagPlace(
        table: "experiment_tags", column: "experiment_id", id: try existingExperiment(name).id, title: "experiment \(name)")
    }
  }

  private func tags(at place: TagPlace) throws -> [(key: String, value: CellValue)] {
    try connection.query("SELECT key, value FROM \(place.table) WHERE \(place.column) = ? ORDER BY key", place.id) { row in
      (key: try row.text(0), value: CellValue(try row.value(1)))
    }
  }
}
