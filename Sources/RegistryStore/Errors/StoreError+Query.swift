// What can be wrong with a query that people wrote.  `part` says where: a door calls it as it asked for it.

extension StoreError {
  private init(
    _ code: Code, _ part: QueryPart, name: String = "", names: [String] = [], nearest: String? = nil, _ sentence: String
  ) {
    self.init(
      code, about: part == .sql ? "the statement" : "the \(part.rawValue)", name: name, names: names,
      suggestions: nearest.map { [$0] } ?? [], part: part
    ) { _ in sentence }
  }

  /// SQLite doesn't take an expression.  `columns` are those that there are, where it is a name that is unknown; `nearest` is what exists
  /// and is spelt almost as what is unknown, here and below.
  package static func badExpression(_ part: QueryPart, problem: String, nearest: String? = nil, columns: [String] = []) -> StoreError {
    StoreError(.badExpression, part, names: columns, nearest: nearest, problem)
  }

  /// There is nothing in an expression.
  package static func emptyExpression(_ part: QueryPart) -> StoreError { StoreError(.emptyExpression, part, "the expression is empty") }

  /// A text in double quotes, which are SQL's for names, and no column has this one.
  package static func doubleQuoted(_ part: QueryPart, text: String, nearest: String?) -> StoreError {
    StoreError(.doubleQuoted, part, name: text, nearest: nearest, "no such column: \(text)")
  }

  /// A function that takes many rows, where an expression is about one.
  package static func aboutManyRows(_ part: QueryPart, problem: String) -> StoreError {
    StoreError(.aboutManyRows, part, "\(problem): an expression is about one row")
  }

  /// A function that only SQL queries have: predict and its like.
  package static func onlyInSQL(_ part: QueryPart, function: String) -> StoreError {
    StoreError(.onlyInSQL, part, name: function, "'\(function)' is a function of SQL queries, not of lists")
  }

  /// A column that is asked for twice.  `columns` are those that are asked for, each once.
  package static func repeatedColumn(name: String, columns: [String]) -> StoreError {
    StoreError(.repeatedColumn, .columns, name: name, names: columns, "'\(name)' is asked for twice")
  }

  /// No row has a value by this key.  `kind` is params, metrics or tags; `known` is empty where only other subjects have any.
  package static func noSuchKey(
    _ part: QueryPart, kind: String, subject: ListSubject, key: String, nearest: String?, known: [String]
  ) -> StoreError {
    let sentence = "no \(subject.rawValue.dropLast()) has a \(kind.dropLast()) '\(key)'"
    return StoreError(
      .noSuchKey, part, name: key, names: known, nearest: nearest, known.isEmpty ? "\(sentence); none has any \(kind)" : sentence)
  }

  /// The same, of a key that is the name of a column: `params.seed`.
  package static func columnAsKey(_ part: QueryPart, kind: String, column: String) -> StoreError {
    StoreError(.columnAsKey, part, name: column, nearest: column, "'\(column)' is a column, not a \(kind.dropLast())")
  }

  /// A subject has no values of this kind: models and datasets have no params.  `names` has the kind where the versions of a model have it.
  package static func noSuchKind(_ part: QueryPart, kind: String, subject: ListSubject) -> StoreError {
    StoreError(
      .noSuchKind, part, name: kind, names: subject == .models && kind != "tags" ? [kind] : [], "\(subject.rawValue) have no \(kind)")
  }

  /// The text of a query isn't SQL, or asks for what isn't there.
  package static func badSQL(problem: String, nearest: String?) -> StoreError { StoreError(.badSQL, .sql, nearest: nearest, problem) }

  /// The text has no statement, or several.
  package static func notOneStatement(isEmpty: Bool) -> StoreError {
    isEmpty
      ? StoreError(.noStatement, .sql, "there is no statement to run")
      : StoreError(.severalStatements, .sql, "there is more than one statement")
  }

  /// The statement would do more than read; `what` is the word of SQL for it.
  package static func notReadOnly(what: String) -> StoreError {
    StoreError(.notReadOnly, .sql, name: what, "a query only reads: \(what) is refused")
  }

  /// The query was fine, and failed on what it found.
  package static func queryFailed(problem: String) -> StoreError { StoreError(.queryFailed, .sql, "the query failed: \(problem)") }

  /// The query took longer than it may.
  package static func outOfTime(limit: Duration, _ part: QueryPart) -> StoreError {
    let seconds = Double(limit.components.seconds) + Double(limit.components.attoseconds) / 1e18
    let text = seconds == seconds.rounded() && seconds < 1e15 ? "\(Int(seconds))" : "\(seconds)"
    return StoreError(.outOfTime, part, "the query was given up after \(text) s")
  }
}
