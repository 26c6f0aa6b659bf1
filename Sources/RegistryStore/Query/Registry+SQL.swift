internal import SQLite
internal import Tensors

/// A query in SQL that only reads.
public struct SQLQuery: Sendable {
  /// How a blob is given.
  public enum BlobForm: Sendable {
    /// Its size alone: `.blob(bytes:)`.
    case size
    /// Its bytes as hexadecimal text.
    case hex
  }

  /// One statement.
  public var text: String
  /// At most so many rows; nil for all.
  public var rowLimit: Int?
  public var timeLimit: Duration
  public var blobs: BlobForm

  public init(_ text: String, rowLimit: Int? = 1000, timeLimit: Duration = .seconds(30), blobs: BlobForm = .size) {
    self.text = text
    self.rowLimit = rowLimit
    self.timeLimit = timeLimit
    self.blobs = blobs
  }
}

/// What a query gave.
public struct SQLResult: Sendable, Hashable {
  /// Its rows; columns of equal names are told apart by a number: `loss`, `loss_2`.
  public var table: ResultTable
  /// Whether there were more rows than asked for.
  public var isCut: Bool
}

extension Registry {
  /// Runs one SELECT, with the functions `predict`, `l2`, `distance`, `tensor_values` and `samples` at hand.
  ///
  /// It can't write, nor open another file, nor take longer than it may.  Throws `StoreError`, of what a function
  /// finds missing or damaged too.
  public func query(_ query: SQLQuery) throws -> SQLResult {
    try snapshot {
      let functions = try installedFunctions()
      functions.failure = nil
      var isRunning = false
      do {
        return try connection.guarded(QueryLimits(time: query.timeLimit)) { try run(query, &isRunning) }
      } catch let error as SQLiteError {
        if let failure = functions.failure as? StoreError, !error.isInterrupted { throw failure }
        throw try queryError(error, query, isRunning: isRunning)
      }
    }
  }

  private func installedFunctions() throws -> SQLFunctions {
    if let functions { return functions }
    let installed = unsafe try SQLFunctions.install(on: connection, path: path, interpreter: interpreter)
    functions = installed
    return installed
  }

  private func run(_ query: SQLQuery, _ isRunning: inout Bool) throws -> SQLResult {
    var statement = try connection.prepare(query.text)
    guard statement.parameterCount == 0 else {
      throw StoreError.badSQL(problem: "a parameter (? or :name) has no value here", nearest: nil)
    }
    guard statement.columnCount > 0 else { throw StoreError.notReadOnly(what: "a statement that gives no rows") }
    let columns = Self.distinct(statement.columnNames)
    var table = ResultTable(columns: columns, rows: [])
    isRunning = true
    while try statement.step() {
      if table.rows.count == query.rowLimit { return SQLResult(table: table, isCut: true) }
      table.rows.append(try columns.indices.map { Self.scalar(try statement.value($0), query.blobs) })
    }
    return SQLResult(table: table, isCut: false)
  }

  private func queryError(_ error: SQLiteError, _ query: SQLQuery, isRunning: Bool) throws -> any Error {
    if error.isInterrupted { return StoreError.outOfTime(limit: query.timeLimit, .sql) }
    if error.isRefused {
      let suffix = " is not allowed"
      return StoreError.notReadOnly(
        what: error.message.hasSuffix(suffix) ? String(error.message.dropLast(suffix.count)) : error.message)
    }
    if error.reason == .notOneStatement {
      return StoreError.notOneStatement(isEmpty: query.text.allSatisfy { $0.isWhitespace || $0 == ";" })
    }
    guard error.isOfTheQuery else { return error }
    if isRunning { return StoreError.queryFailed(problem: error.message) }
    func bad(_ word: String?, _ known: [String]) -> StoreError {
      .badSQL(problem: error.message, nearest: word.flatMap { nearest(to: $0, among: known) })
    }
    if let name = SQLText.unknownColumn(in: error) {
      let word = name.split(separator: ".").last.map(String.init) ?? name
      guard let offset = error.offset, SQLText.isDoubleQuoted(query.text, at: offset) else { return bad(word, Self.columnsOfViews) }
      return StoreError.doubleQuoted(.sql, text: name, nearest: nearest(to: word, among: Self.columnsOfViews))
    }
    if let function = SQLText.unknownFunction(in: error) { return bad(function, try connection.functionNames()) }
    return bad(SQLText.unknownTable(in: error), Self.tables)
  }

  /// What people query; tables that they add they know.
  private static let tables = [
    "leaderboard", "all_versions", "epochs", "state_dict", "lineage", "alias_history", "models", "model_versions", "runs", "params",
    "metrics", "tags", "datasets", "tensors", "version_metrics", "samples",
    "tensor_values",
  ]
  private static let columnsOfViews = [
    "model", "version", "aliases", "run", "dataset", "task", "hidden_size", "hidden_sizes", "epochs", "learning_rate", "optimizer",
    "batch_size", "momentum", "weight_decay", "seed", "train_loss", "test_loss", "accuracy", "precision", "recall", "f1", "roc_auc", "kind",
    "tensor_count", "parameter_count", "note", "created_at", "deleted_at", "epoch", "position", "name", "dtype", "shape", "data",
    "parent_model", "parent_version", "depth",
    "ancestors", "alias", "action", "at", "actor", "reason", "value", "key", "step", "label",
  ]

  private static func distinct(_ names: [String]) -> [String] {
    var seen: Set<Name> = []
    return names.map { name in
      var number = 1
      var distinct = name
      while !seen.insert(Name(distinct)).inserted {
        number += 1
        distinct = "\(name)_\(number)"
      }
      return distinct
    }
  }

  private static func scalar(_ value: Value, _ blobs: SQLQuery.BlobForm) -> CellValue {
    guard case .blob(let bytes) = value, blobs == .hex else { return CellValue(value) }
    let digits = Array("0123456789abcdef".utf8)
    let text = [UInt8](unsafeUninitializedCapacity: 2 * bytes.count) { buffer, count in
      for (index, byte) in bytes.enumerated() {
        buffer[2 * index] = digits[Int(byte >> 4)]
        buffer[2 * index + 1] = digits[Int(byte & 15)]
      }
      count = 2 * bytes.count
    }
    return .text(String(decoding: text, as: UTF8.self))
  }
}
