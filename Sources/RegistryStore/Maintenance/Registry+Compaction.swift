internal import SQLite

extension Registry {
  /// The size of the database in bytes, and how much of it is free.
  func fileSize() throws -> (bytes: Int, free: Int) {
    func number(_ pragma: String) throws -> Int { try connection.queryFirst("PRAGMA \(pragma)") { row in try row.int(0) } ?? 0 }
    let page = try number("page_size")
    return (try number("page_count") * page, try number("freelist_count") * page)
  }

  /// Writes the file anew without its free pages when these are over a tenth of it.  SQLite needs up to twice its size beside it
  /// meanwhile.  Whoever comes is kept out while it waits for others: it gives up sooner than they do.  Page size, application id and schema stay (sqlite.org/lang_vacuum.html).
  func compact(busyLimit: Duration = .seconds(5)) throws -> GarbageReport.Compaction {
    let size = try reading { try fileSize() }
    guard size.free > size.bytes / 10 else { return .none }
    do {
      try reading {
        connection.setBusyLimit(busyLimit)
        defer { connection.setBusyLimit(Self.busyLimit) }
        // The new file is built as a temporary one, which else would be held in memory as a whole.
        try connection.execute("PRAGMA temp_store=FILE")
        defer { try? connection.execute("PRAGMA temp_store=MEMORY") }
        try connection.execute("VACUUM")
      }
      return .done
    } catch let error as StoreError {
      return .failed(error)
    }
  }
}
