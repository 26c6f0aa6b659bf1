import ModelRegistry
import OutputPatterns
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// A command that runs: its output is shown and read on a thread of its own, signals go on to it.
final class CommandExecution: Sendable {
  struct Result: Sendable {
    let end: ChildEnd
    /// Whether the spool has all of the output.
    let isSpoolWhole: Bool
    let hasTooManyNames: Bool
    /// Why our own output took no more.
    let outputFailure: OutputError?
  }

  private let result = Mutex<Result?>(nil)
  private let pid: pid_t
  /// Written once, as the last thing of `init`, before anybody else has this; its own work never reads it.
  private nonisolated(unsafe) var thread: WorkerThread?

  /// Starts a command.  Throws an `ErrorReport` with the shell's exit code where there is none.
  init(_ words: [[CChar]], reader: OutputReader, sink: MetricSink, spool: OutputSpool?) throws {
    let output = try ChildChannel(like: STDOUT_FILENO)
    let error = try ChildChannel(like: STDERR_FILENO)
    SignalRelay.watch()
    do {
      pid = try ChildProcess.start(
        words, output: output.writing, error: error.writing, environment: Self.environment(isTerminal: output.isTerminal))
    } catch let error as SystemError {
      throw ErrorReport(notStarted: words[0].withUnsafeBufferPointer { String(cString: $0.baseAddress!) }, code: error.code)
    }
    SignalRelay.begin(pid, output: output.isTerminal ? output.reading : nil, error: error.isTerminal ? error.reading : nil)
    close(output.writing)
    close(error.writing)

    let (readingEnd, writingEnd) = try Pipe.open()
    let (child, shared) = (pid, EndBox())
    let waiter = try Self.thread {
      let end = ChildProcess.wait(for: child) { SignalRelay.end() }
      shared.end.withLock { $0 = end }
      close(writingEnd)
    }
    thread = try Self.thread { [self] in
      var pump = OutputPump(
        output: output.reading, error: error.reading, ending: readingEnd, taker: OutputRecorder(reader, sink, spool))
      var recorder = pump.run()
      recorder.finish()
      waiter.join()
      close(readingEnd)
      result.withLock {
        $0 = Result(
          end: shared.end.withLock { $0 } ?? .exited(1), isSpoolWhole: recorder.isSpoolWhole, hasTooManyNames: recorder.hasTooManyNames,
          outputFailure: pump.failure)
      }
    }
  }

  private static func thread(_ body: @escaping @Sendable () -> Void) throws -> WorkerThread {
    guard let thread = WorkerThread(body) else {
      throw ErrorReport("the system has no room for another thread.", hint: "ulimit -u", .failed)
    }
    return thread
  }

  private final class EndBox: Sendable {
    let end = Mutex<ChildEnd?>(nil)
  }

  /// Asks it to end.
  func terminate() { kill(pid, SIGTERM) }

  /// Waits for the end of the command, and for all its output to be shown.
  func wait() -> Result {
    thread?.join()
    return result.withLock { $0 } ?? Result(end: .exited(1), isSpoolWhole: false, hasTooManyNames: false, outputFailure: nil)
  }

  /// Python keeps what it prints into a pipe until it has 8 KB: metrics would come late.
  private static func environment(isTerminal: Bool) -> [String]? {
    let own = ChildProcess.environment
    return isTerminal || own.contains { $0.hasPrefix("PYTHONUNBUFFERED=") } ? nil : own + ["PYTHONUNBUFFERED=1"]
  }
}

extension ErrorReport {
  /// Of a command that can't be started, with the exit code that shells have for it.
  init(notStarted name: String, code: Int32) {
    switch code {
    case ENOENT where !name.utf8.contains(UInt8(ascii: "/")):
      self.init("there is no command '\(name)'.", hint: "command -v \(name.quotedForShell)", .noCommand)
    case ENOENT where access(name, F_OK) != 0:
      self.init("there is no command '\(name)'.", hint: "ls -l \(name.quotedForShell)", .noCommand)
    case ENOENT:
      self.init(
        "'\(name)' can't be started: the program that its first line names isn't there.", hint: "head -n 1 \(name.quotedForShell)",
        .cannotExecute)
    case ENOEXEC:
      self.init(
        "'\(name)' can't be started: it is neither a program nor a script with a first line such as #!/bin/sh.",
        hint: "sh \(name.quotedForShell)", .cannotExecute)
    case EACCES:
      self.init("'\(name)' can't be started: permission denied.", hint: "ls -ld \(name.quotedForShell)", .cannotExecute)
    default:
      self.init("'\(name)' can't be started: \(String(cString: strerror(code))).", .cannotExecute)
    }
  }
}
