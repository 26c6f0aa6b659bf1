internal import Tensors

/// `params.x`, `metrics.x` or `tags.x`: a value that is kept by a key, where others are kept in columns.
struct ListKey: Hashable {
  enum Kind: String, CaseIterable {
    case params, metrics, tags

    /// One of them, in words: a param.
    var singular: String { String(rawValue.dropLast()) }
  }

  let kind: Kind
  @Name private(set) var key: String

  init(kind: Kind, key: String) {
    self.kind = kind
    self.key = key
  }

  /// Reads `params.x`, which is how SQLite names a column that it doesn't know, whatever the quotes around it were.
  init?(_ name: String) {
    guard let dot = name.unicodeScalars.firstIndex(of: "."), let kind = Kind(rawValue: name[..<dot].lowercased()) else { return nil }
    let key = name[name.unicodeScalars.index(after: dot)...]
    guard !key.isEmpty else { return nil }
    self.init(kind: kind, key: String(key))
  }

  /// Reads `params.x` or `params."my key"`, as people write it.
  init?(written text: String) {
    self.init(text)
    if key.utf8.count > 1, key.unicodeScalars.first == "\"", key.unicodeScalars.last == "\"" {
      self.init(kind: kind, key: String(key.unicodeScalars.dropFirst().dropLast()).replacing("\"\"", with: "\""))
    }
  }

  /// `params.x`; as a heading and a key of JSON too.
  var name: String { "\(kind.rawValue).\(key)" }

  /// As it is written in an expression: `metrics."val/acc"` where the key is no word of SQL.
  var written: String {
    let isWord = key.utf8.allSatisfy { $0 >= 0x80 || $0 == 0x5f || (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20) }
    return isWord && key.utf8.first.map { $0 > 0x39 } ?? false ? name : "\(kind.rawValue).\(key.quotedAsName)"
  }

  /// The name of the column that stands for it in a query: by number, as SQL's names know no case and keys do.
  func column(_ number: Int) -> String { "\(kind.rawValue).\(number)" }
}

/// The keys that a query asks for, each once.
struct ListKeys {
  private(set) var keys: [ListKey] = []

  /// The column of a key, added unless it is there.
  mutating func column(_ key: ListKey) -> String {
    if !keys.contains(key) { keys.append(key) }
    return key.column(keys.firstIndex(of: key) ?? 0)
  }

  /// A subject's rows with a column for each key.  Columns that aren't used cost nothing: SQLite doesn't compute them.
  ///
  /// - Parameters:
  ///   - ranked: the number of a key that the rows are ordered by: then there are only those that have a value of it, by its index.
  ///   - byOwner: whether the values of the other keys are looked up for each row, never found by what they are.
  func from(_ table: ListTable, ranked: Int? = nil, byOwner: Bool = false) -> String {
    var (columns, joins) = (["base.*"], "")
    for (number, key) in keys.enumerated() {
      let name = key.column(number)
      switch table.source(key) {
      case .computed(let sql): columns.append("(\(sql)) AS \(name.quotedAsName)")
      case .joined(let source):
        let alias = "k\(number)"
        columns.append("\(alias).value AS \(name.quotedAsName)")
        // No row is no value; one without a value is NaN.
        columns.append("\(alias).run_id IS NOT NULL AND \(alias).value IS NULL AS \("\(name)_is_nan".quotedAsName)")
        let isRanked = number == ranked
        // The index of the primary key, as SQLite calls it.
        let index = byOwner && !isRanked ? " INDEXED BY sqlite_autoindex_\(source)_1" : ""
        joins += " \(isRanked ? "" : "LEFT ")JOIN \(source) AS \(alias)\(index) ON \(alias).run_id = base.run"
        joins += " AND \(alias).key = \(key.key.quotedForSQL)\(isRanked ? " AND \(alias).value IS NOT NULL" : "")"
      case nil: continue
      }
    }
    return "(SELECT \(columns.joined(separator: ", ")) FROM \(table.sql) AS base\(joins)) AS \(table.subject.rawValue)"
  }

  /// The number of a key by which an ordering term orders, and nothing else, and whether the highest come first: `"metrics.0" DESC`.
  func ranking(ofTerm term: Substring) -> ListRanking? {
    let words = term.split { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }
    guard let first = words.first, words.count <= 2, words.count < 2 || ["ASC", "DESC"].contains(words[1].uppercased()) else { return nil }
    let number = keys.indices.first { keys[$0].column($0).quotedAsName.hasSameBytes(as: String(first)) }
    return number.map { ListRanking(key: $0, isDescending: words.count == 2 && words[1].uppercased() == "DESC") }
  }

  /// Whether a row is among the first of a ranking, by the index of its values; none is where there are fewer.
  func isAmongFirst(_ count: Int, of ranking: ListRanking, _ table: ListTable) -> String? {
    let key = keys[ranking.key]
    guard case .joined(let source) = table.source(key) else { return nil }
    let column = key.column(ranking.key).quotedAsName
    return """
      \(column) \(ranking.isDescending ? ">=" : "<=") (SELECT value FROM \(source) WHERE key = \(key.key.quotedForSQL) AND value IS NOT NULL
        ORDER BY value\(ranking.isDescending ? " DESC" : "") LIMIT 1 OFFSET \(count - 1))
      """
  }
}

/// A key that rows are ordered by.
struct ListRanking {
  /// Its number among the keys.
  let key: Int
  let isDescending: Bool
}
