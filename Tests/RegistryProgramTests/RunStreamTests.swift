import Foundation
import TestSupport
import Testing

/// What `registry run` does with the streams of a command.
struct RunStreamTests {
  /// The bytes of a run's output.log, as the stock shell reads them.
  static func log(_ program: Program, run: Int = 1, _ file: String = "registry.db") throws -> Data {
    let query = """
      SELECT writefile('log.bin', coalesce((SELECT group_concat(hex(data), '') FROM (SELECT p.data FROM run_files AS f
        JOIN content_pieces AS p ON p.content_id = f.content_id WHERE f.run_id = \(run) AND f.path = 'output.log' ORDER BY p.position)), ''))
      """
    #expect(try program.command(["sqlite3", file, query]).stderr == "")
    let hex = try #require(FileManager.default.contents(atPath: program.folder.path("log.bin")))
    var bytes = Data(capacity: hex.count / 2)
    func digit(_ byte: UInt8) -> UInt8 { byte < 0x40 ? byte - 0x30 : byte - 0x37 }
    for index in stride(from: hex.startIndex, to: hex.endIndex - 1, by: 2) { bytes.append(digit(hex[index]) << 4 | digit(hex[index + 1])) }
    return bytes
  }

  static let commands: [(words: [String], out: String, err: String)] = [
    (["sh", "-c", "echo out; echo err >&2"], "out\n", "err\n"),
    (["printf", "no end"], "no end", ""),
    (["printf", "a\\r\\nb\\rc"], "a\r\nb\rc", ""),
    (["printf", "%s|", "two words", "", "*", "$HOME", "--", "--help", "-"], "two words||*|$HOME|--|--help|-|", ""),
    (["cat"], "from standard input", ""),
    (["true"], "", ""),
    (["sh", "-c", "exec >&-; sleep 0.1; echo err >&2"], "", "err\n"),
    (["sh", "-c", "exec 2>&-; echo out"], "out\n", ""),
  ]

