internal import SQLite

// What is said of an expression that SQLite doesn't take: its own words, and what was probably meant.

extension ListExpressions {
  /// What is wrong with an expression.
  ///
  /// - Parameters:
  ///   - offset: where in `text` the trouble begins, in bytes; `text` is what was `written`, with the keys in it resolved so far.
  func failure(
    _ error: SQLiteError, at offset: Int?, in text: String, written: String, _ part: StoreError.QueryPart,
    _ connection: borrowing Connection
  ) throws -> any Error {
    guard error.isOfTheQuery else { return error }
    func bad(_ problem: String, nearest: String? = nil) -> StoreError {
      .badExpression(part, problem: problem, nearest: nearest)
    }
    if let name = SQLText.unknownColumn(in: error) {
      let isQuoted = offset.map { SQLText.isDoubleQuoted(text, at: $0) } ?? false
      return try unknownColumn(name, isQuoted: isQuoted, part, connection)
    }
    if let function = SQLText.unknownFunction(in: error) ?? SQLText.unknownTable(in: error),
      functions.contains(function.lowercased())
    {
      return StoreError.onlyInSQL(part, function: function)
    }
    if let function = SQLText.unknownFunction(in: error) {
      return bad(error.message, nearest: nearest(to: function, among: try connection.functionNames()))
    }
    // Of aggregate functions and of window functions.
    if error.message.hasPrefix("misuse of ") { return StoreError.aboutManyRows(part, problem: error.message) }
    let isAtEnd = offset.map { $0 >= text.utf8.count } ?? false
    let endsEarly = error.message.hasSuffix("syntax error") && isAtEnd
    return bad(endsEarly || error.message == "incomplete input" ? "'\(written)' ends too early" : error.message)
  }

  /// What is said of a column that isn't there.
  func unknownColumn(
    _ name: String, isQuoted: Bool = false, _ part: StoreError.QueryPart, _ connection: borrowing Connection
  ) throws -> StoreError {
    let known = columns.filter(\.isForPeople)
    func error(_ nearest: String?, _ columns: [String]) -> StoreError {
      isQuoted
        ? .doubleQuoted(part, text: name, nearest: nearest)
        : .badExpression(part, problem: "no such column: \(name)", nearest: nearest, columns: columns)
    }
    let prefix = "\(table.subject.rawValue)."
    guard name.contains("."), !name.hasPrefix(prefix) else {
      let word = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
      return error(nearest(to: word, among: columns), known)
    }
    // `param.epochs`: a key of a kind that is misspelt.
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    let kinds = ListKey.Kind.allCases.map(\.rawValue)
    guard parts.count == 2, let kind = nearest(to: parts[0], among: kinds).flatMap(ListKey.Kind.init),
      table.source(ListKey(kind: kind, key: parts[1])) != nil
    else { return error(nil, known) }
    let key = ListKey(kind: kind, key: parts[1])
    let keys = try connection.knownKeys(kind, table.subject)
    if try keys.isEmpty || connection.isKnown(key, table.subject) { return error(key.written, []) }
    let found = nearest(to: key.key, among: keys).map { ListKey(kind: kind, key: $0).written }
    return error(found, keys.prefix(20).map { ListKey(kind: kind, key: $0).written })
  }

  /// Throws for a key that no row has, unless there are no keys of its kind at all, as in a new registry.
  func check(_ key: ListKey, _ part: StoreError.QueryPart, _ connection: borrowing Connection) throws {
    let (kind, subject) = (key.kind, table.subject)
    guard table.source(key) != nil else { throw StoreError.noSuchKind(part, kind: kind.rawValue, subject: subject) }
    guard try !connection.isKnown(key, subject) else { return }
    let known = try connection.knownKeys(kind, subject)
    // Where only others have tags, models say, the key is as unknown as it is where they have.
    let others = kind == .tags ? ListSubject.allCases : []
    guard try !known.isEmpty || others.contains(where: { try connection.hasKeys(kind, $0) }) else { return }
    if let column = columns.first(where: { $0.lowercased() == key.key.lowercased() && $0.isForPeople }) {
      throw StoreError.columnAsKey(part, kind: kind.rawValue, column: column)
    }
    throw StoreError.noSuchKey(
      part, kind: kind.rawValue, subject: subject, key: key.key, nearest: nearest(to: key.key, among: known), known: known)
  }
}

extension Connection {
  /// Whether any row has a value of this kind.
  fileprivate func hasKeys(_ kind: ListKey.Kind, _ subject: ListSubject) throws -> Bool { try !knownKeys(kind, subject).isEmpty }

  /// The functions that an expression may call.
  func functionNames() throws -> [String] {
    try query("SELECT DISTINCT name FROM pragma_function_list ORDER BY name") { row in try row.text(0) }
  }
}
