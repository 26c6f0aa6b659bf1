import ArgumentParser
import ModelRegistry
import OutputPatterns
import Tensors

#if canImport(Glibc)
import Glibc
#endif

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a command and record it: its output, its metrics, its files.",
    discussion: """
      The command is started as it stands, without a shell, and its script needs no change. Its output is shown as it comes and kept as \
      the file output.log of the run; its arguments are params (--lr 0.1), and the commit of the folder's git repository is noted. The \
      exit code is the command's. Signals go on to it, and the run is interrupted.
      Metrics are read from the output: key: value, key=value and loss 0.5 beside an epoch, step, iteration or batch; the lines of tqdm, \
      Keras, Lightning, Hugging Face, XGBoost, LightGBM and scikit-learn. Of a progress bar the last value of each step counts. Prose, \
      times, rates and percentages of progress give none. --pattern says what other lines look like: {name} is a number, {step} (or \
      {epoch}) the step, {_} anything.
      Where standard output is a terminal, the command's is one too (a pseudo-terminal), so that bars and colours stay; else it is a \
      pipe. The same goes for standard error, and they stay apart. A process that the command leaves behind is not waited for.

      registry run -- python train.py --lr 0.1 --epochs 20
      registry run --model xor --weights model.pt --alias champion --artifact 'plots/**/*.png' -- python train.py
      registry run --pattern 'Train loss at {step} is {train_loss}' -- ./train.sh
      """)

  @OptionGroup(title: "The run") var description: RunOptions
  @OptionGroup(title: "Metrics") var patterns: PatternOptions
  @OptionGroup(title: "Files, once the command has ended") var files: RunFileOptions
  @Flag(help: "No sentence of ours on standard error; warnings and errors stay.") var quiet = false
  @OptionGroup var artifacts: ArtifactsOption
  @OptionGroup var database: DatabaseOption
  @Argument(parsing: .postTerminator, help: "Behind --: the command and its arguments.") var command: [String] = []

  func run() throws {
    guard let name = command.first else {
      throw UsageError("run needs a command behind '--'.", hint: "registry run -- python train.py --lr 0.1")
    }
    // All that can be wrong is found before anything is started or made.
    let reader = try patterns.reader()
    let params = try description.params(command)
    let tags = try description.tags()
    var info = RunInfo(model: files.model(chosenModel(description.chosen)), experiment: description.experiment, name: description.name)
    if let model = info.model { try Registry.checkName(model, of: "model") }
    try files.check()
    try ChildProcess.check(name)
    let registry = try database.create(artifacts)
    LeftOutput.store(in: registry)
    let written = files.watch()

    let sink = MetricSink()
    let spool = try? OutputSpool()
    let git = GitQuestion()
    let start = ContinuousClock.now
    let execution = try CommandExecution(rawWords, reader: reader, sink: sink, spool: spool)
    (info.source, info.note) = (CommandParams.source(command), description.note)
    if let state = git?.answer() { (info.gitCommit, info.isDirty) = (state.commit, state.isDirty) }
    let run: LoggedRun
    do {
      run = try registry.startRun(info, params: params, tags: tags)
    } catch {
      // Without a run nothing of it would be kept.
      execution.terminate()
      _ = execution.wait()
      throw error
    }
    spool?.keep(besides: registry.path, uuid: run.uuid)
    sink.connect { try run.log($0.key, step: $0.step, $0.value, time: $0.time) }
    let result = execution.wait()
    // From now on a signal is for us: the first one stops the reading of weights, a second one everything.
    Signals.watch()
    var recording = RunRecording(
      run: run, result: result, sink: sink, seconds: (.now - start) / .seconds(1), isGuess: patterns.usesDefaults)
    recording.keep(spool)
    recording.keep(files.artifacts(besides: database.resolvedPath))
    for weights in written.found() { recording.keep(weights, options: files, model: info.model) }
    recording.end()
    recording.report(isQuiet: quiet, usesPatterns: patterns.isUsed)
    throw CommandExit(code: recording.exitCode)
  }

  /// The command's words as they came, whatever their bytes.
  private var rawWords: [[CChar]] {
    let all = (0..<Int(CommandLine.argc)).compactMap { CommandLine.unsafeArgv[$0] }
    let last = all.suffix(command.count).map { String(cString: $0) }
    guard last.count == command.count, zip(last, command).allSatisfy({ $0.hasSameBytes(as: $1) }) else {
      return command.map { Array($0.utf8CString) }
    }
    return all.suffix(command.count).map { Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1)) }
  }
}

/// The end of a command whose exit code is ours.
struct CommandExit: Error {
  let code: Int32
}
