import ArgumentParser
import ModelRegistry
import OutputPatterns

#if canImport(Glibc)
import Glibc
#endif

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "run", abstract: "Run a command and record it.")
  @Argument(parsing: .postTerminator, help: "The command and its arguments.") var command: [String]
  @Option var pattern: [String] = []
  func run() throws {
    let sink = MetricSink()
    let spool = try? OutputSpool()
    let git = GitQuestion()
    let execution = try CommandExecution(
      command.map { Array($0.utf8CString) },
      reader: OutputReader(patterns: pattern.map { try LinePattern($0) }, usesDefaults: pattern.isEmpty), sink: sink, spool: spool)
    Streams.note("git \(String(describing: git?.answer()))")
    Streams.note("params \(CommandParams.params(command)) \(CommandParams.source(command))")
    sink.connect { Streams.note("\($0)") }
    let result = execution.wait()
    Streams.note("\(result) spool \(spool?.byteCount ?? -1)")
    throw CommandExit(code: result.end.exitCode)
  }
}

/// The end of a command whose exit code is ours.
struct CommandExit: Error {
  let code: Int32
}
