import Tensors

/// Commands in hints: what the user's own command named, the next one needs as well.
enum HintCommand {
  /// Among these the version and the model are carried over to a hint.
  private static let ofVersions = ["predict", "evaluate"]

  /// A hint whose commands say `--db`, and where they need it `--version` and `--model`, as the user's own command did.
  static func completed(_ hint: String, _ arguments: [String] = Array(CommandLine.arguments.dropFirst())) -> String {
    guard hint.contains("registry "), let own = arguments.first else { return hint }
    let words = words(of: hint)
    var result: [String] = []
    var index = 0
    while index < words.count {
      result.append(words[index])
      index += 1
      guard words[index - 1] == "registry", index < words.count, NamedCommand(in: []).subcommandNames.contains(named: words[index]) else {
        continue
      }
      let command = words[index]
      result.append(command)
      index += 1
      if index < words.count, NamedCommand(in: [command]).subcommandNames.contains(named: words[index]) {
        result.append(words[index])
        index += 1
      }
      let rest = words[index...].prefix { $0 != "|" && $0 != "registry" }
      guard !rest.contains("--help"), rest.first != "--help" else { continue }
      var carried = ["--db"]
      if ofVersions.contains(named: command), ofVersions.contains(named: own), !rest.contains("--version") {
        carried += ["--version", "--model"]
      } else if command == "train", own == "train" {
        carried.append("--model")
      }
      for option in carried where !rest.contains(where: { $0 == option || $0.hasPrefix("\(option)=") }) {
        if let value = value(of: option, arguments) { result += [option, value.quotedForShell] }
      }
    }
    return result.joined(separator: " ")
  }

  /// The user's own command, with the standard input in the place of a file.
  static func again(reading file: String) -> String {
    let words = CommandLine.arguments.dropFirst().map { word in
      if word.hasSameBytes(as: file) { return "-" }
      return word.hasPrefix("--") && word.hasSuffix("=\(file)") ? "\(word.dropLast(file.count))-" : word
    }
    return (["registry"] + words.map(\.quotedForShell)).joined(separator: " ")
  }

  /// What stands between blanks; a text that the shell takes for one, as it is quoted, is one word.
  private static func words(of hint: String) -> [String] {
    var words = [""]
    var (isQuoted, isEscaped) = (false, false)
    for character in hint {
      if character == " ", !isQuoted {
        words.append("")
        continue
      }
      // An apostrophe within a word of prose opens nothing.
      let opens = words[words.count - 1].last.map { "=('\\".contains($0) } ?? true
      if isEscaped {
        isEscaped = false
      } else if character == "\\", !isQuoted {
        isEscaped = true
      } else if character == "'", isQuoted || opens {
        isQuoted.toggle()
      }
      words[words.count - 1].append(character)
    }
    return words
  }

  /// What the parser takes: the last one.
  private static func value(of option: String, _ arguments: [String]) -> String? {
    let words = Array(arguments.prefix { $0 != "--" })
    for (index, word) in words.enumerated().reversed() {
      if word == option, index + 1 < words.count { return words[index + 1] }
      if word.hasPrefix("\(option)=") { return String(word.dropFirst(option.count + 1)) }
    }
    return nil
  }
}
