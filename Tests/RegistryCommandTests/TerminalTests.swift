import TestSupport
import Testing

/// Commands on a real terminal (a pseudo-terminal of Python's) of a given width.
@Suite("on a terminal")
struct TerminalTests {
  /// What the program writes to a terminal, standard error apart.
  private func terminal(_ width: Int, _ arguments: [String], environment: [String: String] = [:], in program: Program) throws
    -> ProcessResult
  {
    let script = """
      import fcntl, os, pty, struct, subprocess, sys, termios
      master, slave = pty.openpty()
      fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, int(sys.argv[1]), 0, 0))
      process = subprocess.Popen(sys.argv[2:], stdout=slave, stdin=subprocess.DEVNULL)
      os.close(slave)
      text = b""
      while True:
          try:
              part = os.read(master, 65536)
          except OSError:
              break
          if not part:
              break
          text += part
      sys.stdout.write(text.decode().replace("\\r\\n", "\\n"))
      sys.exit(process.wait())
      """
    return try program.command(
      ["python3", "-c", script, "\(width)", try Program.path()] + arguments, environment: ["TERM": "xterm"].merging(environment) { $1 })
  }

  static let commands: [[String]] = [
    ["list"], ["list", "runs"], ["list", "models"], ["list", "datasets"], ["list", "--columns", "model,dataset,test_loss,uuid,created_at"],
    ["predict", "--version", "3"], ["sql", "SELECT * FROM leaderboard"],
  ]

  @Test("nothing wraps at any width, and what isn't shown is named", arguments: commands)
  func widths(arguments: [String]) throws {
    let program = try Shared.tutorial().program
    let all = try program(arguments).lines[0].split(separator: " ").map(String.init)
    for width in [20, 40, 60, 80, 120] {
      let result = try terminal(width, arguments, environment: ["NO_COLOR": "1"], in: program)
      #expect(result.status == 0)
      let isSummary = arguments[0] == "predict"
      for line in isSummary ? result.lines.dropLast() : result.lines[...] { #expect(line.count <= width, "\(width): \(line)") }
      let shown = result.lines[0].split(separator: " ").map(String.init)
      let missing = all.filter { name in !shown.contains { $0 == name || $0.hasSuffix("…") && name.hasPrefix($0.dropLast()) } }
      for name in missing { #expect(result.stderr.contains(name), "\(width): \(name)") }
      #expect(missing.isEmpty == result.stderr.isEmpty)
      if !missing.isEmpty { #expect(result.stderr.contains("--format csv")) }
    }
  }

  @Test("predict keeps the answer where it is narrow, and one feature as long as it can")
  func predictions() throws {
    let program = try Shared.tutorial().program
    let headings = try [12, 20, 30, 60].map {
      try terminal($0, ["predict", "--version", "3"], environment: ["NO_COLOR": "1"], in: program).lines[0]
    }
    let wanted = [
      ["y"], ["y", "probability"], ["y", "probability", "label"], ["x0", "x1", "y", "probability", "label"],
    ]
    #expect(headings.map { $0.split(separator: " ").map(String.init) } == wanted)
  }

  @Test("headings are bold, unless NO_COLOR is set, the terminal is dumb, or it is none")
  func colours() throws {
    let program = try Shared.tutorial().program
    #expect(try terminal(100, ["list"], in: program).stdout.hasPrefix("\u{1b}[1mversion"))
    #expect(try !terminal(100, ["list"], environment: ["NO_COLOR": "1"], in: program).stdout.contains("\u{1b}"))
    #expect(try !terminal(100, ["list"], environment: ["TERM": "dumb"], in: program).stdout.contains("\u{1b}"))
    #expect(try !program("list", environment: ["TERM": "xterm"]).stdout.contains("\u{1b}"))
  }
}
