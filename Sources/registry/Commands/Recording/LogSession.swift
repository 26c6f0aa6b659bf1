import ArgumentParser
import JSONText
import ModelRegistry
import Tensors

/// What a stream of lines does to a run, and what is answered.
struct LogSession {
  private let writer: RunWriter
  private let isJSON: Bool
  /// What is answered once all that came before it is stored.
  private var waiting: [String] = []
  private(set) var badLines = 0
  private(set) var lines = 0
  private(set) var versions = 0

  init(_ writer: RunWriter, isJSON: Bool) {
    self.writer = writer
    self.isJSON = isJSON
  }

  var hasEnded: Bool { writer.hasEnded }

  /// Says which run it is.
  func announce() throws {
    if isJSON {
      try answer([
        ("run", JSONValue(writer.run)), ("uuid", .string(writer.uuid)), ("experiment", .string(writer.experiment)),
        ("model", JSONValue(writer.model)),
      ])
    } else {
      let model = writer.model.map { " of \($0.singleLine)" } ?? ""
      try Streams.outputUnlessGone("Run \(writer.run)\(model) in experiment \(writer.experiment.singleLine)\n")
    }
  }

  /// Does what a line says.  What is wrong with it is said, and nothing of it is done.
  mutating func take(_ bytes: UnsafeRawBufferPointer, number: Int, isTooLong: Bool) throws {
    guard isTooLong || bytes.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0d }) else { return }
    lines += 1
    do {
      guard !isTooLong else { throw LogLineError("it is longer than \(LineInput.longestLine >> 20) MB") }
      guard !writer.hasEnded else { throw LogLineError("the run has ended", hint: "registry log --run \(writer.run)") }
      try apply(try LogLine(bytes), number)
    } catch let error as LogLineError {
      try refuse(number, error.message, hint: error.hint)
    } catch {
      // The run is another's, or the registry can't be written any more: no further line can do better.
      guard !Self.isFatal(error), let report = ErrorReport(error) else { throw error }
      try refuse(number, String(report.message.hasSuffix(".") ? report.message.dropLast() : report.message[...]), hint: report.hint)
    }
  }

  private static func isFatal(_ error: any Error) -> Bool {
    switch error {
    case is OutputError: return true
    case let error as StoreError:
      return error.category.isOfTheRegistry || error.category == .over || error.code == .deletedRun || error.code == .ruleBroken
    default: return false
    }
  }

  private mutating func refuse(_ line: Int, _ message: String, hint: String?) throws {
    badLines += 1
    Streams.note(ErrorReport("line \(line): \(message).", hint: hint, .badData).text)
    if isJSON { try answer([("line", JSONValue(line)), ("error", .string(message)), ("hint", JSONValue(hint))]) }
  }

  private mutating func apply(_ line: LogLine, _ number: Int) throws {
    try writer.set(params: line.params)
    if !line.tags.isEmpty { try writer.set(tags: line.tags) }
    if let note = line.note { try writer.add(note: note) }
    if let dataset = line.dataset { try writer.add(dataset: dataset) }
    for (key, value) in line.metrics { try writer.log(key, step: line.step, value, time: line.time) }
    if let file = line.file { try writer.add(file: file.path, as: file.name) }
    if let text = line.text { try writer.add(bytes: Array(text.content.utf8), as: text.name) }
    if let version = line.version { try save(version, number, line.ack) }
    if let end = line.end {
      try writer.end(end.status, error: end.error, exitCode: end.exitCode)
    }
    if let ack = line.ack, line.version == nil {
      waiting.append(#"{"ack":\#(ack.text),"line":\#(number),"run":\#(writer.run)}"# + "\n")
    }
    if let end = line.end {
      try answerWaiting()
      try sayEnd(end.status.rawValue)
    }
  }

  private mutating func save(_ version: LogLine.Version, _ line: Int, _ ack: JSONNode?) throws {
    let model = version.model ?? writer.model ?? Registry.defaultModel
    var content = LoggedVersion()
    var notes: [String] = []
    var tags = version.tags
    if let file = version.weights {
      let options: ImportedNetOptions
      do { options = try ImportedNetOptions.parse(version.netOptions) } catch {
        throw LogLineError(ImportedNetOptions.message(for: error))
      }
      let weights = try WeightsSource(file, key: version.key, model: model, options: options)
      content = LoggedVersion(weights: weights.content)
      notes = weights.notes(model: model)
      for (key, value) in weights.guessTags where tags[key] == nil { tags.append(key, value) }
    }
    content.model = version.model
    content.step = version.step
    content.metrics = version.metrics
    if let remark = version.metrics.accuracyRemark { notes.append(remark) }
    content.files = version.files
    content.tags = tags
    content.aliases = version.aliases
    content.source = version.source ?? version.weights
    content.description = version.description
    let stored = try writer.save(content)
    versions += 1
    // All that came before it is stored now.
    try answerWaiting()
    for note in notes { Streams.note("line \(line): \(note)") }
    if isJSON {
      let start = ack.map { #"{"ack":\#($0.text),"# } ?? "{"
      let guessed = tags["guessed"].map { JSONValue($0).text } ?? "null"
      try Streams.outputUnlessGone(
        start
          + #""line":\#(line),"run":\#(writer.run),"model":\#(JSONValue.string(stored.model).text),"version":\#(stored.version),"guessed":\#(guessed)}"#
          + "\n")
    } else {
      try Streams.outputUnlessGone("Stored \(stored.model.singleLine)/\(stored.version)\n")
    }
  }

  /// Stores what is due; where somebody waits for an answer, at once.
  mutating func idle() throws {
    guard !writer.hasEnded else { return }
    guard !waiting.isEmpty else { return try writer.flushIfDue() }
    try writer.flush()
    try answerWaiting()
  }

  /// Whether somebody waits for an answer.
  var isAwaited: Bool { !waiting.isEmpty }

  /// Between two lines of many: as when nothing comes, for those who wait may not be the ones who go on writing.
  mutating func flushIfDue() throws { try idle() }

  private mutating func answerWaiting() throws {
    guard !waiting.isEmpty else { return }
    if isJSON { try Streams.outputUnlessGone(waiting.joined()) }
    waiting.removeAll()
  }

  /// The input has ended, or somebody wants this to end: a run without an end is interrupted.
  mutating func finish(error: String? = nil) throws {
    if !writer.hasEnded {
      try writer.end(.interrupted, error: error)
      try answerWaiting()
      Streams.note("Run \(writer.run) is interrupted: no line said how it ends, as {\"end\": \"finished\"} does")
      try sayEnd("interrupted")
    }
  }

  /// Says how the run has ended.
  func sayEnd(_ status: String) throws {
    if isJSON {
      try answer([
        ("run", JSONValue(writer.run)), ("status", .string(status)), ("lines", JSONValue(lines)), ("bad_lines", JSONValue(badLines)),
      ])
    } else {
      let stored = versions == 0 ? "" : ", \(counted(versions, "version"))"
      let bad = badLines == 0 ? "" : ", \(badLines) of them wrong"
      try Streams.outputUnlessGone("Run \(writer.run): \(status), \(counted(lines, "line"))\(bad)\(stored)\n")
    }
  }

  private func answer(_ pairs: [(String, JSONValue)]) throws { try Streams.outputUnlessGone(JSONValue.object(pairs).text + "\n") }
}
