import ArgumentParser
import CWriteBack
import ModelRegistry

#if canImport(Glibc)
import Glibc
#endif

/// The program: reads the arguments, runs a command, and gives every error its words and its exit code.
@main
struct Program {
  static func main() {
    // A reader that goes away ends us by an error that we see, not by a signal: a training is stored all the same.
    signal(SIGPIPE, SIG_IGN)
    // So does a file that may not grow any more (`ulimit -f`): the write fails, and what was begun is rolled back.
    signal(SIGXFSZ, SIG_IGN)
    Registry.ownProcess()
    // Behind that: what it does begins to use SQLite.
    write_back_early()
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      if let report = RootCommand.misplacedHelp(arguments) { throw report }
      if arguments == ["--version"] {
        try Streams.output("registry \(programVersion)\n")
      } else {
        var command = try RootCommand.parseAsRoot(arguments)
        try command.run()
      }
    } catch {
      exit(report(error, arguments))
    }
  }

  /// Says what went wrong, and gives the exit code.
  private static func report(_ error: any Error, _ arguments: [String]) -> Int32 {
    if let error = error as? OutputError, error.isBrokenPipe { return 128 + SIGPIPE }
    if let exit = error as? CommandExit { return exit.code }
    if let report = ErrorReport(error) {
      Streams.note(report.text)
      return report.code.rawValue
    }
    // Everything else that isn't the argument parser's own is a fault of ours.
    guard String(reflecting: type(of: error)).hasPrefix("ArgumentParser.") else {
      let report = ErrorReport("\(error)", .failed)
      Streams.note(report.text)
      return report.code.rawValue
    }
    guard RootCommand.exitCode(for: error).isSuccess else {
      let report =
        RootCommand.missingSeparator(in: arguments) ?? RootCommand.unknownOption(in: arguments)
        ?? ErrorReport(parserMessage: RootCommand.message(for: error), of: NamedCommand(in: arguments))
      Streams.note(report.text)
      return report.code.rawValue
    }
    // Help that was asked for.
    do {
      try Streams.prose(RootCommand.fullMessage(for: error) + "\n")
      return 0
    } catch {
      return report(error, arguments)
    }
  }
}

struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "registry",
    abstract: "A model registry in one SQLite file.",
    discussion: """
      Trains nets, keeps every run, loss, dataset and version of the weights, lists them and predicts with any of them.

      registry train --seed 3
      registry list --order-by test_loss
      registry predict --version 3 -1 1
      """,
    subcommands: [
      TrainCommand.self, ListCommand.self, ShowCommand.self, PredictCommand.self, EvaluateCommand.self, DatasetCommand.self,
      PlotCommand.self, CompareCommand.self, LogCommand.self, RunCommand.self,
      ImportCommand.self, ImportRunsCommand.self, ExportCommand.self, ArtifactCommand.self, AliasCommand.self, TagCommand.self,
      NoteCommand.self,
      RenameCommand.self,
      DeleteCommand.self, RestoreCommand.self, GarbageCommand.self,
      SQLCommand.self,
      ReproduceCommand.self,
      VerifyCommand.self, BackupCommand.self, MergeCommand.self, MigrateCommand.self,
    ])
}
