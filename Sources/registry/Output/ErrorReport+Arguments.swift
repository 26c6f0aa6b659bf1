import ModelRegistry

/// The wording of what is wrong with the arguments, and of what was probably meant by a name that is almost right.
extension ErrorReport {
  /// What the argument parser says of the arguments, in our form: it writes sentences, and the usage and the help over many lines.
  ///
  /// - Parameters:
  ///   - command: the subcommand that the arguments name, and `words` those that could have stood where a word wasn't understood.
  init(parserMessage: String, command: String?, words: [String]) {
    let sentence = parserMessage.split(separator: "\n").first.map(String.init) ?? "these arguments can't be read"
    let help = command.map { "registry \($0) --help" } ?? "registry --help"
    self.init(
      sentence.prefix(1).lowercased() + sentence.dropFirst() + (sentence.last?.isPunctuation == true && sentence.last != "'" ? "" : "."),
      hint: Self.guess(in: sentence, words: words).map { "did you mean \($0)? \(help)" } ?? help, .usage)
  }

  /// What was probably meant by the word that a sentence of the argument parser quotes first.
  private static func guess(in sentence: String, words: [String]) -> String? {
    let quoted = sentence.split(separator: "'", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map {
      String($0.element)
    }
    guard let word = quoted.first else { return nil }
    if sentence.hasPrefix("The value ") {
      // The option's name is the second.
      return sentence.contains("Please provide one of ") ? nearest(to: word, among: Array(quoted.dropFirst(2))) : nil
    }
    let isUnexpected = sentence.hasPrefix("Unexpected argument ") || sentence.contains(" unexpected arguments: ")
    return isUnexpected ? nearest(to: word, among: words) : nil
  }

  /// A hint to a name that is unknown: the nearest of those that there are, and the command that shows them.
  static func guess(_ name: String, among known: [String], or command: String) -> String {
    nearest(to: name, among: known).map { "did you mean '\($0)'? \(command)" } ?? command
  }
}
