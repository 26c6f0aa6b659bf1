import ArgumentParser
import ModelRegistry
import Tensors

struct TagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag",
    abstract: "Tag a version, a run, a model or an experiment; without tags, show the ones it has.",
    discussion: """
      A value that is written as a number is stored as one, so that SQL compares it as one; all others are texts.

      registry tag 3 stage=production owner=ann priority=2
      registry tag 3 --remove stage
      registry tag 3
      registry tag --run 7 sweep=lr
      registry tag --model cancer team=clinic
      registry tag --experiment sweep owner=ann
      """)

  @Argument(
    help: "A version (3, name/3, name@champion, latest), then tags: key=value.  --run, --model and --experiment go without a version.")
  var words: [String] = []
  @Option(name: .customLong("run"), parsing: .unconditional, help: "Tag this run instead of a version.") var runNumber: Int?
  @Option(help: "The model that a version is looked for in (default: $REGISTRY_MODEL, else the only one that has it); alone, it is tagged.")
  var model: String?
  @Option(help: "Tag this experiment.") var experiment: String?
  @Option(help: "Remove the tag of this key; repeatable.") var remove: [String] = []
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    var pairs = words[...]
    // What has no = is a version.
    let version = words.first.flatMap { $0.utf8.contains(UInt8(ascii: "=")) ? nil : $0 }
    if version != nil { pairs.removeFirst() }
    try checkSubject(version)
    let tags = try pairs.map { try tag($0, of: version) }
    if let twice = (tags.map(\.key) + remove).firstRepeatedName() { throw UsageError("'\(twice)' is named twice.") }
    let isReading = tags.isEmpty && remove.isEmpty
    let registry = try database.open(isReading ? .read : .write)
    let subject = try subject(version, in: registry)
    try output(isReading ? registry.tags(of: subject) : registry.updateTags(of: subject, setting: tags, removing: remove))
  }

  private func subject(_ version: String?, in registry: Registry) throws -> TagSubject {
    if let version { return .version(try versionName(version, model: model, in: registry)) }
    if let experiment { return .experiment(experiment) }
    return runNumber.map { .run($0) } ?? .model(model ?? Registry.defaultModel)
  }

  private func checkSubject(_ version: String?) throws {
    if let experiment {
      let others = [version.map { "the version '\($0)'" }, runNumber.map { "'--run \($0)'" }, model.map { "'--model \($0)'" }]
      guard let other = others.compactMap(\.self).first else { return }
      throw UsageError("\(other) and '--experiment \(experiment)' exclude each other.", hint: "registry tag --help")
    }
    switch (version, runNumber, model) {
    case (let version?, nil, _): try checkVersionName(version, model: model)
    case (nil, _?, nil), (nil, nil, _?): return
    case (let version?, _?, _): throw UsageError("a version ('\(version)') and --run exclude each other.", hint: "registry tag --help")
    case (nil, _?, _?): throw UsageError("--run and --model exclude each other.", hint: "registry tag --help")
    case (nil, nil, nil):
      throw UsageError("tag needs a version, --run, --model or --experiment.", hint: "registry tag latest stage=production")
    }
  }

  /// `key=value`, split at the first =.
  private func tag(_ text: String, of version: String?) throws -> (key: String, value: CellValue) {
    guard let equals = text.unicodeScalars.firstIndex(of: "=") else {
      let subject =
        runNumber.map { "--run \($0)" } ?? experiment.map { "--experiment \($0.quotedForShell)" } ?? version?.quotedForShell
        ?? "--model \((model ?? Registry.defaultModel).quotedForShell)"
      let ofModel = version == nil ? "" : model.map { " --model \($0.quotedForShell)" } ?? ""
      throw UsageError(
        "'\(text)' isn't a tag: it has no '='.", hint: "registry tag \(subject) \(text.quotedForShell)=yes\(ofModel)")
    }
    return (String(text[..<equals]), CellValue(tag: String(text[text.unicodeScalars.index(after: equals)...])))
  }

  private func output(_ list: TagList) throws {
    switch format.format {
    case .json:
      let tags = JSONValue.object(list.tags.map { ($0.key, JSONValue($0.value)) })
      try Streams.output(JSONValue.object([("subject", .string(list.title)), ("tags", tags)]).pretty + "\n")
    case .csv: try Streams.output(csvText(columns: ["key", "value"], rows: list.tags.map { [.text($0.key), $0.value] }))
    case .table:
      guard !list.tags.isEmpty else { return Streams.note("\(list.title) has no tags.".singleLine) }
      try Streams.prose("\(list.title.singleLine)\n" + RunReport.lines(list.tags.map { ($0.key, $0.value) }, width: Streams.terminalWidth))
    }
  }
}

extension CellValue {
  /// A tag's value as it is written: a number where it is written as JSON writes numbers and no digit that counts would be lost, else a text.
  init(tag text: String) {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    // 007 is a name, and 12345678901234567890 has more digits than a number keeps.
    let hasPlainStart =
      digits.first?.isASCII == true && digits.first?.isWholeNumber == true
      && (digits.count == 1 || !digits.hasPrefix("0") || digits.hasPrefix("0.") || digits.hasPrefix("0e"))
    guard hasPlainStart, digits.allSatisfy({ $0.isASCII && ($0.isWholeNumber || ".eE+-".contains($0)) }) else {
      self = .text(text)
      return
    }
    if let number = Int64(text) {
      self = .integer(number)
    } else if digits.contains(where: { ".eE".contains($0) }), let number = Double(text), number.isFinite {
      self = .real(number)
    } else {
      self = .text(text)
    }
  }
}
