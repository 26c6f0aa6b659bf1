internal import SQLite
internal import Tensors

/// What has notes of its own, as the table `dated_notes` calls it; a version's notes are its run's.
enum NoteOwner: String {
  case model
  case run
  case dataset
  case experiment

  var table: String { "\(rawValue)s" }
}

/// A note with its date.
public struct NoteRecord: Sendable, Hashable {
  public let at: String
  /// Nil means raw SQL, or a note that was there before there were several.
  public let author: String?
  public let text: String
}

extension Registry {
  /// The notes of a thing, oldest first.
  func notes(of owner: NoteOwner, id: Int64) throws -> [NoteRecord] {
    try connection.query("SELECT at, author, text FROM dated_notes WHERE subject = ? AND subject_id = ? ORDER BY id", owner.rawValue, id) {
      row in
      NoteRecord(at: try row.text(0), author: try row.textOrNil(1), text: try row.text(2))
    }
  }

  /// Adds a note, which becomes the newest.  One that stood there before there were several keeps its place, without a date of its own.
  /// Stands in a transaction.
  func insertNote(
    _ text: String, at time: String = Timestamp.now.text, author: String? = Registry.currentActor(), of owner: NoteOwner, id: Int64
  ) throws {
    let date = owner == .run ? "started_at" : "created_at"
    try connection.execute(
      """
      INSERT INTO dated_notes (subject, subject_id, at, text)
      SELECT ?1, id, \(date), note FROM \(owner.table)
      WHERE id = ?2 AND note <> '' AND NOT EXISTS (SELECT 1 FROM dated_notes WHERE subject = ?1 AND subject_id = ?2)
      """, owner.rawValue, id)
    try connection.execute(
      "INSERT INTO dated_notes (subject, subject_id, at, author, text) VALUES (?, ?, ?, ?, ?)", owner.rawValue, id, time, author, text)
    try connection.execute("UPDATE \(owner.table) SET note = ? WHERE id = ?", text, id)
  }
}
