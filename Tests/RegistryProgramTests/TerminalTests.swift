import TestSupport
import Testing

@testable import registry

@Suite("on a terminal")
struct TerminalTests {
  static let commands: [[String]] = [
    ["list"], ["list", "runs"], ["list", "models"], ["list", "datasets"], ["list", "--columns", "model,dataset,test_loss,uuid,created_at"],
    ["predict", "--version", "3"], ["sql", "SELECT * FROM leaderboard"],
  ]

  @Test("nothing wraps at any width, and what isn't shown is named", arguments: [20, 40, 60, 80, 120])
  func widths(width: Int) throws {
    let program = try Shared.tutorial().program
    let results = try onTerminal(width, commands: Self.commands, environment: ["NO_COLOR": "1"], in: program)
    for (arguments, result) in zip(Self.commands, results) {
      let all = try program(arguments).lines[0].split(separator: " ").map(String.init)
      #expect(result.status == 0)
      for line in result.lines { #expect(line.displayWidth <= width, "\(arguments): \(line)") }
      let shown = result.lines[0].split(separator: " ").map(String.init)
      let missing = all.filter { name in !shown.contains { $0 == name || name.isCut($0) } }
      for name in missing { #expect(result.notes.contains(name), "\(arguments): \(name)") }
      #expect(missing.isEmpty == result.stderr.isEmpty)
      if !missing.isEmpty { #expect(result.notes.contains("--format csv")) }
    }
  }

  @Test("predict keeps the answer where it is narrow, and one feature as long as it can")
  func predictions() throws {
    let program = try Shared.tutorial().program
    let headings = try [12, 20, 30, 60].map {
      try onTerminal($0, ["predict", "--version", "3"], environment: ["NO_COLOR": "1"], in: program).lines[0]
    }
    let wanted = [
      ["y"], ["y", "pro…bility", "label"], ["y", "probability", "label"], ["x0", "x1", "y", "probability", "label"],
    ]
    #expect(headings.map { $0.split(separator: " ").map(String.init) } == wanted)
  }

  @Test("headings are bold, unless NO_COLOR is set, the terminal is dumb, or it is none")
  func colours() throws {
    let program = try Shared.tutorial().program
    #expect(try onTerminal(100, ["list"], in: program).stdout.hasPrefix("\u{1b}[1mversion"))
    #expect(try !onTerminal(100, ["list"], environment: ["NO_COLOR": "1"], in: program).stdout.contains("\u{1b}"))
    #expect(try !onTerminal(100, ["list"], environment: ["TERM": "dumb"], in: program).stdout.contains("\u{1b}"))
    #expect(try !program("list", environment: ["TERM": "xterm"]).stdout.contains("\u{1b}"))
  }
}

extension String {
  /// Whether a text is this one with a part cut out of its middle or its end.
  fileprivate func isCut(_ text: String) -> Bool {
    let parts = text.split(separator: "…", omittingEmptySubsequences: false)
    return parts.count == 2 && hasPrefix(parts[0]) && hasSuffix(parts[1])
  }
}

extension ProcessResult {
  /// Standard error with its lines put together again.
  var notes: String { stderr.split { $0.isWhitespace }.joined(separator: " ") }
}
