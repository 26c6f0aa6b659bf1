import CSQLite

// For blobs of megabytes.  A SELECT gives one that must be copied again; here the bytes go straight from the database's pages to where they
// stay.  It takes microseconds to open one, so small ones are quicker by statements.  Source: sqlite.org/c3ref/blob_open.html.
extension Connection {
  /// The blob in a column of a row, to be read.
  private func openBlob(_ table: String, _ column: String, row: Int64) throws(SQLiteError) -> OpaquePointer {
    var opened: OpaquePointer?
    let code = sqlite3_blob_open(handle, "main", table, column, row, 0, &opened)
    guard let blob = opened, code == SQLITE_OK else { throw SQLiteError(code, handle, path: path) }
    return blob
  }

  /// A copy of a whole blob.
  public func readBlob(_ table: String, _ column: String, row: Int64) throws(SQLiteError) -> [UInt8] {
    let blob = try openBlob(table, column, row: row)
    defer { sqlite3_blob_close(blob) }
    return try bytes(of: blob, from: 0, count: Int(sqlite3_blob_bytes(blob)))
  }

  /// A copy of so many bytes of a blob from one on; throws where it hasn't as many.
  public func readBlob(_ table: String, _ column: String, row: Int64, from start: Int, count: Int) throws(SQLiteError) -> [UInt8] {
    let blob = try openBlob(table, column, row: row)
    defer { sqlite3_blob_close(blob) }
    return try bytes(of: blob, from: start, count: count)
  }

  private func bytes(of blob: OpaquePointer, from start: Int, count: Int) throws(SQLiteError) -> [UInt8] {
    var code = SQLITE_OK
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      code = sqlite3_blob_read(blob, buffer.baseAddress, Int32(clamping: count), Int32(clamping: start))
      initialized = code == SQLITE_OK ? count : 0
    }
    guard code == SQLITE_OK else { throw SQLiteError(code, handle, path: path) }
    return bytes
  }

  /// Fills a buffer with a whole blob, which has as many bytes.
  @unsafe public func readBlob(
    _ table: String, _ column: String, row: Int64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(SQLiteError) {
    let blob = try openBlob(table, column, row: row)
    defer { sqlite3_blob_close(blob) }
    let code = sqlite3_blob_read(blob, buffer.baseAddress, Int32(clamping: buffer.count), 0)
    guard code == SQLITE_OK else { throw SQLiteError(code, handle, path: path) }
  }
}
