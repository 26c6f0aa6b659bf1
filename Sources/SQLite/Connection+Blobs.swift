import CSQLite

// For blobs of megabytes.  An INSERT copies a bound blob into its record first, and a SELECT gives one that must be copied again;
// here the bytes go straight between the database's pages and where they stay.  It takes microseconds to open one, so small ones
// are quicker by statements.  Source: sqlite.org/c3ref/blob_open.html.
extension Connection {
  /// The blob in a column of a row.  No trigger sees what happens to it.
  private func openBlob(_ table: String, _ column: String, row: Int64, writing: Bool) throws(SQLiteError) -> OpaquePointer {
    var opened: OpaquePointer?
    let code = sqlite3_blob_open(handle, "main", table, column, row, writing ? 1 : 0, &opened)
    guard let blob = opened, code == SQLITE_OK else { throw SQLiteError(code, handle, path: path) }
    return blob
  }

  /// A copy of a whole blob.
  public func readBlob(_ table: String, _ column: String, row: Int64) throws(SQLiteError) -> [UInt8] {
    let blob = try openBlob(table, column, row: row, writing: false)
    defer { sqlite3_blob_close(blob) }
    let count = sqlite3_blob_bytes(blob)
    var code = SQLITE_OK
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, initialized in
      code = sqlite3_blob_read(blob, buffer.baseAddress, count, 0)
      initialized = code == SQLITE_OK ? Int(count) : 0
    }
    guard code == SQLITE_OK else { throw SQLiteError(code, handle, path: path) }
    return bytes
  }

  /// Replaces all bytes of a blob, which has as many already (`zeroblob`).
  public func writeBlob(_ table: String, _ column: String, row: Int64, _ bytes: [UInt8]) throws(SQLiteError) {
    let blob = try openBlob(table, column, row: row, writing: true)
    defer { sqlite3_blob_close(blob) }
    // One byte too many is SQLite's error; one too few would leave a zero.
    let code =
      bytes.count == Int(sqlite3_blob_bytes(blob))
      ? bytes.withUnsafeBytes { sqlite3_blob_write(blob, $0.baseAddress, Int32($0.count), 0) } : SQLITE_ERROR
    guard code == SQLITE_OK else { throw SQLiteError(code, handle, path: path) }
  }
}
