import Foundation
import TestSupport
import Testing

struct ResumeCommandTests {
  /// Long enough for a signal to find it.
  static let training = "--hidden 32 --epochs 10000000 --batch-size 20"

  struct Stop: Sendable, CustomTestStringConvertible {
    let signal: String
    let code: Int
    var testDescription: String { signal }
  }

  static let stops = [Stop(signal: "INT", code: 130), Stop(signal: "TERM", code: 143), Stop(signal: "HUP", code: 129)]

  /// Starts a training and sends it a signal once it has printed its first line.
  private func signalled(_ program: Program, _ signal: String, _ arguments: String) throws -> ProcessResult {
    // A shell's background job ignores SIGINT unless told otherwise, and a program keeps what it finds ignored.
    try program.shell(
      """
      env --default-signal=INT $registry train \(arguments) >out 2>err &
      pid=$!
      while ! [ -s out ]; do sleep 0.01; done
      kill -\(signal) $pid; wait $pid; echo $?; cat err >&2
      """)
  }

  @Test("a signal ends a training with a checkpoint, its own exit code and the way to go on", arguments: stops)
  func signals(stop: Stop) throws {
    let program = try Program()
    let result = try signalled(program, stop.signal, Self.training)
    #expect(result.stdout == "\(stop.code)\n")
    let lines = result.stderr.split(separator: "\n").map(String.init)
    try #require(lines.count == 2, "\(result.stderr)")
    let epochs = try #require(lines[0].firstMatch(of: /after (\d+) of 10000000 epochs/)).1
    #expect(
      lines[0] == "Error: stopped by SIG\(stop.signal) after \(epochs) of 10000000 epochs: run 1 in registry.db can go on from there.")
    #expect(lines[1] == "  hint: registry train --resume 1 --db registry.db")
    let run = try program("show", "--run", "1", "--format", "json").json()
    #expect(run.status == .string("interrupted") && run.ended_at?.string != nil)
    #expect(run.train_loss?.array.count ?? 0 == Int(epochs), "every epoch that ran is there")
  }

  @Test("a signal in a training that was stopped already ends it at once")
  func twice() throws {
    let program = try Program()
    // Stopped, it can't follow the first signal before the next one comes.
    let result = try program.shell(
      """
      env --default-signal=INT $registry train --hidden 1 --epochs 100000000 >out 2>err &
      pid=$!
      while ! [ -s registry.db ]; do sleep 0.01; done
      kill -STOP $pid; kill -INT $pid; kill -INT $pid; kill -TERM $pid; kill -CONT $pid; wait $pid; echo $?
      """)
    // SIGINT and SIGTERM are delivered together: the second that is handled kills.
    #expect(["130\n", "143\n"].contains(result.stdout))
    #expect(try String(contentsOfFile: program.folder.path("err"), encoding: .utf8) == "")
  }

  @Test("what is ignored stays ignored: nohup")
  func ignored() throws {
    let program = try Program()
    let result = try program.shell(
      """
      env --ignore-signal=HUP $registry train \(Self.training) >out 2>err &
      pid=$!
      while ! [ -s out ]; do sleep 0.01; done
      kill -HUP $pid; sleep 0.3; kill -TERM $pid; wait $pid; echo $?
      """)
    #expect(result.stdout == "143\n")
  }

  @Test("of two that resume a run at once, one wins")
  func twoResumers() throws {
    let program = try Program()
    let result = try program.shell(
      """
      # A longer one where it was over before it was killed.
      for epochs in 20000 80000 320000; do
        rm -f registry.db
        $registry train --hidden 32 --epochs $epochs >out 2>err & pid=$!
        # The file is there before the run: killed in between, there would be nothing to resume.
        until $registry show --run 1 >seen 2>&1; do kill -0 $pid || break; done
        kill -KILL $pid; wait $pid
        $registry list runs --columns status --format csv | grep -q interrupted && break
      done
      ( $registry train --resume 1 --format json >out1 2>err1; echo $? >code1 ) &
      ( $registry train --resume 1 --format json >out2 2>err2; echo $? >code2 ) &
      wait; cat code1 code2
      """)
    // The other finds it alive, or, if it comes very late, finished.
    let codes = result.stdout.split(separator: "\n").map(String.init).sorted()
    #expect(codes == ["0", "75"] || codes == ["0", "1"], "\(codes)")
    let run = try program("show", "--run", "1", "--format", "json").json()
    #expect(run.status == .string("finished") && run.train_loss?.array.count == Int(run.params?.epochs?.number ?? 0))
    #expect(try program("list", "--format", "json").json().array.count == 1)
    #expect(try program("reproduce", "1").status == 0)
  }

  @Test("a resumed training prints the lines that are left, and the same result")
  func output() throws {
    // A longer one where the signal came after the end.
    var (program, epochs, stopped) = (try Program(), 5000, ProcessResult(status: 0, stdout: "", stderr: ""))
    repeat {
      (program, epochs) = (try Program(), epochs * 4)
      stopped = try signalled(program, "TERM", "--hidden 32 --batch-size 20 --epochs \(epochs)")
    } while stopped.stdout == "0\n"
    try #require(stopped.stdout == "143\n", "\(stopped)")
    let result = try program("train", "--resume", "1")
    #expect(result.status == 0)
    let told = try #require(result.errorLine.firstMatch(of: /^Run 1 goes on after (\d+) of (\d+) epochs.$/))
    #expect(Int(told.2) == epochs)
    let whole = try program("train", "--db", "whole.db", "--hidden", "32", "--batch-size", "20", "--epochs", "\(epochs)").lines
    let left = whole.dropLast().filter { line in
      guard let epoch = line.firstMatch(of: /^Train loss at (\d+) is .+$/)?.1 else { return line.hasPrefix("After") }
      return Int(epoch)! >= Int(told.1)!
    }
    #expect(Array(result.lines.dropLast()) == left)
    #expect(result.lines.last?.hasPrefix("Stored neural-net/1: run 1, dataset blobs-seed0, accuracy 1, in registry.db") == true)
  }

  @Test(
    "--resume stands alone",
    arguments: ["--epochs 5", "--seed=0", "--csv x.csv", "--model m", "--from 1", "--standardize", "--samples 80"])
  func alone(option: String) throws {
    let words = option.split(separator: " ").map(String.init)
    let name = words[0].prefix { $0 != "=" }
    let result = try Program()(["train", "--resume", "1"] + words)
    #expect(result.status == 64)
    #expect(result.errorLine == "Error: '--resume' and '\(name)' exclude each other: a run goes on as it began.")
  }

  @Test("a run that can't be resumed is told, with its exit code")
  func refused() throws {
    let program = try Program(copying: Shared.tutorial().program)
    try Refusal(
      "train", "--resume", "2", code: 1,
      error: "run 2 in registry.db is finished (neural-net/2 came of it): there is nothing to resume.",
      hint: "registry train --from neural-net/2 --db registry.db"
    ).check(in: program)
    try Refusal(
      "train", "--resume", "9", code: 66, error: "no run 9 in registry.db (newest is 3).", hint: "registry list runs --db registry.db"
    ).check(in: program)
    try Refusal("train", "--resume", "1", "--db", "none.db", code: 66, error: "there is no registry 'none.db'.").check(in: program)
  }

  @Test("a device is refused before anything is trained")
  func device() throws {
    let result = try Program()("train", "--db", "/dev/null", "--epochs", "100000000")
    #expect(result.status == 65 && result.stdout == "")
    #expect(result.stderr == "Error: '/dev/null' is not a registry: it isn't a SQLite database.\n")
  }
}
