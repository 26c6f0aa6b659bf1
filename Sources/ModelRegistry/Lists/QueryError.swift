/// What can be wrong with a query that people wrote.  The program words these; see its `ErrorReport`.
public enum QueryError: Error, Equatable {
  /// SQLite doesn't take an expression.  `option` is where it stands: --where, --order-by, --columns; `nearest` is a column of almost
  /// the name that is unknown.
  case badExpression(option: String, problem: String, nearest: String?, columns: [String])
  /// No row has a value by this key.  `kind` is params, metrics or tags.
  case noSuchKey(option: String, kind: String, key: String, nearest: String?, known: [String])
  /// A subject has no values of this kind: models and datasets have no params.
  case noSuchKind(option: String, kind: String, subject: ListSubject)
  /// The text of `sql` isn't SQL, or asks for what isn't there; `nearest` as above.
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

/// The word that is nearest to one that is unknown, if one is near: at most a third of its letters are wrong.
func nearest(to word: String, among words: [String]) -> String? {
  let (exact, lowercased) = (Array(word.unicodeScalars), Array(word.lowercased().unicodeScalars))
  let found = words.map {
    (
      word: $0, distance: editDistance(lowercased, Array($0.lowercased().unicodeScalars)),
      exact: editDistance(exact, Array($0.unicodeScalars))
    )
  }.min { ($0.distance, $0.exact) < ($1.distance, $1.exact) }
  guard let found, found.distance <= max(1, lowercased.count / 3) else { return nil }
  return found.word
}

/// How many letters have to be added, removed, changed or swapped with their neighbour (the optimal string alignment distance).
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
  var before: [Int] = []
  var previous = Array(0...b.count)
  for i in a.indices {
    var current = [i + 1]
    for j in b.indices {
      var least = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, before[j - 1] + 1) }
      current.append(least)
    }
    (before, previous) = (previous, current)
  }
  return previous[b.count]
}
