import ModelRegistry

/// The errors of a query that people wrote: the store says which part is wrong, the program how that part is asked for.
extension ErrorReport {
  /// `--where: no such column: x`.
  static func sentence(of error: StoreError, in part: StoreError.QueryPart) -> String {
    let prefix = part.option.map { "\($0): " } ?? ""
    switch error.code {
    // By the names of our commands.
    case .onlyInSQL: return "\(prefix)'\(error.name)' is a function of registry sql, not of list"
    case .notReadOnly: return "sql only reads: \(error.name) is refused"
    case .severalStatements: return "\(error.message); sql runs one"
    default: return prefix + error.message
    }
  }

  static func hint(ofQuery error: StoreError, _ part: StoreError.QueryPart) -> String? {
    let guess = error.suggestions.first.map { "did you mean \($0)?" }
    func hint(_ parts: String?..., otherwise command: String = "registry list --help") -> String {
      let said = parts.compactMap(\.self)
      return said.isEmpty ? command : said.joined(separator: " ")
    }
    switch error.code {
    case .badExpression:
      let all = error.names.isEmpty ? nil : "the columns are \(error.names.joined(separator: ", "))"
      // A shell takes the quotes away from model='cancer'.
      let texts = guess == nil && part == .condition && all != nil ? "texts stand in single quotes;" : nil
      return hint(guess, texts, all)
    case .emptyExpression: return "registry list \(part.option ?? "") \(part == .condition ? "\"test_loss < 0.1\"" : "test_loss")"
    case .doubleQuoted:
      let literal = "'\(error.name.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
      return hint(guess, "texts stand in single quotes: \(literal)")
    case .aboutManyRows: return "registry sql \"SELECT avg(test_loss) FROM leaderboard\""
    case .onlyInSQL, .noStatement, .severalStatements: return "registry sql --help"
    case .repeatedColumn: return "--columns \(error.names.joined(separator: ",").quotedForShell)"
    case .noSuchKey where error.names.isEmpty: return "registry tag --help"
    case .noSuchKey:
      let list = error.names.prefix(20).joined(separator: ", ") + (error.names.count > 20 ? ", …" : "")
      return hint(guess, "known: \(list)")
    case .columnAsKey: return guess
    case .noSuchKind: return error.names.first.map { "registry list --where \"\($0).… > 0\"" }
    case .badSQL: return hint(guess, otherwise: "registry sql --help")
    case .notReadOnly: return "registry --help lists the commands that write"
    case .outOfTime: return part == .sql ? "a higher --timeout, or a LIMIT in the query" : "--limit 20, or a simpler expression"
    default: return nil
    }
  }
}

extension StoreError.QueryPart {
  /// Where the part is asked for; nil for a whole statement.
  fileprivate var option: String? {
    switch self {
    case .condition: "--where"
    case .order: "--order-by"
    case .conditionOrOrder: "--where or --order-by"
    case .columns: "--columns"
    case .sql: nil
    }
  }
}
