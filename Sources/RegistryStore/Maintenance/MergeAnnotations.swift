internal import SQLite
internal import Tensors

/// The tags and notes of what both files have: theirs are added where ours has none; where both differ, ours stay.
struct MergeAnnotations {
  enum Change {
    /// Of the row `id` of ours; `table` is one of the tables of tags, `column` its reference to that row.
    case tag(table: String, column: String, id: Int64, key: String, value: Value)
    case note(table: String, id: Int64, text: String)
  }

  /// What can have tags or a note, and what it is known by in every registry.
  private struct Kind {
    let table: String
    let identity: String
    /// SQL for what people call the row `t`.
    let title: String
    var tags: (table: String, column: String)?
    /// A version's note is its run's.
    var hasNote = true
  }

  private static let models = Kind(
    table: "models", identity: "name", title: "'model ' || t.name", tags: ("model_tags", "model_id"))
  private static let runs = Kind(table: "runs", identity: "uuid", title: "'run ' || t.id", tags: ("tags", "run_id"))
  private static let versions = Kind(
    table: "model_versions", identity: "uuid", title: "(SELECT name FROM models WHERE id = t.model_id) || '/' || t.version",
    tags: ("version_tags", "version_id"), hasNote: false)
  private static let datasets = Kind(
    table: "datasets", identity: "digest",
    title: "'dataset ' || coalesce((SELECT min(name) FROM dataset_names WHERE dataset_id = t.id), substr(t.digest, 1, 12))")

  private let ours: Registry
  private let theirs: Registry
  private(set) var changes: [Change] = []
  private(set) var keptTags: [MergeReport.Conflict] = []
  private(set) var keptNotes: [MergeReport.Conflict] = []

  /// `runs` and `versions` are those that matter, by their ids there.  What isn't here yet comes in with its tags and its note.
  init(ours: Registry, theirs: Registry, runs: Set<Int64>, versions: Set<Int64>) throws {
    (self.ours, self.theirs) = (ours, theirs)
    try compare(Self.models) { _ in true }
    try compare(Self.runs, where: runs.contains)
    try compare(Self.versions, where: versions.contains)
    try compare(Self.datasets) { _ in true }
  }

  var tagCount: Int { changes.count - noteCount }
  var noteCount: Int { changes.count { if case .note = $0 { true } else { false } } }

  private mutating func compare(_ kind: Kind, where isWanted: (Int64) -> Bool) throws {
    let note = kind.hasNote ? "t.note" : "NULL"
    let hasTags = kind.tags.map { "EXISTS (SELECT 1 FROM \($0.table) WHERE \($0.column) = t.id)" } ?? "0"
    let annotated = try theirs.connection.query(
      "SELECT t.id, t.\(kind.identity), \(note) FROM \(kind.table) AS t WHERE \(note) IS NOT NULL OR \(hasTags) ORDER BY t.id"
    ) { row in (id: try row.int64(0), identity: try row.text(1), note: try row.textOrNil(2)) }
    for their in annotated where isWanted(their.id) {
      let here = try ours.connection.queryFirst(
        "SELECT t.id, \(kind.title), \(note) FROM \(kind.table) AS t WHERE t.\(kind.identity) = ?", their.identity
      ) { row in (id: try row.int64(0), title: try row.text(1), note: try row.textOrNil(2)) }
      guard let here else { continue }
      if let text = their.note, here.note.map({ Name($0) }) != Name(text) {
        if let ours = here.note {
          keptNotes.append(MergeReport.Conflict(name: "note of \(here.title)", ours: ours, theirs: text))
        } else {
          changes.append(.note(table: kind.table, id: here.id, text: text))
        }
      }
      if let tags = kind.tags { try compare(tags, their.id, here.id, title: here.title) }
    }
  }

  private mutating func compare(_ tags: (table: String, column: String), _ theirID: Int64, _ id: Int64, title: String) throws {
    let sql = "SELECT key, value FROM \(tags.table) WHERE \(tags.column) = ? ORDER BY key"
    let here = Dictionary(try ours.connection.query(sql, id) { row in (Name(try row.text(0)), try row.value(1)) }) { first, _ in first }
    for (key, value) in try theirs.connection.query(sql, theirID, row: { row in (try row.text(0), try row.value(1)) }) {
      if let ours = here[Name(key)] {
        guard ours != value else { continue }
        keptTags.append(MergeReport.Conflict(name: "tag \(key) of \(title)", ours: Self.text(ours), theirs: Self.text(value)))
      } else {
        changes.append(.tag(table: tags.table, column: tags.column, id: id, key: key, value: value))
      }
    }
  }

  private static func text(_ value: Value) -> String {
    switch value {
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .text(let text): text
    case .null, .blob: "?"
    }
  }
}

extension Registry {
  /// Stands in a transaction.
  func write(_ annotations: MergeAnnotations) throws {
    for change in annotations.changes {
      switch change {
      case .tag(let table, let column, let id, let key, let value):
        try connection.execute("INSERT INTO \(table) (\(column), key, value) VALUES (?, ?, ?)", id, key, value)
      case .note(let table, let id, let text): try connection.execute("UPDATE \(table) SET note = ? WHERE id = ?", text, id)
      }
    }
  }
}
