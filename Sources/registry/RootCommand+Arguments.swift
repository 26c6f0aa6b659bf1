import ArgumentParser
import ModelRegistry
import Tensors

// What the argument parser passes over, or says less clearly.

extension RootCommand {
  /// What is wrong with asking for the help of a subcommand that there isn't, or with a subcommand of no letters: the argument parser shows
  /// the overview, as if all were well.
  static func misplacedHelp(_ arguments: [String]) -> ErrorReport? {
    if arguments.first == "" { return ErrorReport(parserMessage: "Unexpected argument ''", of: NamedCommand(in: [])) }
    let isHelp = arguments.first == "help"
    guard isHelp || arguments.contains("--help") || arguments.contains("-h") else { return nil }
    let words = (isHelp ? arguments.dropFirst() : arguments[...]).prefix { !$0.hasPrefix("-") }
    if words.first == "help" { return nil }
    let command = NamedCommand(in: words)
    guard let word = command.arguments.first, isHelp || !command.subcommands.isEmpty else { return nil }
    return ErrorReport(parserMessage: "Unexpected argument '\(word)'", of: command)
  }

  /// What is said of the first option that the command doesn't have, whatever else is wrong: the value behind it may have been taken for
  /// something that it isn't.  Nil where every option is known.
  static func unknownOption(in arguments: [String]) -> ErrorReport? {
    let command = NamedCommand(in: arguments[...])
    let options = command.options
    var isValue = false
    for word in command.arguments.prefix(while: { $0 != "--" }) {
      defer { isValue = options.contains { $0.takesValue && $0.names.contains(named: word) } }
      guard !isValue, word.hasPrefix("-"), word.utf8.count > 1 else { continue }
      let name = String(word.prefix { $0 != "=" })
      guard !options.contains(where: { $0.names.contains(named: name) }) else { continue }
      if let report = tooEarly(name, command) { return report }
      // -1 is a number.
      let isShort = name.count == 2 && name.last?.isLetter == true
      if word.hasPrefix("--") || isShort { return unknown(name, command) }
    }
    return nil
  }

  /// What is said of a command to run that doesn't stand behind `--`: `registry run python x.py`.  Nil where something before it is wrong.
  static func missingSeparator(in arguments: [String]) -> ErrorReport? {
    let command = NamedCommand(in: arguments)
    guard command.type == RunCommand.self else { return nil }
    let options = command.options
    let words = Array(command.arguments)
    var index = 0
    while index < words.count, words[index].hasPrefix("-"), words[index] != "--" {
      let name = words[index].prefix { $0 != "=" }
      guard let option = options.first(where: { $0.names.contains(named: String(name)) }) else { return nil }
      index += option.takesValue && name.utf8.count == words[index].utf8.count ? 2 : 1
    }
    guard index < words.count, words[index] != "--" else { return nil }
    let mended = (words[..<index] + ["--"] + words[index...]).map(\.quotedForShell).joined(separator: " ")
    return ErrorReport("the command comes after '--'.", hint: "\(command.path) \(mended)", .usage)
  }

  /// What is said of an option that a command doesn't have.
  static func unknownOption(_ name: String, of command: String) -> ErrorReport { unknown(name, NamedCommand(in: [command])) }

  private static func unknown(_ name: String, _ command: NamedCommand) -> ErrorReport {
    let known = command.options.flatMap(\.names).filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) }
    let guess = nearest(to: String(name.drop { $0 == "-" }), among: known).map { " Did you mean '--\($0)'?" } ?? ""
    return ErrorReport("unknown option '\(name)'.\(guess)", hint: "\(command.path) --help", .usage)
  }

  /// What is said of an option that stands before the subcommand that has it: `registry --db x.db list`.
  private static func tooEarly(_ name: String, _ command: NamedCommand) -> ErrorReport? {
    let subcommands = command.subcommandNames
    guard let index = command.arguments.firstIndex(where: { subcommands.contains(named: $0) }) else { return nil }
    let later = NamedCommand(in: command.words + command.arguments[index...])
    guard later.options.contains(where: { $0.names.contains(named: name) }) else { return nil }
    let before = command.arguments[..<index]
    return ErrorReport(
      "'\(name)' must come after '\(later.words.last ?? "")'.",
      hint: ([later.path] + (later.arguments + before).map(\.quotedForShell)).joined(separator: " "), .usage)
  }
}

/// The command that the first of some words name.
struct NamedCommand {
  private(set) var type: any ParsableCommand.Type = RootCommand.self
  /// Its name without the program's: `dataset`, `export`.
  private(set) var words: [String] = []
  /// The words behind its name.
  private(set) var arguments: ArraySlice<String>

  init(in words: some Sequence<String>) {
    arguments = Array(words)[...]
    while let word = arguments.first, let next = subcommands.first(where: { $0._commandName.hasSameBytes(as: word) }) {
      type = next
      self.words.append(word)
      arguments.removeFirst()
    }
  }

  /// As it is called: `registry dataset export`.
  var path: String { (["registry"] + words).joined(separator: " ") }

  var subcommands: [any ParsableCommand.Type] { type.configuration.subcommands }
  var subcommandNames: [String] { subcommands.map { $0._commandName } }

  struct Option {
    let names: [String]
    let takesValue: Bool
  }

  /// Its options, as its help has them: `  -o, --output <output>  The file.`
  var options: [Option] {
    RootCommand.helpMessage(for: type, includeHidden: true, columns: 10_000).split(separator: "\n").filter { $0.hasPrefix("  -") }.map {
      line in
      let words = line.split(separator: " ")
      let names = words.prefix { $0.hasPrefix("-") }.map { $0.filter { $0 != "," } }
      return Option(names: names, takesValue: words.dropFirst(names.count).first?.hasPrefix("<") == true)
    }
  }
}
