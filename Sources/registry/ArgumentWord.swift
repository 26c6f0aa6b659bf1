import ArgumentParser

/// An option's value that is one of a few words.
///
/// The argument parser has all of this by itself; it asks for it at each start, and there it is generic code over lazy collections, whose
/// types the runtime has to make first: half a million instructions for each such type.
protocol ArgumentWord: ExpressibleByArgument, CaseIterable, RawRepresentable where RawValue == String {}

extension ArgumentWord {
  init?(argument: String) { self.init(rawValue: argument) }
  var defaultValueDescription: String { rawValue }
  static var allValueStrings: [String] {
    var words: [String] = []
    for word in allCases { words.append(word.rawValue) }
    return words
  }
  static var allValueDescriptions: [String: String] { [:] }
  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
