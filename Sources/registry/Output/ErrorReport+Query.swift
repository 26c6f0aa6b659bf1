import ModelRegistry

extension ErrorReport {
  /// The errors of a query that people wrote.
  init(_ error: QueryError) {
    func guess(_ nearest: String?) -> String? { nearest.map { "did you mean \($0)?" } }
    switch error {
    case .badExpression(let option, let problem, let nearest, let columns):
      let all = columns.isEmpty ? nil : "the columns are \(columns.joined(separator: ", "))"
      let hints = [guess(nearest), all].compactMap(\.self)
      self.init("\(option): \(problem).", hint: hints.isEmpty ? nil : hints.joined(separator: " "), .usage)
    case .noSuchKey(let option, let kind, let key, let nearest, let known):
      let list = known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", …" : "")
      let all = "there are \(list)"
      self.init("\(option): nothing has '\(key)' among its \(kind).", hint: guess(nearest).map { "\($0) \(all)" } ?? all, .usage)
    case .noSuchKind(let option, let kind, let subject):
      let hint = subject == .models && kind != "tags" ? "registry list --where \"\(kind).… > 0\"" : nil
      self.init("\(option): \(subject.rawValue) have no \(kind).", hint: hint, .usage)
    case .badSQL(let problem, let nearest):
      self.init("\(problem).", hint: guess(nearest) ?? "registry sql --help", .usage)
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
