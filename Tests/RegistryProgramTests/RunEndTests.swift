import Foundation
import TestSupport
import Testing

/// How `registry run` ends: exit codes, signals, kills.
struct RunEndTests {
  static let ends: [(script: String, code: Int32, status: String, error: String)] = [
    ("exit 0", 0, "finished", ""), ("exit 3", 3, "failed", "exit code 3"), ("exit 255", 255, "failed", "exit code 255"),
    ("kill -9 $$", 137, "killed", "ended by signal 9"), ("kill -TERM $$", 143, "interrupted", "ended by signal 15"),
    ("kill -INT $$", 130, "interrupted", "ended by signal 2"), ("kill -SEGV $$", 139, "failed", "ended by signal 11"),
  ]

  @Test("the exit code is the command's, and the run says how it ended", arguments: ends)
  func end(end: (script: String, code: Int32, status: String, error: String)) throws {
    let program = try Program()
    #expect(try program("run", "--quiet", "--", "sh", "-c", end.script) == ProcessResult(status: end.code, stdout: "", stderr: ""))
    let row = try program.command(["sqlite3", "registry.db", "SELECT kind, status, exit_code, coalesce(error, '') FROM runs"]).stdout
    #expect(row == "log|\(end.status)|\(end.code)|\(end.error)\n")
    #expect(try program("verify").status == 0)
  }

