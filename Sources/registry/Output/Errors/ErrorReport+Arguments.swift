import ModelRegistry

/// The wording of what is wrong with the arguments, and of what was probably meant by a name that is almost right.
extension ErrorReport {
  /// What the argument parser says of the arguments of a command, in our form: it writes sentences, and the usage and the help over many
  /// lines.
  init(parserMessage: String, of command: NamedCommand) {
    let lines = parserMessage.split(separator: "\n").map(String.init)
    var sentence = lines.first ?? "these arguments can't be read"
    // Of many values each has a line of its own.
    if sentence.hasSuffix("one of the following:") {
      let values = lines.dropFirst().prefix { $0.hasPrefix("  - ") }.map { "'\($0.dropFirst(4))'" }
      sentence = sentence.dropLast("the following:".count) + values.joined(separator: ", ") + "."
    }
    let help = "\(command.path) --help"
    // What is quoted first and second: a word and the option that it was given to, or the option alone.
    let quoted = sentence.split(separator: "'", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map {
      String($0.element)
    }
    if sentence.hasPrefix("Missing value for "), let option = quoted.first.map(Self.optionName) {
      self.init("'\(option)' needs a value.", hint: help, .usage)
    } else if sentence.hasPrefix("The value "), !sentence.contains("Please provide one of "), quoted.count == 2 {
      self.init(value: quoted[0], of: Self.optionName(quoted[1]), hint: help)
    } else {
      self.init(
        sentence.prefix(1).lowercased() + sentence.dropFirst() + (sentence.last?.isPunctuation == true && sentence.last != "'" ? "" : "."),
        hint: Self.guess(in: sentence, quoted, among: command.subcommandNames).map { "did you mean \($0)? \(help)" } ?? help,
        .usage)
    }
  }

  /// `--seed` of `--seed <seed>`.
  private static func optionName(_ usage: String) -> String { String(usage.prefix { $0 != " " }) }

  /// What is wrong with a value that an option of numbers can't be: every other has a list of what it may be.
  private init(value: String, of option: String, hint: String) {
    guard !value.isEmpty, !value.hasPrefix("--") else {
      let next = value.isEmpty ? "" : " ('\(value)' is an option)"
      self.init("'\(option)' needs a value\(next).", hint: hint, .usage)
      return
    }
    let isWhole = value.drop { $0 == "-" || $0 == "+" }.allSatisfy { $0.isASCII && $0.isNumber }
    let needed =
      switch Double(value) {
      case nil: "a number"
      case let number? where isWhole && number < 0: "0 or more"
      case _? where isWhole: "a smaller number"
      case _?: "a whole number"
      }
    self.init("'\(option) \(value)': it has to be \(needed).", hint: hint, .usage)
  }

  /// What was probably meant by the word that a sentence of the argument parser quotes first.
  private static func guess(in sentence: String, _ quoted: [String], among words: [String]) -> String? {
    guard let word = quoted.first else { return nil }
    if sentence.hasPrefix("The value ") {
      // The option's name is the second.
      return sentence.contains("Please provide one of ") ? nearest(to: word, among: Array(quoted.dropFirst(2))) : nil
    }
    let isUnexpected = sentence.hasPrefix("Unexpected argument ") || sentence.contains(" unexpected arguments: ")
    return isUnexpected ? nearest(to: word, among: words) : nil
  }
}
