import Tensors

/// Commands in hints: what the user's own command named, the next one needs as well.
enum HintCommand {
  /// Among these the version and the model are carried over to a hint.
  private static let ofVersions = ["predict", "evaluate"]
  /// What an import was told is said again: without it the same file would become another version.
  private static let ofImport = [
    "--model", "--key", "--tag", "--note", "--activation", "--batch-norm", "--batch-norm-eps", "--task", "--classes", "--features",
    "--target",
  ]

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
        carried += rest.contains("--impute") ? ["--dataset", "--model"] : ["--model"]
      } else if command == "train", own == "evaluate", rest.contains("--impute") {
        carried.append("--dataset")
      } else if command == "import", own == "import" {
        carried += ofImport
      }
      for option in carried where !rest.contains(where: { $0 == option || $0.hasPrefix("\(option)=") }) {
        let values = values(of: option, arguments)
        // Where the parser takes one, it takes the last.
        for value in option == "--tag" ? values[...] : values.suffix(1) { result += [option, value.quotedForShell] }
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

  private static func values(of option: String, _ arguments: [String]) -> [String] {
    let words = Array(arguments.prefix { $0 != "--" })
    return words.indices.compactMap { index in
      if words[index] == option { return index + 1 < words.count ? words[index + 1] : nil }
      return words[index].hasPrefix("\(option)=") ? String(words[index].dropFirst(option.count + 1)) : nil
    }
  }
}