  @Test("a command that can't be started is an error with the shell's exit code, and nothing is made")
  func notStarted() throws {
    let program = try Program()
    try program.folder.write("plain", "hello")
    let cases: [([String], Int32, String)] = [
      (["no-such-command"], 127, "there is no command 'no-such-command'."), (["./nothing"], 127, "there is no command './nothing'."),
      (["./plain"], 126, "'./plain' can't be started: permission denied."), (["./"], 126, "'./' can't be started: permission denied."),
      ([""], 127, "there is no command ''."),
    ]
    for (words, code, message) in cases {
      let result = try program(["run", "--"] + words)
      #expect(result.status == code && result.stdout == "")
      #expect(result.stderr.hasPrefix("Error: \(message)\n  hint: "), "\(result.stderr)")
    }
    #expect(try program.files().keys.sorted() == ["plain"])
    for (text, reason) in [("hello", "neither a program nor a script"), ("#!/no/such/program\n", "the program that its first line names")] {
      try program.folder.write("plain", text)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.folder.path("plain"))
      let result = try program("run", "--", "./plain")
      #expect(result.status == 126 && result.stderr.contains(reason), "\(result.stderr)")
      #expect(try program.files().keys.sorted() == ["plain"])
    }
  }

  @Test("signals go on to the command, whose end is ours; the run is interrupted with all that came", arguments: [SIGINT, SIGTERM, SIGHUP])
  func signal(signal: Int32) throws {
    let program = try Program()
    let script = """
      import signal, sys, time
      def stop(number, frame):
          print("epoch 2 loss: 0.25", flush=True)
          sys.exit(7)
      signal.signal(\(signal), stop)
      print("epoch 1 loss: 0.5", flush=True)
      while True:
          time.sleep(0.01)
      """
    let process = try started(program, ["--quiet", "--", "python3", "-c", script])
    try program.waitUntil("SELECT value FROM metrics", is: "0.5\n")
    Foundation.kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 7)
    let query = "SELECT status, exit_code FROM runs; SELECT step, value FROM metrics ORDER BY step"
    #expect(try program.command(["sqlite3", "registry.db", query]).stdout == "interrupted|7\n1|0.5\n2|0.25\n")
  }

  @Test("a command that knows nothing of signals dies of them, and the exit code says which")
  func unhandled() throws {
    let program = try Program()
    let process = try started(program, ["--quiet", "--", "sleep", "100"])
    try program.waitUntil("SELECT status FROM runs", is: "running\n")
    Foundation.kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 143)
    #expect(try program.command(["sqlite3", "registry.db", "SELECT status, exit_code FROM runs"]).stdout == "interrupted|143\n")
  }

  @Test("Ctrl-C on a terminal reaches the command once")
  func terminalSignal() throws {
    let program = try Program()
    let command = """
      import os, signal, time
      count = 0
      def note(number, frame):
          global count
          count += 1
      signal.signal(signal.SIGINT, note)
      print("ready", flush=True)
      end = time.time() + 1
      while time.time() < end:
          time.sleep(0.01)
      print("signals:", count, flush=True)
      """
    // A session of its own with a terminal, whose Ctrl-C is typed.
    let script = """
      import os, pty, sys
      pid, master = pty.fork()
      if pid == 0:
          os.execv(sys.argv[1], sys.argv[1:])
      text = b""
      while b"signals" not in text or not text.endswith(b"\\n"):
          try:
              part = os.read(master, 4096)
          except OSError:
              break
          if not part:
              break
          if b"ready" in part:
              os.write(master, b"\\x03")
          text += part
      print(text.decode().replace("\\r\\n", "\\n"), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
      """
    let result = try program.command(["python3", "-c", script, try Program.path(), "run", "--quiet", "--", "python3", "-c", command])
    #expect(result.stdout.contains("signals: 1\n 0\n"), "\(result)")
    #expect(try program.command(["sqlite3", "registry.db", "SELECT status, exit_code FROM runs"]).stdout == "interrupted|0\n")
  }

  @Test("killed in the middle, the run counts as interrupted, with what had been stored")
  func killed() throws {
    let program = try Program()
    let loop = "i=0; while true; do i=$((i+1)); echo epoch $i loss: 0.$i; sleep 0.02; done"
    let process = try started(program, ["--quiet", "--", "sh", "-c", loop])
    try program.waitUntil("SELECT count(*) > 20 FROM metrics", is: "1\n")
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let run = try program("show", "--run", "1", "--format", "json").json()
    #expect(run.status?.string == "interrupted")
    #expect(try program("verify").status == 0)
    let steps = try program.command(["sqlite3", "registry.db", "SELECT group_concat(step) FROM (SELECT step FROM metrics ORDER BY step)"])
      .lines
    #expect(steps[0].split(separator: ",").enumerated().allSatisfy { Int($1) == $0 + 1 }, "none is missing: \(steps)")
  }

  @Test(
    "killed in the middle, it leaves its output beside the registry, and the next run or gc stores it", arguments: ["gc", "run", "link"])
  func killedOutput(door: String) throws {
    let program = try Program()
    #expect(try program("run", "--quiet", "--", "echo", "first").status == 0)
    let loop = "echo early; i=0; while [ $i -lt 200 ]; do i=$((i+1)); echo epoch $i loss: 0.$i; sleep 0.02; done"
    let process = try started(program, ["--quiet", "--", "sh", "-c", loop])
    try program.waitUntil("SELECT count(*) > 5 FROM metrics", is: "1\n")
    // Neither takes what is still written.
    #expect(try program("gc").stderr == "" && program("run", "--quiet", "--artifact", "*.log", "--", "true").status == 0)
    #expect(try program("show", "--run", "2").stderr == "")
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let left = try program.files().keys.filter { $0.hasSuffix(".log") }
    #expect(left.count == 1 && left[0].hasPrefix("registry.db-run-"))
    let bytes = try program.files()[left[0]] ?? Data()
    #expect(bytes.starts(with: Data("early\nepoch 1 loss: 0.1\nepoch 2".utf8)))
    let shown = try program("show", "--run", "2")
    #expect(
      shown.stderr.contains("Its recording was killed: its output until then is in ")
        && shown.stderr.contains("registry gc --db registry.db"))
    if door == "link" {
      #expect(try program.command(["sh", "-c", "mkdir sub; ln -s ../registry.db sub/link.db"]).status == 0)
      #expect(try program("gc", "--db", "sub/link.db").status == 0)
    } else {
      let words = door == "gc" ? ["gc"] : ["run", "--quiet", "--", "true"]
      let next = try program(words)
      #expect(next.status == 0 && next.stderr == "Stored the output of run 2, whose recording was killed, as its output.log\n")
    }
    #expect(try program("artifact", "get", "--run", "2", "output.log").status == 0)
    #expect(try program.files()["output.log"] == bytes)
    #expect(try program.files().keys.filter { $0.hasSuffix(".log") } == ["output.log"])
    #expect(try program("show", "--run", "2", "--format", "json").json().status?.string == "interrupted")
    #expect(try program("verify").status == 0 && program("show", "--run", "2").stderr == "")
  }

  @Test("what lies beside a registry and is no run's is left alone, and removed by gc after an hour")
  func unknownOutput() throws {
    let program = try Program()
    #expect(try program("run", "--quiet", "--", "true").status == 0)
    let name = "registry.db-run-00000000-0000-4000-8000-000000000009.log"
    try program.folder.write(name, "x")
    #expect(try program("run", "--quiet", "--", "true").status == 0 && program("gc").status == 0)
    #expect(try program.files()[name] != nil)
    #expect(try program.command(["touch", "-d", "2 hours ago", name]).status == 0)
    #expect(try program("run", "--quiet", "--", "true").status == 0 && program("gc", "--dry-run").status == 0)
    #expect(try program.files()[name] != nil)
    #expect(try program("gc").status == 0 && program.files()[name] == nil)
  }

  @Test("metrics are there for others within about 250 ms, while the command says nothing more")
  func visible() throws {
    let program = try Program()
    #expect(try program("run", "--quiet", "--", "true").status == 0)
    let process = try started(program, ["--quiet", "--", "python3", "-c", "import time; print('epoch 1 loss: 0.5'); time.sleep(60)"])
    defer {
      Foundation.kill(process.processIdentifier, SIGTERM)
      process.waitUntilExit()
    }
    // In all: the start of Python is most of it.
    try program.waitUntil("SELECT value FROM metrics", is: "0.5\n", within: .seconds(10))
    #expect(try program.command(["sqlite3", "registry.db", "SELECT status FROM runs WHERE id = 2"]).stdout == "running\n")
  }

  @Test("a registry that another process holds stops neither the command nor its output")
  func locked() throws {
    let program = try Program()
    #expect(try program("run", "--quiet", "--", "true").status == 0)
    let hold = """
      import sqlite3, time
      c = sqlite3.connect("registry.db", isolation_level=None)
      c.execute("BEGIN IMMEDIATE")
      open("held", "w").close()
      time.sleep(2)
      c.execute("ROLLBACK")
      """
    let line = """
      python3 -c '\(hold)' & while [ ! -e held ]; do sleep 0.01; done
      $registry run --quiet -- sh -c 'echo epoch 1 loss: 0.5; touch done' & while [ ! -e done ]; do sleep 0.01; done
      date +%s%N > early; wait %1; date +%s%N > free; wait; cat early free
      """
    let result = try program.shell(line)
    #expect(result.stderr == "")
    let times = result.lines.compactMap { Int($0) }
    #expect(times.count == 2 || times.count == 3, "\(result.stdout)")
    #expect(times.suffix(2).first ?? 0 < (times.last ?? 0) - 300_000_000, "the command was done while the registry was held")
    #expect(
      try program.command(["sqlite3", "registry.db", "SELECT status FROM runs; SELECT value FROM metrics"]).stdout
        == "finished\nfinished\n0.5\n")
  }

  private func started(_ program: Program, _ arguments: [String]) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try Program.path())
    process.arguments = ["run"] + arguments
    process.currentDirectoryURL = program.folder.url
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.start()
    return process
  }
}
