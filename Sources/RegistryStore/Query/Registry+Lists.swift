internal import SQLite
internal import Tensors

extension Registry {
  /// Rows of versions, runs, models or datasets, newest first unless ordered otherwise.
  ///
  /// Throws `QueryError` for a condition, an order or columns that can't be, and for a query that takes longer than it may.
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
        throw QueryError.outOfTime(limit: query.timeLimit, option: query.writtenOptions)
      }
    }
  }

  /// No cell of a list is longer, so that `randomblob(1e9)` fails instead of filling the memory.
  private static let longestCell = 16_000_000

  private func rows(_ subject: ListSubject, _ query: ListQuery) throws -> ListResult {
    let statement = try listStatement(subject, query)
    do {
      let found = try connection.query(statement.sql, query.limit, query.offset, query.model) { row in
        (cells: try statement.cells.map { try $0.read(row) }, key: try statement.keyIndex.map { try row.int64($0) })
      }
      let aliases = try aliases(of: subject, found.compactMap(\.key))
      return ListResult(
        table: ResultTable(columns: statement.cells.map(\.name), rows: found.map(\.cells)),
        aliases: found.compactMap(\.key).map { aliases[$0] ?? [] })
    } catch let error as SQLiteError where error.isOfTheQuery && query.writtenOptions != nil {
      // Some can't be told before they run: a sum that overflows.
      throw QueryError.badExpression(
        option: query.writtenOptions ?? "", problem: error.message, nearest: nil, columns: [])
    }
  }

  /// The statement that a query becomes; a test looks at its plan.
  func listStatement(_ subject: ListSubject, _ query: ListQuery) throws -> ListStatement {
    let table = subject.table(includesDeleted: query.includesDeleted, gone: subject == .runs ? try runsWithoutProcess() : [])
    let allColumns = try connection.prepare("SELECT * FROM \(table.sql)").columnNames
    var expressions = ListExpressions(
      table, columns: allColumns, functions: SQLFunctions.names + (interpreter?.functionNames ?? []))
    let condition = try query.condition.map { try expressions.condition($0, connection) }
    let order = try query.order.map { try expressions.order($0, connection) } ?? table.newest
    let cells =
      try query.columns.map { try listCells($0, allColumns, &expressions) } ?? table.columns.map { ListCell(name: $0, column: $0) }
    var selected = cells.flatMap(\.columns)
    let hasAliases = table.aliasKey != nil && cells.contains { $0.name == "aliases" }
    if let key = table.aliasKey, hasAliases { selected.append(key) }
    // What people write stands on lines of its own, so that a comment in it ends there.
    let sql = """
      SELECT \(selected.map(\.quotedAsName).joined(separator: ", ")) FROM \(expressions.keys.from(table))
      WHERE \(query.model == nil ? "?3 IS NULL" : table.ofModel.replacing("?1", with: "?3")) AND (
      \(condition ?? "1")
      ) ORDER BY
      \(order)
      LIMIT ?1 OFFSET ?2
      """
    var position = 0
    let placed = cells.map { cell in
      defer { position += cell.columns.count }
      return cell.placed(at: position)
    }
    return ListStatement(sql: sql, cells: placed, keyIndex: hasAliases ? position : nil)
  }

  /// The columns that were asked for, in their order.  Throws for one that is asked for twice: JSON has a key once.
  private func listCells(_ names: [String], _ allColumns: [String], _ expressions: inout ListExpressions) throws -> [ListCell] {
    var cells: [ListCell] = []
    for name in names {
      let cell: ListCell
      if let known = allColumns.first(where: { $0.lowercased() == name.lowercased() }) {
        cell = ListCell(name: known, column: known, flag: allColumns.contains("\(known)_is_nan") ? "\(known)_is_nan" : nil)
      } else if let key = ListKey(written: name) {
        try expressions.check(key, "--columns", connection)
        let column = expressions.keys.column(key)
        cell = ListCell(name: key.name, column: column, flag: expressions.table.isNaN(key).map { _ in "\(column)_is_nan" })
      } else {
        throw try expressions.unknownColumn(name, "--columns", connection)
      }
      guard !cells.contains(where: { $0.name.hasSameBytes(as: cell.name) }) else {
        throw QueryError.repeatedColumn(name: cell.name, columns: Self.distinct(names))
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
  let sql: String
  let cells: [ListCell]
  /// Where the id stands that aliases are looked up by.
  let keyIndex: Int?
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
  /// The options that hold what people wrote; nil for none.
  fileprivate var writtenOptions: String? {
    let options = [condition.map { _ in "--where" }, order.map { _ in "--order-by" }].compactMap(\.self)
    return options.isEmpty ? nil : options.joined(separator: " or ")
  }
}
