import ArgumentParser
import ModelRegistry

#if canImport(Glibc)
import Glibc
#endif

struct SQLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sql",
    abstract: "Run one SELECT on the registry, which can't change it.",
    discussion: """
      registry sql "SELECT model, version, test_loss FROM leaderboard ORDER BY test_loss LIMIT 5"
      registry sql "SELECT avg(predict(3, x0, x1)) AS mean FROM samples('blobs-seed2', 'test')"
      registry sql "SELECT name, l2(data) FROM state_dict WHERE version = 3" --format json
      echo "SELECT * FROM epochs WHERE run = 1" | registry sql - --limit 0 --format csv

      Views: leaderboard, all_versions, epochs, state_dict, lineage, alias_history. Besides SQLite's own functions there are
        predict(version, x1, …)     what a version says of one raw row: the
                                    probability of the second class, the
                                    likeliest of several classes, or a value;
                                    version: 3, 'name/3', 'name@alias', 'latest'
        predict(version, x)         the same, the row as a blob of float64
        samples(dataset, split)     a table of a dataset's raw rows: row, y,
                                    label, x (the blob), x0 … x63;
                                    split: 'train', 'test'
        tensor_values(data, dtype)  a table of a tensor's elements: position,
                                    value
        l2(data, dtype)             the length of a tensor as a vector; the
                                    dtype is 'F32' where it is left out
        distance(a, b, dtype)       the length of the difference of two
      """)

  @Argument(help: "The SELECT; - reads it from standard input.") var query: String
  @Option(parsing: .unconditional, help: "Give up after so many seconds.") var timeout = 30.0
  @Option(
    parsing: .unconditional,
    help: "Maximum number of rows, 0 for all; a line on standard error says where there are more, in every format.") var limit = 1000
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    guard timeout > 0, timeout <= 1e9 else { throw UsageError("'--timeout \(timeout)': it has to be more than 0.") }
    guard limit >= 0 else { throw UsageError("'--limit \(limit)': it has to be 0 or more.") }
    let text = query == "-" ? try Self.standardInput() : query
    let registry = try database.open()
    let result = try registry.query(
      SQLQuery(
        text, rowLimit: limit == 0 ? nil : limit, timeLimit: .seconds(timeout), blobs: format.format == .table ? .size : .hex))
    let table = result.table
    switch format.format {
    case .json:
      let rows = table.rows.map { row in JSONValue.object(Array(zip(table.columns, row.map { JSONValue($0) }))) }
      try Streams.output(JSONValue.array(rows).pretty + "\n")
    case .csv: try Streams.output(csvText(columns: table.columns, rows: table.rows))
    case .table:
      let unused = Self.unusedFeatures(table)
      let shown = table.columns.indices.filter { !unused.contains($0) }
      try Table(
        columns: shown.map { Table.Column(name: table.columns[$0].singleLine, limit: 200) },
        rows: table.rows.map { row in shown.map { row[$0] } }
      ).print(hint: "--format csv")
      if let first = unused.first, let last = unused.last {
        Streams.note("(not shown, NULL in every row: \(table.columns[first]) to \(table.columns[last]); --format csv shows them)")
      }
      if table.rows.isEmpty { Streams.note("(no rows)") }
    }
    if result.isCut { Streams.note("(only the first \(limit) rows; --limit 0 gives all)") }
  }

  /// The columns that `SELECT * FROM samples(…)` has for wider data than this: of two features x2 to x63.  Nobody asked for them by name.
  private static func unusedFeatures(_ table: ResultTable) -> Range<Int> {
    guard !table.rows.isEmpty, let start = table.columns.firstIndex(of: samplesFeatureColumns[0]),
      table.columns[start...].starts(with: samplesFeatureColumns)
    else { return 0..<0 }
    let end = start + samplesFeatureColumns.count
    let lastUsed = (start..<end).last { column in table.rows.contains { $0[column] != .null } }
    return lastUsed.map { $0 + 1..<end } ?? start..<end
  }

  /// All of standard input.
  private static func standardInput() throws -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw ErrorReport("cannot read standard input: \(String(cString: strerror(errno))).", .inputOutput) }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw UsageError("standard input is not UTF-8.") }
    return text
  }
}
