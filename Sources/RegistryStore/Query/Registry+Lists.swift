internal import SQLite
internal import Tensors

extension Registry {
  /// Rows of versions, runs, models or datasets, newest first unless ordered otherwise.
  ///
  /// Throws `StoreError` for a condition, an order or columns that can't be, and for a query that takes longer than it may.
  public func list(_ subject: ListSubject, _ query: ListQuery = ListQuery()) throws -> ResultTable {
    try listing(subject, query).table
  }

  /// The same, with the aliases of each row.
  public func listing(_ subject: ListSubject, _ query: ListQuery = ListQuery()) throws -> ListResult {
    try snapshot {
      if let model = query.model {
        let isKnown = try connection.queryFirst("SELECT 1 FROM models WHERE name = ?", model) { _ in true } ?? false
        guard isKnown else { throw try noSuchModel(model) }
      }
      do {
        return try connection.guarded(QueryLimits(time: query.timeLimit, length: Self.longestCell)) { try rows(subject, query) }
      } catch let error as SQLiteError where error.isInterrupted {
        throw StoreError.outOfTime(limit: query.timeLimit, query.writtenPart)
      }
    }
  }

  /// So many are looked at first.
  private static let fewRows = 5000

  /// No cell of a list is longer, so that `randomblob(1e9)` fails instead of filling the memory.
  private static let longestCell = 16_000_000

  private func rows(_ subject: ListSubject, _ query: ListQuery) throws -> ListResult {
    let statement = try listStatement(subject, query)
    func rows(_ sql: String) throws -> [(cells: [CellValue], key: Int64?)] {
      try connection.query(sql, query.limit, query.offset, query.model) { row in
        (cells: try statement.cells.map { try $0.read(row) }, key: try statement.keyIndex.map { try row.int64($0) })
      }
    }
    do {
      var found: [(cells: [CellValue], key: Int64?)] = []
      // Where few are wanted, few are looked at first: mostly that is enough.
      for (number, sql) in statement.attempts.enumerated() where number == 0 || found.count < query.limit || query.limit < 0 {
        found = try rows(sql)
      }
      if let details = statement.details { return try detailRows(details, of: found.compactMap(\.key)) }
      let aliases = try aliases(of: subject, found.compactMap(\.key))
      return ListResult(
        table: ResultTable(columns: statement.cells.map(\.name), rows: found.map(\.cells)),
        aliases: found.compactMap(\.key).map { aliases[$0] ?? [] })
    } catch let error as SQLiteError where error.isOfTheQuery && query.writtenPart != .sql {
      // Some can't be told before they run: a sum that overflows.
      throw StoreError.badExpression(query.writtenPart, problem: error.message)
    }
  }

  /// The cells of runs that were picked by their numbers, in that order.  A run has many columns that are looked up elsewhere: of those that
  /// the list doesn't show, none is.
  private func detailRows(_ details: ListDetails, of picked: [Int64]) throws -> ListResult {
    let gone = Set(try runsWithoutProcess(among: picked))
    let interrupted = CellValue.text(RunStatus.interrupted.rawValue)
    var find = try connection.prepare(details.sql)
    let rows = try picked.compactMap { run -> [CellValue]? in
      try find.bind(run)
      return try find.first { row in
        try details.cells.map { $0.column == "status" && gone.contains(run) ? interrupted : try $0.read(row) }
      }
    }
    return ListResult(table: ResultTable(columns: details.cells.map(\.name), rows: rows), aliases: [])
  }

  private func allColumns(_ table: ListTable) throws -> [String] { try connection.prepare("SELECT * FROM \(table.sql)").columnNames }

  private func cells(_ query: ListQuery, _ expressions: inout ListExpressions) throws -> [ListCell] {
    let asked = query.showsAskedKeys ? expressions.keys.keys : []
    var cells =
      try query.columns.map { try listCells($0, expressions.columns, &expressions) }
      ?? expressions.table.columns.map { ListCell(name: $0, column: $0) }
    for key in asked where !cells.contains(where: { $0.name.hasSameBytes(as: key.name) }) { cells.append(ListCell(key, in: &expressions)) }
    var position = 0
    return cells.map { cell in
      defer { position += cell.columns.count }
      return cell.placed(at: position)
    }
  }

