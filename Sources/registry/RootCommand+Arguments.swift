import ArgumentParser
import ModelRegistry
import Tensors

// What the argument parser passes over, or says less clearly.

extension RootCommand {
  /// What is wrong with asking for the help of a subcommand that there isn't: the argument parser shows the overview, as if all were well.
  static func misplacedHelp(_ arguments: [String]) -> ErrorReport? {
    let isHelp = arguments.first == "help"
    guard isHelp || arguments.contains("--help") || arguments.contains("-h") else { return nil }
    var words = (isHelp ? arguments.dropFirst() : arguments[...]).prefix { !$0.hasPrefix("-") }
    if words.first == "help" { return nil }
    var known = configuration.subcommands
    var path: [String] = []
    while let word = words.popFirst(), !known.isEmpty || isHelp {
      guard let command = known.first(where: { $0._commandName.hasSameBytes(as: word) }) else {
        let message = "Unexpected argument '\(word)'"
        return ErrorReport(
          parserMessage: message, command: path.isEmpty ? nil : path.joined(separator: " "), words: known.map { $0._commandName })
      }
      path.append(word)
      known = command.configuration.subcommands
    }
    return nil
  }

  /// What is said of the first option that the command doesn't have, whatever else is wrong: the value behind it may have been taken for
  /// something that it isn't.  Nil where every option is known.
  static func unknownOption(in arguments: [String]) -> ErrorReport? {
    var command: any ParsableCommand.Type = RootCommand.self
    var words = arguments[...]
    var path = ["registry"]
    while let word = words.first, let next = command.configuration.subcommands.first(where: { $0._commandName.hasSameBytes(as: word) }) {
      command = next
      path.append(word)
      words.removeFirst()
    }
    let options = options(of: command)
    var isValue = false
    for word in words.prefix(while: { $0 != "--" }) {
      defer { isValue = options.contains { $0.takesValue && $0.names.contains(named: word) } }
      guard !isValue, word.hasPrefix("--") else { continue }
      let name = String(word.prefix { $0 != "=" })
      guard !options.contains(where: { $0.names.contains(named: name) }) else { continue }
      return unknown(name, options, path.joined(separator: " "))
    }
    return nil
  }

  /// What is said of an option that a command doesn't have.
  static func unknownOption(_ name: String, of command: any ParsableCommand.Type) -> ErrorReport {
    unknown(name, options(of: command), "registry \(command._commandName)")
  }

  private static func unknown(_ name: String, _ options: [KnownOption], _ path: String) -> ErrorReport {
    let known = options.flatMap(\.names).filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) }
    let guess = nearest(to: String(name.drop { $0 == "-" }), among: known).map { " Did you mean '--\($0)'?" } ?? ""
    return ErrorReport("unknown option '\(name)'.\(guess)", hint: "\(path) --help", .usage)
  }

  private struct KnownOption {
    let names: [String]
    let takesValue: Bool
  }

  /// The options of a command, as its help has them: `  -o, --output <output>  The file.`
  private static func options(of command: any ParsableCommand.Type) -> [KnownOption] {
    helpMessage(for: command, includeHidden: true, columns: 10_000).split(separator: "\n").filter { $0.hasPrefix("  -") }.map { line in
      let words = line.split(separator: " ")
      let names = words.prefix { $0.hasPrefix("-") }.map { $0.filter { $0 != "," } }
      return KnownOption(names: names, takesValue: words.dropFirst(names.count).first?.hasPrefix("<") == true)
    }
  }
}
