import ArgumentParser
import ModelRegistry
import Tensors

#if canImport(Glibc)
import Glibc
#endif

struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Record a run of any program, from JSON Lines on standard input.",
    discussion: """
      One object a line. {"step": 0, "train_loss": 0.7} is a metric at a step; {"params": {"lr": 0.1}}, {"tags": {…}}, {"note": "…"}; \
      {"file": "plot.png"} is stored with the run, {"version": "model.safetensors", "metrics": {…}, "alias": "champion"} as a version of \
      the model; {"end": "finished"} ends the run. What has come is stored within 250 ms. A wrong line is an error with its number, and \
      the rest goes on (exit code 65 at the end). Where the input ends without an end, the run is interrupted, with all that came. \
      docs/log.md has each field.

      python train.py | registry log --model xor --param lr=0.1
      registry log --run 7 < more.jsonl
      """)

  @Option(
    name: .customLong("model"),
    help: "The model that the run's versions belong to (default: $REGISTRY_MODEL, else none until a version comes).")
  var chosen: String?
  @Option(help: "A name that groups runs (default: the model's, else Default).") var experiment: String?
  @Option(help: "What the run is called.") var name: String?
  @Option(help: "The file or command that is recorded.") var source: String?
  @Option(help: "The number of the run that this one is a part of.") var parent: Int?
  @Option(help: "A param, KEY=VALUE; repeatable.") var param: [String] = []
  @Option(help: "A tag, KEY=VALUE; repeatable.") var tag: [String] = []
  @Option(help: "A note on the run.") var note: String?
  @Option(name: .customLong("run"), help: "Go on with this run, which was logged before, instead of a new one.") var known: Int?
  @Option(help: "How answers are printed: table (sentences) or json (a line each).") var format: OutputFormat = .table
  @OptionGroup var artifacts: ArtifactsOption
  @OptionGroup var database: DatabaseOption

  /// Not `validate`: what that throws is said in the words of the package that reads arguments.
  private func checkOptions() throws {
    guard format != .csv else { throw UsageError("'--format csv': log answers in sentences or in JSON.", hint: "--format json") }
    if let run = known {
      let given: [(String, Bool)] = [
        ("--model", chosen != nil), ("--experiment", experiment != nil), ("--name", name != nil), ("--source", source != nil),
        ("--parent", parent != nil),
      ]
      if let (option, _) = given.first(where: \.1) {
        throw UsageError("'\(option)' is for a new run, and '--run \(run)' goes on with one.")
      }
    }
  }

  func run() throws {
    try checkOptions()
    if isatty(STDIN_FILENO) == 1 { Streams.note("Reading JSON Lines from the terminal; Ctrl-D ends the input") }
    let params = NamedValues(try param.map { try Self.pair($0, "--param") }.map { (name: $0.key, value: ParamValue(written: $0.value)) })
    let tags = NamedValues(try tag.map { try Self.pair($0, "--tag") }.map { (name: $0.key, value: CellValue(tag: $0.value)) })
    let writer: RunWriter
    if let run = known {
      let registry = try database.open(.write)
      try artifacts.apply(to: registry)
      writer = try RunWriter(registry, continuing: run)
      try writer.set(params: params)
      try writer.set(tags: tags)
    } else {
      var info = RunInfo(model: chosenModel(chosen), experiment: experiment, name: name)
      info.source = source
      info.parentRun = parent
      if let model = info.model { try Registry.checkName(model, of: "model") }
      writer = try RunWriter(try database.create(artifacts), info, params: params, tags: tags)
    }
    if let note { try writer.add(note: note) }
    Signals.watch()
    var session = LogSession(writer, isJSON: format == .json)
    try session.announce()
    do { try Self.record(&session) } catch {
      if let report = ErrorReport(error, recording: writer.run) { throw report }
      throw error
    }
    if let signal = Signals.stop { throw StoppedLog(run: writer.run, signal: signal).report }
    if let wrong = session.wrong { throw ErrorReport("\(wrong) and did nothing; the rest is in run \(writer.run).", .badData) }
  }

  /// Reads lines until they end.
  private static func record(_ session: inout LogSession) throws {
    var input = LineInput()
    var number = 0
    var (sinceFlush, reads) = (0, 0)
    reading: while true {
      // Ctrl-C ends the program that writes, too: its last lines are waited for, unless somebody types them.
      if let signal = Signals.stop, signal != SIGINT || isatty(STDIN_FILENO) == 1 { break }
      switch try input.next(milliseconds: session.isAwaited ? 0 : 50) {
      case .end: break reading
      case .silence: try session.idle()
      case .line(let range, let isTooLong):
        number += 1
        try input.withBytes(range) { try session.take($0, number: number, isTooLong: isTooLong) }
        sinceFlush += 1
        // A program that writes a line now and then is never silent for long, and its lines are few.
        if sinceFlush >= 512 || input.reads != reads {
          try session.flushIfDue()
          (sinceFlush, reads) = (0, input.reads)
        }
      }
    }
    try session.finish(error: Signals.stop.map { "stopped by \(Signals.name($0))" })
  }

  /// `KEY=VALUE`.
  static func pair(_ text: String, _ option: String) throws -> (key: String, value: String) {
    guard let equals = text.unicodeScalars.firstIndex(of: "="), equals > text.startIndex else {
      throw UsageError("'\(option) \(text)': it is KEY=VALUE.", hint: "\(option) lr=0.1")
    }
    return (String(text[..<equals]), String(text[text.unicodeScalars.index(after: equals)...]))
  }
}

/// A signal ended the recording.
private struct StoppedLog {
  let run: Int
  let signal: Int32

  var report: ErrorReport {
    ErrorReport(
      "stopped by \(Signals.name(signal)): run \(run) has what came until then.", hint: "registry log --run \(run)",
      ErrorReport.Code(signal: signal))
  }
}
