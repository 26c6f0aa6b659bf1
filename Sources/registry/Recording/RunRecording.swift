import ArgumentParser
import ModelRegistry
import OutputPatterns
import Tensors

#if canImport(Glibc)
import Glibc
#endif

/// What is stored of a command that has ended.  What can't be stored is warned of, and the rest is stored all the same.
struct RunRecording {
  let run: LoggedRun
  let result: CommandExecution.Result
  let sink: MetricSink
  let seconds: Double
  /// Whether the metrics were found by the default patterns.
  let isGuess: Bool
  private var fileCount = 0
  private var versions: [StoredVersion] = []
  private var notes: [String] = []
  private var warnings: [String] = []
  /// Why the run couldn't be ended.
  private var failure: ErrorReport?

  init(run: LoggedRun, result: CommandExecution.Result, sink: MetricSink, seconds: Double, isGuess: Bool) {
    (self.run, self.result, self.sink, self.seconds, self.isGuess) = (run, result, sink, seconds, isGuess)
  }

  /// The command's; where that is 0 and the run isn't stored, that error's.
  var exitCode: Int32 {
    let code = result.end.exitCode
    return code == 0 ? failure?.code.rawValue ?? 0 : code
  }

  /// How the run has ended: somebody who asked for its end, or for that of the command alone, gets what he asked for.
  private var status: RunStatus {
    switch result.end {
    case .signalled(SIGKILL): .killed
    case _ where SignalRelay.received != nil: .interrupted
    case .signalled(SIGINT), .signalled(SIGTERM), .signalled(SIGHUP), .signalled(SIGQUIT): .interrupted
    case .exited(0): .finished
    case .exited, .signalled: .failed
    }
  }

  // MARK: Storing

  private mutating func warn(_ text: String, hint: String? = nil) {
    warnings.append(text.singleLine + (hint.map { "\n  hint: \($0.singleLine)" } ?? ""))
  }

  private mutating func attempt<T>(_ what: String, _ body: () throws -> T) -> T? {
    do {
      return try body()
    } catch {
      let report = ErrorReport(error) ?? ErrorReport("\(error)", .failed)
      warn("\(what) isn't kept: \(report.message)", hint: report.hint)
      return nil
    }
  }

  /// The whole output.
  mutating func keep(_ spool: OutputSpool?) {
    if !result.isSpoolWhole {
      warn(
        "the output isn't kept\(spool.map { " behind its byte \($0.byteCount)" } ?? ""): there is no room for it on the disk.")
    }
    guard let spool else { return }
    guard spool.byteCount > 0 else { return spool.discard() }
    if attempt("output.log", { [run] in try run.add(file: spool.path, as: "output.log") }) != nil {
      fileCount += 1
      spool.discard()
    }
  }

  mutating func keep(_ artifacts: [RunFileOptions.Artifact]) {
    for artifact in artifacts {
      guard let path = artifact.path else {
        warn("'--artifact \(artifact.name)' matches no file.")
        continue
      }
      if attempt("'\(path)'", { [run] in try run.add(file: path, as: artifact.name) }) != nil { fileCount += 1 }
    }
  }

  mutating func keep(_ weights: WeightsWatch.Found, options: RunFileOptions, model: String?) {
    switch weights {
    case .missing(let path): warn("'--weights \(path)': the command wrote no such file.")
    case .untouched(let path): warn("'--weights \(path)': the command didn't write it, so it is no version of this run.")
    case .written(let path):
      let model = model ?? Registry.defaultModel
      let latest = sink.summary.latest
      let stored = attempt("'\(path)'") { [run, isGuess] () throws -> (StoredVersion, [String]) in
        let source = try WeightsSource(path, key: nil, model: model, options: try ImportedNetOptions.parse([]))
        var version = LoggedVersion(weights: source.content)
        version.metrics = NamedValues(latest.map { (name: $0.name, value: $0.value.value) })
        version.step = latest.map(\.value.step).max()
        var guesses = source.guessTags.map { (name: $0.key, value: $0.value) }
        if isGuess, !latest.isEmpty {
          let others = guesses.firstIndex { $0.name.hasSameBytes(as: "guessed") }.map { guesses.remove(at: $0).value }
          let text = if case .text(let text)? = others { text + ",metrics" } else { "metrics" }
          guesses.append((name: "guessed", value: .text(text)))
        }
        version.tags = NamedValues(guesses)
        version.aliases = options.alias.map { [$0] } ?? []
        version.source = path
        return (try run.save(version), source.notes(model: model))
      }
      if let stored {
        versions.append(stored.0)
        notes += stored.1
      }
    }
  }

  mutating func end() {
    if let error = sink.takeFailure(), (error as? StoreError)?.category.isOfTheRegistry != true {
      warn("metrics: \(ErrorReport(error)?.message ?? "\(error)")")
    }
    let code = result.end.exitCode
    let error: String? =
      switch result.end {
      case .exited(0): nil
      case .exited(let code): "exit code \(code)"
      case .signalled(let signal): "ended by signal \(signal)"
      }
    // A registry that another process holds for long: the wait is half a minute each time.
    for attempt in 1...3 {
      do {
        try run.end(status, error: status == .finished ? nil : error, exitCode: Int(code))
        return
      } catch let error as StoreError where error.code == .busy && attempt < 3 {
        continue
      } catch {
        failure = ErrorReport(error, recording: run.run) ?? ErrorReport(error) ?? ErrorReport("\(error)", .failed)
        return
      }
    }
  }

  // MARK: Saying

  func report(isQuiet: Bool, usesPatterns: Bool) {
    for warning in warnings { Streams.note("Warning: \(warning)") }
    if result.hasTooManyNames { Streams.note("Warning: the output has more than 1000 names of metrics: the others aren't kept.") }
    if let failure = result.outputFailure { Streams.note(ErrorReport(failure)?.text ?? failure.message) }
    if let failure { return Streams.note(failure.text) }
    guard !isQuiet else { return }
    for note in notes { Streams.note(note) }
    let (count, latest) = sink.summary
    let metrics =
      count == 0
      ? "no metrics" : "\(counted(latest.count, "metric")) (\(counted(count, "value"))\(isGuess ? ", guessed from the output" : ""))"
    let stored = versions.map { ", \($0.model.singleLine)/\($0.version)" }.joined()
    let time = seconds < 10 ? "\((seconds * 100).rounded() / 100)" : "\(Int(seconds.rounded()))"
    Streams.note("Run \(run.run): \(status.rawValue) after \(time) s, \(metrics), \(counted(fileCount, "file"))\(stored)")
    if count == 0, usesPatterns, fileCount > 0 {
      Streams.note("  hint: --pattern 'loss at {step} is {loss}' says what a line with metrics looks like")
    }
  }
}
