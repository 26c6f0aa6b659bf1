/// A sentence on standard error about what succeeded; also among the `notes` of a result in JSON.
struct Note {
  let text: String
  /// Whether it is likely to be a slip: said with --quiet too.
  var isWarning = false
  var hint: String?

  private var sentence: String { (isWarning ? "Warning: " : "") + text }

  /// Says them, of quiet commands the warnings alone.
  static func print(_ notes: [Note], isQuiet: Bool = false) {
    for note in notes where note.isWarning || !isQuiet {
      Streams.note(note.sentence.singleLine + (note.hint.map { "\n  hint: \($0.singleLine)" } ?? ""))
    }
  }

  static func json(_ notes: [Note]) -> JSONValue { .array(notes.map { .string($0.sentence) }) }
}
