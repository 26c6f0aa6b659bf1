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
  func from(_ table: ListTable) -> String {
    let columns = keys.enumerated().flatMap { number, key -> [String] in
      let name = key.column(number)
      return [
        table.value(key).map { "(\($0)) AS \(name.quotedAsName)" },
        table.isNaN(key).map { "(\($0)) AS \("\(name)_is_nan".quotedAsName)" },
      ].compactMap(\.self)
    }
    return "(SELECT \((["base.*"] + columns).joined(separator: ", ")) FROM \(table.sql) AS base) AS \(table.subject.rawValue)"
  }
}
