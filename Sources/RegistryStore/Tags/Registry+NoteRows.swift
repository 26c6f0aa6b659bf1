internal import SQLite
internal import Tensors

/// What has notes of its own, as the table `dated_notes` calls it; a version's notes are its run's.
enum NoteOwner: String {
  case model
  case run
  case dataset
  case experiment

  var table: String { "\(rawValue)s" }

  /// The column with the date since when it is there.
  var date: String { self == .run ? "started_at" : "created_at" }
}

/// A note with its date.
public struct NoteRecord: Sendable, Hashable {
  public let at: String
  /// Nil means raw SQL, or a note that was there before there were several.
  public let author: String?
  public let text: String
}

extension Registry {
  /// The notes of a thing, oldest first.  One that plain SQL wrote, or that stood there before there were several, has no author, and the
  /// date of what is before it.
  func notes(of owner: NoteOwner, id: Int64) throws -> [NoteRecord] {
    var notes = try datedNotes(of: owner, id: id)
    let own = try connection.queryFirst("SELECT note, \(owner.date) FROM \(owner.table) WHERE id = ?", id) { row in
      (text: try row.textOrNil(0) ?? "", date: try row.text(1))
    }
    if let own, !own.text.isEmpty, notes.last.map({ !$0.text.hasSameBytes(as: own.text) }) ?? true {
      notes.append(NoteRecord(at: notes.last?.at ?? own.date, author: nil, text: own.text))
    }
    return notes
  }

  /// Those of them that stand in `dated_notes`.
  func datedNotes(of owner: NoteOwner, id: Int64) throws -> [NoteRecord] {
    try connection.query(
      "SELECT at, author, text FROM dated_notes WHERE subject = ? AND subject_id = ? ORDER BY id", owner.rawValue, id
    ) { row in NoteRecord(at: try row.text(0), author: try row.textOrNil(1), text: try row.text(2)) }
  }

  /// Removes the newest note; the one before it becomes the newest.  Stands in a transaction.
  func removeNewestNote(of owner: NoteOwner, id: Int64) throws {
    let newest = "(SELECT max(id) FROM dated_notes WHERE subject = ?1 AND subject_id = ?2)"
    // One that is dated goes where it is the newest: plain SQL may have written another since.
    try connection.execute(
      "DELETE FROM dated_notes WHERE id = \(newest) AND text = (SELECT note FROM \(owner.table) WHERE id = ?2)", owner.rawValue, id)
    try connection.execute(
      "UPDATE \(owner.table) SET note = (SELECT text FROM dated_notes WHERE id = \(newest)) WHERE id = ?2", owner.rawValue, id)
  }

  /// Adds a note, which becomes the newest.  One that stood there before there were several keeps its place, without a date of its own.
  /// Stands in a transaction.
  func insertNote(
    _ text: String, at time: String = Timestamp.now.text, author: String? = Registry.currentActor(), of owner: NoteOwner, id: Int64
  ) throws {
    try connection.execute(
      """
      INSERT INTO dated_notes (subject, subject_id, at, text)
      SELECT ?1, id, \(owner.date), note FROM \(owner.table)
      WHERE id = ?2 AND note <> '' AND NOT EXISTS (SELECT 1 FROM dated_notes WHERE subject = ?1 AND subject_id = ?2)
      """, owner.rawValue, id)
    try connection.execute(
      "INSERT INTO dated_notes (subject, subject_id, at, author, text) VALUES (?, ?, ?, ?, ?)", owner.rawValue, id, time, author, text)
    try connection.execute("UPDATE \(owner.table) SET note = ? WHERE id = ?", text, id)
  }
}
