/// What can be wrong with a query that people wrote.  The program words these; see its `ErrorReport`.
///
/// `option` is where it stands: --where, --order-by, --columns; `nearest` is what exists and is spelt almost as what is unknown.
public enum QueryError: Error, Equatable {
  /// SQLite doesn't take an expression.  `columns` are those that there are, where it is a name that is unknown.
  case badExpression(option: String, problem: String, nearest: String?, columns: [String])
  /// There is nothing in an expression.
  case emptyExpression(option: String)
  /// A text in double quotes, which are SQL's for names, and no column has this one.  `option` is nil in the text of `sql`.
  case doubleQuoted(option: String?, text: String, nearest: String?)
  /// A function that takes many rows, where an expression is about one.
  case aboutManyRows(option: String, problem: String)
  /// A function that only `sql` has: predict and its like.
  case onlyInSQL(option: String, function: String)
  /// A column that is asked for twice.  `columns` are those that are asked for, each once.
  case repeatedColumn(name: String, columns: [String])
  /// No row has a value by this key.  `kind` is params, metrics or tags; `known` is empty where only other subjects have any.
  case noSuchKey(option: String, kind: String, subject: ListSubject, key: String, nearest: String?, known: [String])
  /// The same, of a key that is the name of a column: `params.seed`.
  case columnAsKey(option: String, kind: String, column: String)
  /// A subject has no values of this kind: models and datasets have no params.
  case noSuchKind(option: String, kind: String, subject: ListSubject)
  /// The text of `sql` isn't SQL, or asks for what isn't there.
  case badSQL(problem: String, nearest: String?)
  /// The text of `sql` has no statement, or several.
  case notOneStatement(isEmpty: Bool)
  /// The statement would do more than read; `what` is the word of SQL for it.
  case notReadOnly(what: String)
  /// The query was fine, and failed on what it found.
  case failed(problem: String)
  /// The query took longer than it may.
  case outOfTime(limit: Duration, option: String?)
}
