internal import SQLite
internal import Tensors

// What people write is never parsed here: SQLite compiles it, and its answers are acted upon.  Where it knows no column `params.x`, it
// says so and where that stands; a column is added, its name is put there, and SQLite is asked again.

/// A query whose expressions are being compiled, one after the other.
struct ListExpressions: ~Copyable {
  let table: ListTable
  /// Every column that an expression can name.
  let columns: [String]
  /// Functions that only `sql` has.
  let functions: [String]
  var keys = ListKeys()

  init(_ table: ListTable, columns: [String], functions: [String]) {
    self.table = table
    self.columns = columns
    self.functions = functions
  }

  /// A condition with its keys resolved.
  mutating func condition(_ text: String, _ connection: borrowing Connection) throws -> String {
    guard !text.allSatisfy(\.isWhitespace) else { throw StoreError.emptyExpression(.condition) }
    // A cast takes one whole expression: no parenthesis can be closed in it that wasn't opened there.
    let resolved = try compile(text, .condition, connection) { "SELECT CAST(\n\($0)\n AS TEXT) FROM \($1)" }
    return try compile(resolved, .condition, connection) { "SELECT 1 FROM \($1) WHERE (\n\($0)\n)" }
  }

  /// Ordering terms, and the key that the first of them orders by.
  struct Order {
    var terms: String
    /// Nil where the first term is anything but a key that has an index by its values.
    var ranked: ListRanking?
  }

  /// Ordering terms with their keys resolved, and NULL last in each: NaN and missing losses are no best ones.
  mutating func order(_ text: String, _ connection: borrowing Connection) throws -> Order {
    guard !text.allSatisfy(\.isWhitespace) else { throw StoreError.emptyExpression(.order) }
    // A window takes ordering terms and no more, so the trouble is found where it is.
    let resolved = try compile(text, .order, connection) { "SELECT row_number() OVER (ORDER BY\n\($0)\n) FROM \($1)" }
    let checked = try compile(resolved, .order, connection) { "SELECT 1 FROM \($1) ORDER BY\n\($0)\nLIMIT 1" }
    let written = SQLText.terms(of: checked)
    let terms = written.map { term in
      let last = "\(term)\nNULLS LAST"
      return compiles("SELECT 1 FROM \(keys.from(table)) ORDER BY \(last)", connection) ? last : String(term)
    }.joined(separator: ",")
    guard compiles("SELECT 1 FROM \(keys.from(table)) ORDER BY \(terms)", connection) else { return Order(terms: checked) }
    let ranked = written.first.flatMap(keys.ranking(ofTerm:)).flatMap { ranking in
      if case .joined = table.source(keys.keys[ranking.key]) { ranking } else { nil }
    }
    return Order(terms: terms, ranked: ranked)
  }

  private func compiles(_ sql: String, _ connection: borrowing Connection) -> Bool {
    do { return try connection.prepare(sql).columnCount > 0 } catch { return false }
  }

  /// Compiles the statement that `sql` makes of an expression and the FROM clause, until SQLite knows every name in it.
  private mutating func compile(
    _ text: String, _ part: StoreError.QueryPart, _ connection: borrowing Connection, _ sql: (String, String) -> String
  ) throws -> String {
    let written = text
    var text = text
    while true {
      let statement = sql(text, keys.from(table))
      do {
        guard try connection.prepare(statement).parameterCount == 0 else {
          throw StoreError.badExpression(part, problem: "a parameter (? or :name) has no value here")
        }
        return text
      } catch let error as SQLiteError {
        let start = sql("\u{1}", keys.from(table)).utf8.firstIndex(of: 1).map {
          statement.utf8.distance(from: statement.startIndex, to: $0)
        }
        let offset = error.offset.flatMap { offset in start.map { offset - $0 } }
        guard let name = SQLText.unknownColumn(in: error), let key = ListKey(name), let offset,
          let range = SQLText.qualifiedName(in: text, at: offset)
        else { throw try failure(error, at: offset, in: text, written: written, part, connection) }
        try check(key, part, connection)
        text.replaceSubrange(range, with: keys.column(key).quotedAsName)
      }
    }
  }
}

extension Connection {
  /// Whether any row has a value by this key.
  func isKnown(_ key: ListKey, _ subject: ListSubject) throws -> Bool {
    try Self.tables(key.kind, subject).contains { table in
      // Of a table without an index by key by way of the owners: its primary key begins with them.
      let condition =
        table.isByKey
        ? "SELECT 1 FROM \(table.name) WHERE key = ? LIMIT 1"
        : """
        SELECT 1 FROM \(table.owners) AS o WHERE EXISTS (SELECT 1 FROM \(table.name) WHERE \(table.owner) = o.id AND key = ?) LIMIT 1
        """
      return try queryFirst(condition, key.key) { _ in true } ?? false
    }
  }

  /// The keys that there are, sorted: of tags those of the newest two hundred owners.
  func knownKeys(_ kind: ListKey.Kind, _ subject: ListSubject) throws -> [String] {
    let keys = try Self.tables(kind, subject).flatMap { table in
      let found =
        table.isByKey
        ? """
        found (key) AS (
          SELECT min(key) FROM \(table.name)
          UNION ALL
          SELECT (SELECT min(key) FROM \(table.name) WHERE key > found.key) FROM found WHERE key IS NOT NULL
          LIMIT 10000)
        """
        : """
        owner (id) AS (SELECT id FROM \(table.owners) ORDER BY id DESC LIMIT 200),
        found (id, key) AS (
          SELECT id, (SELECT min(key) FROM \(table.name) WHERE \(table.owner) = owner.id) FROM owner
          UNION ALL
          SELECT id, (SELECT min(key) FROM \(table.name) WHERE \(table.owner) = found.id AND key > found.key) FROM found
          WHERE key IS NOT NULL)
        """
      return try query("WITH RECURSIVE \(found) SELECT DISTINCT key FROM found WHERE key IS NOT NULL") { row in try row.text(0) }
    }
    return Set(keys.map { Name($0) }).sorted().map(\.text)
  }

  /// Where the values of a kind stand.
  private struct KeyTable {
    let name: String
    var owner = "run_id"
    var owners = "runs"
    /// Whether it has an index that begins with the key.
    var isByKey = false
  }

  private static func tables(_ kind: ListKey.Kind, _ subject: ListSubject) -> [KeyTable] {
    switch (kind, subject) {
    case (.params, _): [KeyTable(name: "params", isByKey: true)]
    case (.metrics, _): [KeyTable(name: "metrics_latest", isByKey: true)]
    case (.tags, .models): [KeyTable(name: "model_tags", owner: "model_id", owners: "models")]
    case (.tags, .experiments): [KeyTable(name: "experiment_tags", owner: "experiment_id", owners: "experiments")]
    case (.tags, .versions):
      [KeyTable(name: "version_tags", owner: "version_id", owners: "model_versions"), KeyTable(name: "tags")]
    case (.tags, _): [KeyTable(name: "tags")]
    }
  }
}