  /// The statement that a query becomes; a test looks at its plan.
  func listStatement(_ subject: ListSubject, _ query: ListQuery) throws -> ListStatement {
    // Whose process has gone matters here only where the condition or the order may ask for the status.
    let asksForStatus = subject == .runs && "\(query.condition ?? "") \(query.order ?? "")".lowercased().contains("status")
    let table = subject.table(includesDeleted: query.includesDeleted, gone: asksForStatus ? try runsWithoutProcess() : [])
    // Where nobody wrote any column, which there are isn't asked: it takes as long as the query itself.
    let isPlain = query.condition == nil && query.order == nil && query.columns == nil
    var expressions = ListExpressions(
      table, columns: isPlain ? [] : try allColumns(table), functions: SQLFunctions.names + (interpreter?.functionNames ?? []))
    let condition = try query.condition.map { try expressions.condition($0, connection) }
    var order = try query.order.map { try expressions.order($0, connection) } ?? ListExpressions.Order(terms: table.newest)
    // Which of equal ones comes first doesn't depend on how they are found.
    if order.ranked != nil { order.terms += ",\n\(table.newest)" }
    let all = try cells(query, &expressions)
    // Of runs the numbers are found first.
    let cells = subject == .runs ? [] : all
    var selected = cells.flatMap(\.columns)
    let key = subject == .runs ? "run" : cells.contains { $0.name == "aliases" } ? table.aliasKey : nil
    if let key { selected.append(key) }
    let ofExperiment = try query.experiment.map { try self.ofExperiment($0, subject) }
    // What people write stands on lines of its own, so that a comment in it ends there.
    func sql(_ from: String, _ bound: String? = nil) -> String {
      """
      SELECT \(selected.map(\.quotedAsName).joined(separator: ", ")) FROM \(from)
      WHERE \(query.model == nil ? "?3 IS NULL" : table.ofModel.replacing("?1", with: "?3"))\(([ofExperiment, bound].compactMap(\.self).map { " AND \($0)" }).joined()) AND (
      \(condition ?? "1")
      ) ORDER BY
      \(order.terms)
      LIMIT ?1 OFFSET ?2
      """
    }
    let from = expressions.keys.from(subject.table(includesDeleted: query.includesDeleted))
    let details = ListDetails(
      sql: "SELECT \(all.flatMap(\.columns).map(\.quotedAsName).joined(separator: ", ")) FROM \(from) WHERE run = ?", cells: all)
    let keys = expressions.keys
    var attempts: [String] = []
    if query.limit >= 0 {
      if let ranking = order.ranked {
        // What has a value of the key that the rows are ordered by comes first.
        let first = keys.isAmongFirst(Self.fewRows, of: ranking, table)
        attempts.append(sql(keys.from(table, ranked: ranking.key, byOwner: true), first))
        attempts.append(sql(keys.from(table, ranked: ranking.key)))
      } else if query.order == nil, condition != nil, !keys.keys.isEmpty, let newest = table.isAmongNewest(Self.fewRows) {
        attempts.append(sql(keys.from(table, byOwner: true), newest))
      }
    }
    return ListStatement(
      attempts: attempts + [sql(keys.from(table))], cells: cells, keyIndex: key == nil ? nil : selected.count - 1,
      details: subject == .runs ? details : nil)
  }

  /// Whether a row is of an experiment, by the index of runs.
  private func ofExperiment(_ name: String, _ subject: ListSubject) throws -> String {
    let id = try existingExperiment(name).id
    return "run IN (SELECT id FROM runs WHERE experiment_id = \(id)\(id == 0 ? " OR experiment_id IS NULL" : ""))"
  }

