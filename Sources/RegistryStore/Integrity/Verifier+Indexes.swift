internal import SQLite

extension Verifier {
  /// Every index holds just the rows of its table.  SQLite's own check looks each row up in each index, where a damaged key that was cut
  /// short passes for any that begins like it; here both are read.
  func checkIndexes() throws {
    guard !isQuick else { return }
    try announce(VerificationProgress(step: "indexes", done: 0, total: 0))
    var checked = 0
    for table in Schema.tables {
      let indexes = try reportingDamage(.file, at: table) {
        // The primary key of a table without rowids is the table itself.
        try connection.query("SELECT name FROM pragma_index_list(?) WHERE origin <> 'pk'", table) { row in try row.text(0) }
      }
      for index in indexes ?? [] {
        _ = try reportingDamage(.file, at: "index \(index)") { try check(index, of: table) }
        checked += 1
      }
    }
    count("indexes", checked)
  }

  private func check(_ index: String, of table: String) throws {
    // -1 is the rowid, which every index of a table that has one ends with.
    let columns = try connection.query("SELECT iif(cid = -1, 'rowid', name) FROM pragma_index_xinfo(?) ORDER BY seqno", index) { row in
      try row.text(0).quotedAsName
    }
    let select = "SELECT \(columns.joined(separator: ", ")) FROM \(table)"
    let held = try contents("\(select) INDEXED BY \(index.quotedAsName)")
    let expected = try contents("\(select) \(Self.wholeTable(table, connection))")
    expect(held == expected, .file, "it has not the rows of its table, \(table)", at: "index \(index)")
  }

  /// What has SQLite read the table itself: for NOT INDEXED it reads an index that covers the columns, where a table is without rowids.
  static func wholeTable(_ table: String, _ connection: borrowing Connection) throws -> String {
    let key = try connection.queryFirst("SELECT name FROM pragma_index_list(?) WHERE origin = 'pk'", table) { row in try row.text(0) }
    return key.map { "INDEXED BY \($0.quotedAsName)" } ?? "NOT INDEXED"
  }

  /// The number of a query's rows and a sum over them that doesn't depend on their order.
  private func contents(_ sql: String) throws -> [Int] {
    var (rows, sum) = (0, 0)
    var statement = try connection.prepare(sql)
    while try statement.step() {
      var hasher = Hasher()
      for column in 0..<statement.columnCount { hasher.combine(try statement.value(column)) }
      sum &+= hasher.finalize()
      rows += 1
    }
    return [rows, sum]
  }
}
