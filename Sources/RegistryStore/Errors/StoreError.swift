internal import Tensors

/// Whatever goes wrong in the store, in words that any door can show: the program, a server, a library's caller.
///
///     param 'lr' of run 7 in registry.db: it is 0.1 already, and never changes (given: 0.2)
///
/// A door decides by `code`, or by its `category`; what it adds (a command, a link) it makes of the typed fields, never of the words:
///
///     do { … } catch let error as StoreError where error.code == .busy { … }
public struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What has happened.
  public let code: Code
  /// What it is about: `param 'lr' of run 7`.
  public let subject: String
  /// A sentence without its end: `no model 'x' (there is 'xor')`.  It doesn't say which registry.
  public let message: String
  /// The sentence that says in which registry: `no model 'x' in registry.db (there is 'xor')`.
  public let description: String
  /// The registry, or the file that isn't one; empty where it is about neither.
  public let path: String
  /// What was probably meant, or could be done instead.
  public let suggestions: [String]
  /// What the subject is called where one asks for it: `xor`, `xor/3`, `xor@champion`, `7`; empty for what isn't asked for.
  public let name: String
  /// Names that there are, that stand in the way, or that must be there first; of a damaged file what was found.
  public let names: [String]
  /// The part of a query that is wrong.
  public let part: QueryPart?
  /// What has to be known of a version before it is a net.
  public let missing: [NetFact]

  /// A part of a query that people write.
  public enum QueryPart: String, Sendable {
    case condition, order, columns
    /// One of the two: what is wrong showed only while the query ran.
    case conditionOrOrder = "condition or order"
    /// The whole statement.
    case sql
  }

  /// What a state_dict doesn't say of its net.
  public enum NetFact: Sendable {
    case activation
    /// Whether batch normalization stands before or after the activation.
    case batchNormPlace
  }

  /// `sentence` is given where: ` in registry.db`, or nothing.
  package init(
    _ code: Code, about subject: String, path: String = "", name: String = "", names: [String] = [], suggestions: [String] = [],
    part: QueryPart? = nil, missing: [NetFact] = [], _ sentence: (_ inside: String) -> String
  ) {
    (self.code, self.subject, self.path, self.name, self.names) = (code, subject, path, name, names)
    (self.suggestions, self.part, self.missing) = (suggestions, part, missing)
    message = sentence("")
    let prefix = part.map { $0 == .sql ? "" : "\($0.rawValue): " } ?? ""
    description = prefix + sentence(path.isEmpty ? "" : " in \(path)")
  }

  /// `problem` is the end of a sentence about the subject.
  package init(
    _ code: Code, _ subject: String, _ problem: String, path: String, name: String = "", names: [String] = [], suggestions: [String] = []
  ) {
    self.init(code, about: subject, path: path, name: name, names: names, suggestions: suggestions) { "\(subject)\($0): \(problem)" }
  }

  public static func == (a: StoreError, b: StoreError) -> Bool {
    a.code == b.code && a.part == b.part && a.missing == b.missing && a.names.hasSameNames(as: b.names)
      && a.suggestions.hasSameNames(as: b.suggestions)
      && [a.subject, a.description, a.path, a.name].hasSameNames(as: [b.subject, b.description, b.path, b.name])
  }
}

extension [String] {
  /// `'a', 'b'`.
  var quotedList: String { map { "'\($0)'" }.joined(separator: ", ") }

  /// The first so many, with `more` behind them where there are others.
  func shortList(_ most: Int, more: String = ", …") -> String { prefix(most).joined(separator: ", ") + (count > most ? more : "") }
}