  @Test("a command's streams come through as they are, and stay apart", arguments: commands)
  func streams(command: (words: [String], out: String, err: String)) throws {
    let program = try Program()
    let result = try program(["run", "--quiet", "--"] + command.words, input: "from standard input")
    #expect(result == ProcessResult(status: 0, stdout: command.out, stderr: command.err))
    let stored = try Self.log(program)
    #expect(stored.count == command.out.utf8.count + command.err.utf8.count)
    if command.err.isEmpty { #expect(String(decoding: stored, as: UTF8.self) == command.out) }
  }

  @Test("what is written is kept in its order of arrival")
  func order() throws {
    let program = try Program()
    let script = "for i in 1 2 3 4 5; do echo out$i; sleep 0.03; echo err$i >&2; sleep 0.03; done"
    #expect(try program("run", "--quiet", "--", "sh", "-c", script).status == 0)
    let expected = (1...5).map { "out\($0)\nerr\($0)\n" }.joined()
    #expect(String(decoding: try Self.log(program), as: UTF8.self) == expected)
  }

  @Test("binary output of any size comes through and is kept byte for byte", arguments: [1, 65_536, 3_000_001])
  func binary(count: Int) throws {
    let program = try Program()
    let script = "import os, sys; d = os.urandom(\(count)); open('written', 'wb').write(d); sys.stdout.buffer.write(d)"
    let result = try program.shell("$registry run --quiet -- python3 -c \"\(script)\" > shown; echo $?; cmp written shown")
    #expect(result == ProcessResult(status: 0, stdout: "0\n", stderr: ""))
    #expect(try Self.log(program) == FileManager.default.contents(atPath: program.folder.path("written")))
  }

  @Test("a hundred megabytes of output cost no memory, and are kept")
  func large() throws {
    let program = try Program()
    let result = try program.shell(
      "ulimit -v 1000000; $registry run --quiet --no-patterns -- head -c 100000000 /dev/zero | tr '\\0' x | wc -c; echo $?")
    #expect(result.stderr == "")
    #expect(result.stdout == "100000000\n0\n")
    let size = "SELECT byte_count FROM run_files JOIN contents ON contents.id = content_id WHERE path = 'output.log'"
    #expect(try program.command(["sqlite3", "registry.db", size]).stdout == "100000000\n")
  }

  @Test("a command that writes faster than we are read waits, and nothing is lost")
  func slowReader() throws {
    let program = try Program()
    let line = "$registry run --quiet -- sh -c 'seq 1 200000; echo loss: 0.5 >&2'"
    let result = try program.shell("\(line) 2>err | { sleep 1; tail -n 1; }; cat err")
    #expect(result == ProcessResult(status: 0, stdout: "200000\nloss: 0.5\n", stderr: ""))
    #expect(try program.command(["sqlite3", "registry.db", "SELECT status FROM runs"]).stdout == "finished\n")
  }

  @Test("a reader that goes away doesn't end the command: all of its output is kept")
  func readerGone() throws {
    let program = try Program()
    let result = try program.shell("$registry run --quiet -- seq 1 100000 | head -n 1")
    #expect(result == ProcessResult(status: 0, stdout: "1\n", stderr: ""))
    // The shell doesn't wait for the first of a pipeline.
    try program.waitUntil("SELECT status FROM runs", is: "finished\n")
    #expect(try Self.log(program).suffix(13) == Data("99999\n100000\n".utf8))
  }

  @Test("a process that the command leaves behind is not waited for")
  func grandchild() throws {
    let program = try Program()
    // Python passes on no file of ours: what is left behind would hold it.
    let script = """
      import subprocess, sys, time
      start = time.time()
      words = ["run", "--quiet", "--", "sh", "-c", "(trap '' HUP; sleep 20; echo late) & echo done"]
      result = subprocess.run([sys.argv[1], *words], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
      print(result.returncode, result.stdout, time.time() - start < 10)
      """
    let result = try program.command(["python3", "-c", script, try Program.path()])
    #expect(result == ProcessResult(status: 0, stdout: "0 b'done\\n' True\n", stderr: ""))
    #expect(try program.command(["sqlite3", "registry.db", "SELECT status FROM runs"]).stdout == "finished\n")
  }

  @Test("two commands at once record into one file, and each has its own")
  func two() throws {
    let program = try Program()
    #expect(try program("run", "--quiet", "--", "true").status == 0)
    let loop = "for i in 1 2 3 4 5 6 7 8; do echo epoch $i loss: $1.$i; sleep 0.05; done"
    let line = "$registry run --quiet --name r$n -- sh -c '\(loop)' x $n >out$n"
    let result = try program.shell("for n in 1 2 3 4; do \(line) & done; wait")
    #expect(result == ProcessResult(status: 0, stdout: "", stderr: ""))
    let query = """
      SELECT name, status, (SELECT group_concat(value) FROM (SELECT value FROM metrics WHERE run_id = runs.id ORDER BY step)) FROM runs
      WHERE name IS NOT NULL ORDER BY name
      """
    let expected = (1...4).map { n in "r\(n)|finished|" + (1...8).map { "\(n).\($0)" }.joined(separator: ",") }.joined(separator: "\n")
    #expect(try program.command(["sqlite3", "registry.db", query]).stdout == expected + "\n")
    #expect(try program("verify").status == 0)
  }

  @Test("on a terminal the command's streams are terminals of the same size, byte for byte; in a pipe they are none")
  func terminal() throws {
    let program = try Program()
    let script = "import os, sys; print(os.isatty(1), os.isatty(2), os.get_terminal_size(1).columns if os.isatty(1) else 0)"
    let result = try onTerminal(93, ["run", "--quiet", "--", "python3", "-c", script], in: program)
    #expect(result == ProcessResult(status: 0, stdout: "True True 93\n", stderr: ""))
    #expect(String(decoding: try Self.log(program), as: UTF8.self) == "True True 93\n")
    #expect(try program("run", "--quiet", "--", "python3", "-c", script).stdout == "False False 0\n")
    let apart = try onTerminal(80, ["run", "--quiet", "--", "sh", "-c", "echo out; echo err >&2; printf 'a\\rb'"], in: program)
    #expect(apart == ProcessResult(status: 0, stdout: "out\na\rb", stderr: "err\n"))
  }
}

extension Program {
  /// Waits for an answer of the stock shell, which anyone may ask while a run goes on.
  func waitUntil(_ query: String, is answer: String, _ file: String = "registry.db", within: Duration = .seconds(30)) throws {
    let end = ContinuousClock.now + within
    var last = ""
    while ContinuousClock.now < end {
      last = try command(["sqlite3", "-cmd", ".timeout 5000", file, query]).stdout
      if last == answer { return }
      usleep(20_000)
    }
    Issue.record("\(query): \(last), not \(answer)")
  }
}