  /// The columns that were asked for, in their order.  Throws for one that is asked for twice: JSON has a key once.
  private func listCells(_ names: [String], _ allColumns: [String], _ expressions: inout ListExpressions) throws -> [ListCell] {
    var cells: [ListCell] = []
    for name in names {
      let cell: ListCell
      if let known = allColumns.first(where: { $0.lowercased() == name.lowercased() }) {
        cell = ListCell(name: known, column: known, flag: allColumns.contains("\(known)_is_nan") ? "\(known)_is_nan" : nil)
      } else if let key = ListKey(written: name) {
        try expressions.check(key, .columns, connection)
        cell = ListCell(key, in: &expressions)
      } else {
        throw try expressions.unknownColumn(name, .columns, connection)
      }
      guard !cells.contains(where: { $0.name.hasSameBytes(as: cell.name) }) else {
        throw StoreError.repeatedColumn(name: cell.name, columns: Self.distinct(names))
      }
      cells.append(cell)
    }
    return cells
  }

  /// Names as they are written, each column once.
  private static func distinct(_ names: [String]) -> [String] {
    var seen: Set<Name> = []
    return names.filter { seen.insert(Name(ListKey(written: $0)?.name ?? $0.lowercased())).inserted }
  }

  /// The aliases of versions or models by their ids.
  private func aliases(of subject: ListSubject, _ ids: [Int64]) throws -> [Int64: [AliasTarget]] {
    guard !ids.isEmpty else { return [:] }
    let wanted = Set(ids)
    let owner = subject == .models ? "a.model_id" : "a.version_id"
    let found = try connection.query(
      "SELECT \(owner), a.alias, v.version FROM model_aliases AS a JOIN model_versions AS v ON v.id = a.version_id ORDER BY a.alias"
    ) { row in (owner: try row.int64(0), target: AliasTarget(alias: try row.text(1), version: try row.int(2))) }
    return Dictionary(grouping: found.filter { wanted.contains($0.owner) }, by: \.owner).mapValues { $0.map(\.target) }
  }
}

/// A list as SQL, and how its rows are read.  Parameters: limit, offset, model.
struct ListStatement {
  /// The statement is the last.  Those before it find the same rows among fewer: what they find is all, if it is as much as the limit.
  let attempts: [String]
  var sql: String { attempts[attempts.count - 1] }
  let cells: [ListCell]
  /// Where the id stands that aliases, or the cells of runs, are looked up by.
  let keyIndex: Int?
  /// Nil for other subjects than runs.
  let details: ListDetails?
}

/// The cells of a run, which are read once it is known which runs are shown.  Parameter: its number.
struct ListDetails {
  let sql: String
  let cells: [ListCell]
}

/// A column of the result.
struct ListCell {
  /// As the result calls it.
  let name: String
  /// As the query does.
  let column: String
  /// The column that says whether a NULL is NaN.
  var flag: String?
  private var position = 0

  init(name: String, column: String, flag: String? = nil) {
    self.name = name
    self.column = column
    self.flag = flag
  }

  /// The value of a key.
  init(_ key: ListKey, in expressions: inout ListExpressions) {
    let column = expressions.keys.column(key)
    self.init(name: key.name, column: column, flag: expressions.table.mayBeNaN(key) ? "\(column)_is_nan" : nil)
  }

  var columns: [String] { [column] + (flag.map { [$0] } ?? []) }

  func placed(at position: Int) -> ListCell {
    var cell = self
    cell.position = position
    return cell
  }

  func read(_ row: borrowing Statement) throws -> CellValue {
    if flag != nil, try row.intOrNil(position + 1) == 1 { return .real(.nan) }
    return CellValue(try row.value(position))
  }
}

extension String {
  /// Whether a column is worth naming among those that there are: ids can be asked for, and mean little.
  var isForPeople: Bool { self != "id" && self != "uuid" && !hasSuffix("_id") }
}

extension ListQuery {
  /// The part that people wrote; the whole statement where they wrote none.
  fileprivate var writtenPart: StoreError.QueryPart {
    if condition == nil { return order == nil ? .sql : .order }
    return order == nil ? .condition : .conditionOrOrder
  }
}
