internal import SQLite
internal import Tensors

// Which model a name without one means: the one that has such a version or alias.  Where several have, nobody guesses.

extension Registry {
  /// Reads the name of a version as people write it.
  ///
  /// - Parameters:
  ///   - model: the model that is meant where the text names none; nil is the only one that has such a version.
  ///   - usual: the model that is meant where several have one; nil is none.
  ///   - isDeleted: whether a deleted version is looked for first.
  public func versionName(
    _ text: String, model: String? = nil, usual: String? = nil, isDeleted: Bool = false
  ) throws -> VersionName {
    let name = try VersionName(text, defaultModel: model ?? "")
    guard name.model.isEmpty else { return name }
    return VersionName(
      model: try self.model(named: text, having: .version(name.selector), usual: usual, isDeleted: isDeleted), name.selector)
  }

  /// The versions from one number to another: of the model that is named or given, else of the only one that has some of them.
  public func versionNames(_ range: VersionRange, model: String? = nil, isDeleted: Bool = false) throws -> [VersionName] {
    let model = try range.model ?? model ?? self.model(named: range.text, having: .range(range.numbers), isDeleted: isDeleted)
    return range.numbers.map { VersionName(model: model, .number($0)) }
  }

  /// Reads the name of an alias that has been set at some time, by which the model is found where neither names it.
  public func aliasName(_ text: String, model: String? = nil) throws -> AliasName {
    let name = try AliasName(text, defaultModel: model ?? "")
    guard name.model.isEmpty else { return name }
    return try AliasName(name.alias, defaultModel: self.model(named: text, having: .history(name.alias), isDeleted: false))
  }

  /// What a model is known by.
  private enum Possession {
    case version(VersionName.Selector)
    case range(ClosedRange<Int>)
    case history(String)
  }

  private func model(named text: String, having what: Possession, usual: String? = nil, isDeleted: Bool) throws -> String {
    try reading {
      let all = try connection.query("SELECT name FROM models ORDER BY id DESC") { row in try row.text(0) }
      // The usual one stands for an empty registry too: the error says what isn't there.
      guard all.count > 1 else { return all.first ?? Self.defaultModel }
      let state = isDeleted ? "IS NOT NULL" : "IS NULL"
      var owners = try owners(of: what, deletedAt: state)
      // One that is deleted is found too: what is done with it says so.
      if owners.isEmpty { owners = try self.owners(of: what, deletedAt: isDeleted ? "IS NULL" : "IS NOT NULL") }
      if owners.count == 1 { return owners[0] }
      // People say `show cancer` and mean a version of the model.
      if owners.isEmpty, all.contains(named: text) { throw StoreError.modelForAlias(model: text) }
      if let usual, owners.contains(named: usual) { return usual }
      throw owners.isEmpty
        ? StoreError.noModelHas(name: text, models: all, path: path) : .ambiguousName(text, models: owners, path: path)
    }
  }

  /// The newest model first.
  private func owners(of what: Possession, deletedAt state: String) throws -> [String] {
    switch what {
    case .version(.number(let number)): return try owners(of: .range(number...number), deletedAt: state)
    case .range(let range):
      return try connection.query(
        """
        SELECT name FROM models AS m WHERE EXISTS (
          SELECT 1 FROM model_versions WHERE model_id = m.id AND version BETWEEN ? AND ? AND deleted_at \(state)) ORDER BY id DESC
        """, range.lowerBound, range.upperBound
      ) { row in try row.text(0) }
    case .version(.latest):
      return try connection.query(
        """
        SELECT name FROM models AS m WHERE EXISTS (SELECT 1 FROM model_versions WHERE model_id = m.id AND deleted_at \(state))
        ORDER BY id DESC
        """
      ) { row in try row.text(0) }
    case .version(.alias(let alias)):
      return try connection.query(
        "SELECT m.name FROM model_aliases AS a JOIN models AS m ON m.id = a.model_id WHERE a.alias = ? ORDER BY m.id DESC", alias
      ) { row in try row.text(0) }
    case .history(let alias):
      let now = try owners(of: .version(.alias(alias)), deletedAt: state)
      guard now.isEmpty else { return now }
      return try connection.query(
        "SELECT name FROM models AS m WHERE EXISTS (SELECT 1 FROM alias_events WHERE model_id = m.id AND alias = ?) ORDER BY id DESC", alias
      ) { row in try row.text(0) }
    }
  }
}

/// Versions by their numbers, as people write them: `5-9` or `name/5-9`.
public struct VersionRange: Sendable, Hashable {
  /// Nil where the text names none.
  public let model: String?
  public let numbers: ClosedRange<Int>
  let text: String

  /// More than anybody has; a slip of the finger isn't looked up for hours.
  public static let most = 1_000_000

  /// Nil for what isn't a range of numbers that count up.
  public init?(_ text: String) {
    let slash = text.utf8.lastIndex(of: 0x2f)
    let rest = slash.map { text[text.utf8.index(after: $0)...] } ?? text[...]
    guard let numbers = Self.numbers(rest) else { return nil }
    model = slash.flatMap { $0 == text.startIndex ? nil : String(text[..<$0]) }
    self.numbers = numbers
    self.text = text
  }

  /// Reads `5-9`.
  public static func numbers(_ text: Substring) -> ClosedRange<Int>? {
    guard let (first, last) = ends(text), let first = Int(first), let last = Int(last), first > 0, first <= last, last - first < most else {
      return nil
    }
    return first...last
  }

  /// The digits around the dash; nil where something else stands there.
  private static func ends(_ text: Substring) -> (first: Substring, last: Substring)? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }) else { return nil }
    return (parts[0], parts[1])
  }

  /// What is wrong with a text that looks like a range and isn't one, and a range that was probably meant; nil for any other text.
  public static func problem(of text: String) -> (what: String, instead: String)? {
    let slash = text.utf8.lastIndex(of: 0x2f)
    let (model, rest) = slash.map { (text[..<text.utf8.index(after: $0)], text[text.utf8.index(after: $0)...]) } ?? ("", text[...])
    guard numbers(rest) == nil, let (first, last) = ends(rest), !first.isEmpty else { return nil }
    let tooLarge = ("has a number that is too large", "\(model)1-9")
    guard let low = Int(first), low < Int.max - most else { return tooLarge }
    guard !last.isEmpty else { return ("has no end", "\(model)\(low)-\(low + 4)") }
    guard let high = Int(last) else { return tooLarge }
    if low > high { return ("counts down", "\(model)\(max(high, 1))-\(low)") }
    if low < 1 { return ("begins with 0, and numbers begin with 1", "\(model)1-\(max(high, 1))") }
    return ("has more than \(most) numbers", "\(model)\(low)-\(low + most - 1)")
  }
}
