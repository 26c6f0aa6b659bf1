import ArgumentParser
import ModelRegistry
import Tensors

struct NoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note",
    abstract: "Write a note on a version, a run, a model, a dataset or an experiment; without a text, show all of them.",
    discussion: """
      Notes are kept with their dates and authors: a new one comes behind the others, and is what lists and show call the note.  An empty
      text ("") removes the newest, and the one before it is the newest again.  A version's notes are those of its run.

      registry note 3 "converged early, try a larger net"
      registry note 3
      registry note --run 7 ""
      registry note --model cancer "for the clinic"
      registry note --dataset wine "without the outliers of 2019"
      registry note --experiment sweep "0.03 is enough"
      """)

  @Argument(
    help: "A version (3, name/3, name@champion, latest), then the text.  --run, --model, --dataset and --experiment go without one.")
  var words: [String] = []
  @Option(name: .customLong("run"), parsing: .unconditional, help: "The notes of this run.") var runNumber: Int?
  @Option(help: "The notes of this model; with a version and a text, the model that it is looked for in.") var model: String?
  @Option(help: "The notes of this dataset.") var dataset: String?
  @Option(help: "The notes of this experiment.") var experiment: String?
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    let (wanted, text) = try arguments()
    try checkText(text)
    let registry = try database.open(text == nil ? .read : .write)
    let subject = try subject(wanted, in: registry)
    if let text {
      let title = try registry.setNote(text, of: subject)
      let left = text.isEmpty ? try registry.notes(of: subject).notes : []
      let sentence =
        if !text.isEmpty {
          "Noted on \(title)"
        } else {
          left.isEmpty
            ? "Removed the note of \(title)" : "Removed the newest note of \(title): \(left.count == 1 ? "1 is" : "\(left.count) are") left"
        }
      // What was written alone is in the answer, or what is the note now.
      try output(title, text.isEmpty ? left.last?.text : text, sentence)
    } else {
      try output(registry.notes(of: subject))
    }
  }

  /// Throws for the name of a subcommand as other commands have it: it would be the text of a note.
  private func checkText(_ text: String?) throws {
    let rests = [("list", ""), ("add", " \"a text\""), ("remove", " \"\"")]
    guard let text, let rest = rests.first(where: { $0.0.hasSameBytes(as: text) })?.1 else { return }
    let subject: String
    if let runNumber {
      subject = "--run \(runNumber)"
    } else if let dataset {
      subject = "--dataset \(dataset.quotedForShell)"
    } else if let experiment {
      subject = "--experiment \(experiment.quotedForShell)"
    } else {
      subject = words.count > 1 ? words[0].quotedForShell : "--model \((model ?? "").quotedForShell)"
    }
    throw UsageError("note has no subcommand '\(text)', and takes no note of this word alone.", hint: "registry note \(subject)\(rest)")
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
    let options = [runNumber.map { "--run \($0)" }, dataset.map { "--dataset \($0)" }, experiment.map { "--experiment \($0)" }]
      .compactMap(\.self)
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
    if let experiment { return (.other(.experiment(experiment)), words.first) }
    if isNamed, let model {
      if let word = words.first, word == "latest" || !word.isEmpty && word.allSatisfy(\.isWholeNumber) {
        throw UsageError(
          "'\(word)' with '--model \(model)' may be a version or a text.", hint: "registry note \("\(model)/\(word)".quotedForShell)")
      }
      return (.other(.model(model)), words.first)
    }
    guard let version = words.first else {
      throw UsageError("note needs a version, --run, --model, --dataset or --experiment.", hint: "registry note latest \"a text\"")
    }
    try checkVersionName(version, model: model)
    return (.version(version), words.dropFirst().first)
  }

  /// All notes, oldest first.
  private func output(_ found: (title: String, notes: [NoteRecord])) throws {
    let (title, notes) = found
    switch format.format {
    case .json:
      let pairs: [(String, JSONValue)] = [
        ("subject", .string(title)), ("note", JSONValue(notes.last?.text)), ("notes", .array(notes.map(\.json))),
      ]
      try Streams.output(JSONValue.object(pairs).pretty + "\n")
    case .csv:
      let rows = notes.map { [.text(title), .text($0.text), .text($0.at), CellValue($0.author)] }
      try Streams.output(csvText(columns: ["subject", "note", "at", "author"], rows: rows))
    case .table:
      guard !notes.isEmpty else { return Streams.note("\(title) has no note.".singleLine) }
      try Streams.prose(notes.map { "\($0.heading)\n\($0.text.plainLines.indented)" }.joined())
    }
  }

  private func output(_ title: String, _ note: String?, _ sentence: String) throws {
    switch format.format {
    case .json: try Streams.output(JSONValue.object([("subject", .string(title)), ("note", JSONValue(note))]).pretty + "\n")
    case .csv: try Streams.output(csvText(columns: ["subject", "note"], rows: [[.text(title), CellValue(note)]]))
    case .table: try Streams.prose(sentence.plainLines + "\n")
    }
  }
}

extension NoteRecord {
  /// `2026-03-01 12:00:00, ann@lab`.
  var heading: String {
    guard case .text(let time) = CellValue.text(at).shortTime else { return at }
    return author.map { "\(time), \($0)".singleLine } ?? time
  }

  var json: JSONValue { .object([("at", .string(at)), ("author", JSONValue(author)), ("text", .string(text))]) }
}
