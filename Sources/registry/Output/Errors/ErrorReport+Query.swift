import ModelRegistry

extension ErrorReport {
  /// The errors of a query that people wrote.
  init(_ error: QueryError) {
    func guess(_ nearest: String?) -> String? { nearest.map { "did you mean \($0)?" } }
    func hint(_ parts: String?..., otherwise command: String = "registry list --help") -> String {
      let said = parts.compactMap(\.self)
      return said.isEmpty ? command : said.joined(separator: " ")
    }
    switch error {
    case .badExpression(let option, let problem, let nearest, let columns):
      let all = columns.isEmpty ? nil : "the columns are \(columns.joined(separator: ", "))"
      // A shell takes the quotes away from model='cancer'.
      let texts = nearest == nil && option == "--where" && all != nil ? "texts stand in single quotes;" : nil
      self.init("\(option): \(problem).", hint: hint(guess(nearest), texts, all), .usage)
    case .emptyExpression(let option):
      let example = option == "--where" ? "\"test_loss < 0.1\"" : "test_loss"
      self.init("\(option): the expression is empty.", hint: "registry list \(option) \(example)", .usage)
    case .doubleQuoted(let option, let text, let nearest):
      let literal = "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
      self.init(
        "\(option.map { "\($0): " } ?? "")no such column: \(text).", hint: hint(guess(nearest), "texts stand in single quotes: \(literal)"),
        .usage)
    case .aboutManyRows(let option, let problem):
      self.init(
        "\(option): \(problem): an expression is about one row.", hint: "registry sql \"SELECT avg(test_loss) FROM leaderboard\"", .usage)
    case .onlyInSQL(let option, let function):
      self.init("\(option): '\(function)' is a function of registry sql, not of list.", hint: "registry sql --help", .usage)
    case .repeatedColumn(let name, let columns):
      self.init("--columns: '\(name)' is asked for twice.", hint: "--columns \(columns.joined(separator: ",").quotedForShell)", .usage)
    case .noSuchKey(let option, let kind, let subject, let key, _, let known) where known.isEmpty:
      self.init(
        "\(option): no \(subject.rawValue.dropLast()) has a \(kind.dropLast()) '\(key)'; none has any \(kind).",
        hint: "registry tag --help", .usage)
    case .noSuchKey(let option, let kind, let subject, let key, let nearest, let known):
      let list = known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", …" : "")
      self.init(
        "\(option): no \(subject.rawValue.dropLast()) has a \(kind.dropLast()) '\(key)'.", hint: hint(guess(nearest), "known: \(list)"),
        .usage)
    case .columnAsKey(let option, let kind, let column):
      self.init("\(option): '\(column)' is a column, not a \(kind.dropLast()).", hint: guess(column), .usage)
    case .noSuchKind(let option, let kind, let subject):
      let hint = subject == .models && kind != "tags" ? "registry list --where \"\(kind).… > 0\"" : nil
      self.init("\(option): \(subject.rawValue) have no \(kind).", hint: hint, .usage)
    case .badSQL(let problem, let nearest):
      self.init("\(problem).", hint: hint(guess(nearest), otherwise: "registry sql --help"), .usage)
    case .notOneStatement(isEmpty: true): self.init("there is no statement to run.", hint: "registry sql --help", .usage)
    case .notOneStatement(isEmpty: false):
      self.init("there is more than one statement; sql runs one.", hint: "registry sql --help", .usage)
    case .notReadOnly(let what):
      self.init("sql only reads: \(what) is refused.", hint: "registry --help lists the commands that write", .usage)
    case .failed(let problem): self.init("the query failed: \(problem).", .badData)
    case .outOfTime(let limit, let option):
      let seconds = Double(limit.components.seconds) + Double(limit.components.attoseconds) / 1e18
      let hint = option == nil ? "a higher --timeout, or a LIMIT in the query" : "--limit 20, or a simpler expression"
      self.init("\(option.map { "\($0): " } ?? "")the query was given up after \(seconds.shortText) s.", hint: hint, .failed)
    }
  }
}
