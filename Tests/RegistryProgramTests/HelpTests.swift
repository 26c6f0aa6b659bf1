import ModelRegistry
import TestSupport
import Testing

struct HelpTests {
  @Test("--version alone is the program's own")
  func version() throws {
    let result = try Program()("--version")
    #expect(result.status == 0 && result.stdout == "registry \(programVersion)\n" && result.stderr == "")
  }

  static let options: [(String, [String])] = [
    (
      "train",
      [
        "--samples", "--csv", "--target", "--test-fraction", "--seed", "--hidden", "--epochs", "--learning-rate", "--task", "--optimizer",
        "--momentum", "--weight-decay", "--batch-size", "--standardize", "--model", "--format", "--db",
      ]
    ),
    ("list", ["--where", "--order-by", "--columns", "--limit", "--offset", "--model", "--all", "--format", "--db"]),
    ("sql", ["--timeout", "--limit", "--format", "--db"]),
    ("show", ["--run", "--model", "--format", "--db"]),
    ("predict", ["--version", "--model", "--point", "--csv", "--format", "--db"]),
    ("compare", ["--run", "--equal", "--model", "--format", "--db"]),
    ("plot", ["--run", "--kind", "--log", "--dataset", "--force", "--width", "--model", "--db"]),
  ]

  @Test("every subcommand has help with all of its options, and an example", arguments: options)
  func help(command: String, options: [String]) throws {
    let program = try Program()
    let result = try program(command, "--help")
    #expect(result.status == 0 && result.stderr == "")
    for option in options { #expect(result.lines.contains { $0.hasPrefix("  \(option)") }, "\(option)") }
    #expect(result.lines.contains { $0.hasPrefix("registry \(command)") })
    #expect(try program("help", command) == result)
    #expect(try program(command, "-h") == result)
  }

  @Test("the program alone, -h, --help and help show the subcommands", arguments: [[], ["-h"], ["--help"], ["help"]])
  func overview(arguments: [String]) throws {
    let result = try Program()(arguments)
    #expect(result.status == 0 && result.stderr == "")
    for (command, _) in Self.options { #expect(result.lines.contains { $0.hasPrefix("  \(command) ") }) }
  }

  @Test("help that can't be printed is an error")
  func fullDisk() throws {
    let result = try Program().shell("$registry --help > /dev/full")
    #expect(result.status == 74)
    #expect(result.stderr == "Error: cannot write to standard output: No space left on device.\n")
  }
}
