internal import SQLite
internal import Tensors

/// The tags and notes of what both files have: theirs are added where ours has none; where both differ, ours stay.  Dated notes are put
/// together, each once, and the newest is the note of the thing.
struct MergeAnnotations {
  enum Change {
    /// Of the row `id` of ours; `table` is one of the tables of tags, `column` its reference to that row.
    case tag(table: String, column: String, id: Int64, key: String, value: Value)
    case note(table: String, column: String, id: Int64, text: String)
    case dated(owner: NoteOwner, id: Int64, MergeNote)
  }

  /// What can have tags or a note, and what it is known by in every registry.
  private struct Kind {
    let table: String
    let identity: String
    /// SQL for what people call the row `t`.
    let title: String
    var tags: (table: String, column: String)?
    var noteColumn = "note"
    /// A version's notes are its run's.
    var owner: NoteOwner?
  }

  private static let models = Kind(
    table: "models", identity: "name", title: "'model ' || t.name", tags: ("model_tags", "model_id"), owner: .model)
  private static let experiments = Kind(
    table: "experiments", identity: "name", title: "'experiment ' || t.name", tags: ("experiment_tags", "experiment_id"), owner: .experiment
  )
  private static let runs = Kind(table: "runs", identity: "uuid", title: "'run ' || t.id", tags: ("tags", "run_id"), owner: .run)
  private static let versions = Kind(
    table: "model_versions", identity: "uuid", title: "(SELECT name FROM models WHERE id = t.model_id) || '/' || t.version",
    tags: ("version_tags", "version_id"), noteColumn: "description")
  private static let datasets = Kind(
    table: "datasets", identity: "digest",
    title: "'dataset ' || coalesce((SELECT min(name) FROM dataset_names WHERE dataset_id = t.id), substr(t.digest, 1, 12))",
    owner: .dataset)

  private let ours: Registry
  private let theirs: Registry
  private(set) var changes: [Change] = []
  private(set) var tagCount = 0
  private(set) var noteCount = 0
  private(set) var keptTags: [MergeReport.Conflict] = []
  private(set) var keptNotes: [MergeReport.Conflict] = []

  /// `runs` and `versions` are those that matter, by their ids there.  What isn't here yet comes in with its tags and its note.
  init(ours: Registry, theirs: Registry, runs: Set<Int64>, versions: Set<Int64>) throws {
    (self.ours, self.theirs) = (ours, theirs)
    try compare(Self.models) { _ in true }
    try compare(Self.experiments) { _ in true }
    try compare(Self.runs, where: runs.contains)
    try compare(Self.versions, where: versions.contains)
    try compare(Self.datasets) { _ in true }
  }

  private mutating func compare(_ kind: Kind, where isWanted: (Int64) -> Bool) throws {
    let note = "t.\(kind.noteColumn)"
    let hasTags = kind.tags.map { "EXISTS (SELECT 1 FROM \($0.table) WHERE \($0.column) = t.id)" } ?? "0"
    let hasNotes = kind.owner.map { "EXISTS (SELECT 1 FROM dated_notes WHERE subject = '\($0.rawValue)' AND subject_id = t.id)" } ?? "0"
    let annotated = try theirs.connection.query(
      "SELECT t.id, t.\(kind.identity), \(note) FROM \(kind.table) AS t WHERE \(note) IS NOT NULL OR \(hasTags) OR \(hasNotes) ORDER BY t.id"
    ) { row in (id: try row.int64(0), identity: try row.text(1), note: try row.textOrNil(2)) }
    for their in annotated where isWanted(their.id) {
      let here = try ours.connection.queryFirst(
        "SELECT t.id, \(kind.title), \(note) FROM \(kind.table) AS t WHERE t.\(kind.identity) = ?", their.identity
      ) { row in (id: try row.int64(0), title: try row.text(1), note: try row.textOrNil(2)) }
      guard let here else { continue }
      try compareNotes(kind, their.id, their.note, here.id, here.note, title: here.title)
      if let tags = kind.tags { try compare(tags, their.id, here.id, title: here.title) }
    }
  }

  private mutating func compareNotes(
    _ kind: Kind, _ theirID: Int64, _ theirNote: String?, _ id: Int64, _ note: String?, title: String
  ) throws {
    var all: [MergeNote] = []
    var added = 0
    if let owner = kind.owner {
      all = try MergeNote.all(of: owner, id, in: ours)
      var known = Set(all)
      for dated in try MergeNote.all(of: owner, theirID, in: theirs) where known.insert(dated).inserted {
        changes.append(.dated(owner: owner, id: id, dated))
        all.append(dated)
        added += 1
      }
    }
    noteCount += added
    guard let theirNote, note.map({ Name($0) }) != Name(theirNote) else { return }
    func isDated(_ text: String) -> Bool { all.contains { $0.text.hasSameBytes(as: text) } }
    func set(_ text: String) {
      changes.append(.note(table: kind.table, column: kind.noteColumn, id: id, text: text))
      if added == 0 { noteCount += 1 }
    }
    guard let note else { return set(theirNote) }
    if isDated(note), isDated(theirNote), let newest = all.map(\.at).max() {
      let newestTexts = all.filter { $0.at == newest }.map(\.text)
      if !newestTexts.contains(named: note), let text = newestTexts.last { set(text) }
    } else {
      let noun = kind.noteColumn
      keptNotes.append(MergeReport.Conflict(name: "\(noun) of \(title)", ours: note, theirs: theirNote))
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
        tagCount += 1
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

/// A dated note, which is known by all that it says.
struct MergeNote: Hashable {
  @Name var at: String
  @Name var author: String
  @Name var text: String

  /// The dated notes of a thing, oldest first.
  static func all(of owner: NoteOwner, _ id: Int64, in registry: Registry) throws -> [MergeNote] {
    try registry.datedNotes(of: owner, id: id).map { MergeNote(at: $0.at, author: $0.author ?? "", text: $0.text) }
  }
}

extension Registry {
  /// Stands in a transaction.
  func write(_ annotations: MergeAnnotations) throws {
    for change in annotations.changes {
      switch change {
      case .tag(let table, let column, let id, let key, let value):
        try connection.execute("INSERT INTO \(table) (\(column), key, value) VALUES (?, ?, ?)", id, key, value)
      case .note(let table, let column, let id, let text):
        try connection.execute("UPDATE \(table) SET \(column) = ? WHERE id = ?", text, id)
      case .dated(let owner, let id, let note): try insert(note, of: owner, id: id)
      }
    }
  }

  /// Stands in a transaction.
  func insert(_ note: MergeNote, of owner: NoteOwner, id: Int64) throws {
    try connection.execute(
      "INSERT INTO dated_notes (subject, subject_id, at, author, text) VALUES (?, ?, ?, ?, ?)", owner.rawValue, id, note.at,
      note.author.isEmpty ? nil : note.author, note.text)
  }
}
