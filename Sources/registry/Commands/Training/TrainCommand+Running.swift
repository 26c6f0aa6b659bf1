import ModelRegistry
import Training

#if canImport(Glibc)
import Glibc
#endif

/// What a new training and a resumed one have in common: signals, progress, the result.
extension TrainCommand {
  /// Goes on with a run that was interrupted.
  func continueRun(_ run: Int) throws {
    try Self.requireAlone(CommandLine.arguments.dropFirst(2))
    let registry = try database.open(.write)
    do {
      try printed(epochs: 0) { report in
        try registry.resume(run: run, wording: wording, shouldStop: { Signals.stop != nil }, report: report)
      }
    } catch let error as StoreError where error.code == .notTrainedHere {
      let goingOn = "registry log --run \(run) --db \(registry.path.quotedForShell) goes on with it"
      throw ErrorReport("\(error.description).", hint: goingOn, .badData)
    }
  }

  /// Throws when an option is among the arguments that can't be given with --resume: the run was told already.  The parsed values
  /// don't tell an option that was given from one that wasn't.
  static func requireAlone(_ arguments: some Sequence<String>) throws {
    let allowed = ["--resume", "--db", "--format", "--quiet"]
    let names = arguments.filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) }
    if let other = names.first(where: { !allowed.contains($0) }) {
      throw UsageError(
        "'--resume' and '\(other)' exclude each other: a run goes on as it began.",
        hint: "registry train --help")
    }
  }

  /// How an error is recorded in a run.
  func wording(_ error: any Error) -> String { ErrorReport(error)?.message ?? "\(error)" }

  /// Runs a training that ends at the first signal, and prints what comes of it.  `scaling` is what helps where nothing was learnt.
  func printed(
    epochs: Int, notes: [Note] = [], scaling: () -> String? = { nil },
    _ train: (_ report: (TrainingEvent) throws -> Void) throws -> TrainingResult
  ) throws {
    let clock = ContinuousClock()
    let start = clock.now
    var report = TrainingReport(
      printsLines: format.format == .table && !quiet, remarks: !quiet, showsProgress: !quiet && Streams.errorIsTerminal, warnsOfLoss: true,
      epochs: epochs)
    Signals.watch()
    let result: TrainingResult
    do {
      defer { report.end() }
      result = try train { try report.take($0) }
    } catch let error as RunInterruption {
      throw Self.stopped(error)
    }
    let seconds = (clock.now - start) / .seconds(1)
    var remarks: [Note] = []
    if let answer = OneAnswer(result.test.scores, classes: result.classes) {
      let hint = answer.hint(result.classWeight, scaling: scaling)
      remarks = [Note(text: "of the test part \(answer.sentence).", isWarning: true, hint: hint)]
    }
    try printResult(result, seconds: seconds, notes: notes + remarks)
    Note.print(remarks)
    report.warn(of: result.train.loss, "the train loss of the stored weights is \(result.train.loss.shortText)")
  }

  /// The report of a run that a signal ended, with the code of that signal.
  private static func stopped(_ error: RunInterruption) -> any Error {
    guard let signal = Signals.stop else { return error }
    return ErrorReport(error, by: Signals.name(signal), ErrorReport.Code(signal: signal))
  }
}
