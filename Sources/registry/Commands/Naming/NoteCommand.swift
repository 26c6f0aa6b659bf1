import ArgumentParser
import ModelRegistry

struct NoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note",
    abstract: "Write a note on a version, a run, a model or a dataset; without a text, show it.",
    discussion: """
      A new note replaces the old one, an empty one ("") removes it.  A version's note is that of its run.

      registry note 3 "converged early, try a larger net"
      registry note 3
      registry note --run 7 ""
      registry note --model cancer "for the clinic"
      registry note --dataset wine "without the outliers of 2019"
      """)

  @Argument(help: "A version (3, name/3, name@champion, latest), then the text.  --run, --model and --dataset go without a version.")
  var words: [String] = []
  @Option(name: .customLong("run"), parsing: .unconditional, help: "The note of this run.") var runNumber: Int?
  @Option(help: "The note of this model; with a version and a text, the model that it is looked for in.") var model: String?
  @Option(help: "The note of this dataset.") var dataset: String?
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    let (wanted, text) = try arguments()
    let registry = try database.open(text == nil ? .read : .write)
    let subject = try subject(wanted, in: registry)
    if let text {
      let title = try registry.setNote(text, of: subject)
      try output(title, text.isEmpty ? nil : text, text.isEmpty ? "Removed the note of \(title)" : "Noted on \(title)")
    } else {
      let (title, note) = try registry.note(of: subject)
      if note == nil, format.format == .table { return Streams.note("\(title) has no note.".singleLine) }
      try output(title, note, note ?? "")
    }
  }

  /// What the note is of, before the file is opened.
  private enum Wanted {
    case version(String)
    case other(NoteSubject)
  }

  private func subject(_ wanted: Wanted, in registry: Registry) throws -> NoteSubject {
    switch wanted {
    case .version(let text): .version(try versionName(text, model: model, in: registry))
    case .other(let subject): subject
    }
  }

  private func arguments() throws -> (Wanted, text: String?) {
    let options = [runNumber.map { "--run \($0)" }, dataset.map { "--dataset \($0)" }].compactMap(\.self)
    if options.count > 1 { throw UsageError("'\(options[0])' and '\(options[1])' exclude each other.", hint: "registry note --help") }
    if let option = options.first, let model { throw UsageError("'\(option)' and '--model \(model)' exclude each other.") }
    // A version is one word more.
    let isNamed = !options.isEmpty || model != nil && words.count < 2
    guard words.count <= (isNamed ? 1 : 2) else {
      throw UsageError(
        "'\(words[isNamed ? 1 : 2])' is one argument too many: a text with spaces stands in quotes.", hint: "registry note --help")
    }
    if let runNumber { return (.other(.run(runNumber)), words.first) }
    if let dataset { return (.other(.dataset(dataset)), words.first) }
    if isNamed, let model {
      if let word = words.first, word == "latest" || !word.isEmpty && word.allSatisfy(\.isWholeNumber) {
        throw UsageError(
          "'\(word)' with '--model \(model)' may be a version or a text.", hint: "registry note \("\(model)/\(word)".quotedForShell)")
      }
      return (.other(.model(model)), words.first)
    }
    guard let version = words.first else {
      throw UsageError("note needs a version, --run, --model or --dataset.", hint: "registry note latest \"a text\"")
    }
    try checkVersionName(version, model: model)
    return (.version(version), words.dropFirst().first)
  }

  private func output(_ title: String, _ note: String?, _ sentence: String) throws {
    switch format.format {
    case .json: try Streams.output(JSONValue.object([("subject", .string(title)), ("note", JSONValue(note))]).pretty + "\n")
    case .csv: try Streams.output(csvText(columns: ["subject", "note"], rows: [[.text(title), CellValue(note)]]))
    case .table: try Streams.prose(sentence.plainLines + "\n")
    }
  }
}
