import CSQLite
import Glibc

// The storage class is looked at before the value: SQLite would rather convert ('abc' to 0, NULL to "") than complain.
// The one conversion that loses nothing is made: an integer is read as a double.
extension Statement {
  /// How the column's value is stored in this row.
  public func storageClass(_ column: Int) throws(SQLiteError) -> StorageClass {
    let columns = Int(sqlite3_data_count(handle))
    guard column >= 0, column < columns else {
      let message = columns == 0 ? "there is no row to read" : "there is no column \(column), the row has \(columns)"
      throw SQLiteError(.noSuchColumn(index: column, columns: columns), code: SQLITE_RANGE, message, sql: sql, path: path)
    }
    return switch sqlite3_column_type(handle, Int32(column)) {
    case SQLITE_INTEGER: .integer
    case SQLITE_FLOAT: .real
    case SQLITE_TEXT: .text
    case SQLITE_BLOB: .blob
    default: .null
    }
  }

  /// Whether the column holds NULL.
  public func isNull(_ column: Int) throws(SQLiteError) -> Bool { try storageClass(column) == .null }

  /// An integer.
  public func int64(_ column: Int) throws(SQLiteError) -> Int64 {
    try expect(.integer, column)
    return sqlite3_column_int64(handle, Int32(column))
  }

  /// An integer; Int has 64 bits here.
  public func int(_ column: Int) throws(SQLiteError) -> Int { Int(try int64(column)) }

  /// A real, or an integer as the nearest double.
  public func double(_ column: Int) throws(SQLiteError) -> Double {
    guard let number = try doubleOrNil(column) else { throw mismatch(.real, .null, column) }
    return number
  }

  /// A text with all its NULs; one that isn't UTF-8 is an error.
  public func text(_ column: Int) throws(SQLiteError) -> String {
    let bytes = try utf8(column)
    // Not String(validating:as:), whose generic code takes a thousand instructions for the shortest text.
    guard let span = try? UTF8Span(validating: Span(_unsafeElements: bytes)) else {
      let name = columnName(column)
      throw SQLiteError(
        .malformedText(column: name), code: SQLITE_MISMATCH, "column '\(name)' holds text that is not UTF-8", sql: sql, path: path)
    }
    return String(copying: span)
  }

  /// Whether the column holds this text, by its bytes: for a loop over rows that mostly have the same.
  public func isText(_ column: Int, _ expected: String) throws(SQLiteError) -> Bool {
    let bytes = try utf8(column)
    let isSame = expected.utf8.withContiguousStorageIfAvailable { expected in
      guard expected.count == bytes.count, let a = expected.baseAddress, let b = bytes.baseAddress else {
        return bytes.isEmpty && expected.isEmpty
      }
      return memcmp(a, b, expected.count) == 0
    }
    return isSame ?? bytes.elementsEqual(expected.utf8)
  }

  /// The bytes of a text in place, without a copy, for as long as `body` runs.  Whether they are UTF-8 isn't looked at.
  public func withText<T: ~Copyable>(_ column: Int, _ body: (RawSpan) throws -> T) throws -> T {
    try body(UnsafeRawBufferPointer(try utf8(column)).bytes)
  }

  private func utf8(_ column: Int) throws(SQLiteError) -> UnsafeBufferPointer<UInt8> {
    try expect(.text, column)
    let start = sqlite3_column_text(handle, Int32(column))
    // A text has an address even when it is empty: without one, SQLite could not get the memory for it.
    guard start != nil else { throw failure(SQLITE_NOMEM) }
    return UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, Int32(column))))
  }

  /// A copy of the blob.
  public func blob(_ column: Int) throws(SQLiteError) -> [UInt8] { Array(try bytes(column)) }

  /// The blob in place, without a copy, for as long as `body` runs.
  public func withBlob<T: ~Copyable>(_ column: Int, _ body: (RawSpan) throws -> T) throws -> T {
    try body(try bytes(column).bytes)
  }

  /// An integer, nil for NULL.
  public func int64OrNil(_ column: Int) throws(SQLiteError) -> Int64? { try isNull(column) ? nil : try int64(column) }
  /// An integer, nil for NULL.
  public func intOrNil(_ column: Int) throws(SQLiteError) -> Int? { try isNull(column) ? nil : try int(column) }
  /// A real or an integer, nil for NULL.
  public func doubleOrNil(_ column: Int) throws(SQLiteError) -> Double? {
    let actual = try storageClass(column)
    guard actual != .null else { return nil }
    guard actual == .real || actual == .integer else { throw mismatch(.real, actual, column) }
    return sqlite3_column_double(handle, Int32(column))
  }
  /// A text, nil for NULL.
  public func textOrNil(_ column: Int) throws(SQLiteError) -> String? { try isNull(column) ? nil : try text(column) }
  /// A copy of the blob, nil for NULL.
  public func blobOrNil(_ column: Int) throws(SQLiteError) -> [UInt8]? { try isNull(column) ? nil : try blob(column) }

  /// The value, whatever its class.
  public func value(_ column: Int) throws(SQLiteError) -> Value {
    switch try storageClass(column) {
    case .null: .null
    case .integer: .integer(try int64(column))
    case .real: .real(try double(column))
    case .text: .text(try text(column))
    case .blob: .blob(try blob(column))
    }
  }

  private func bytes(_ column: Int) throws(SQLiteError) -> UnsafeRawBufferPointer {
    try expect(.blob, column)
    let start = sqlite3_column_blob(handle, Int32(column))
    let count = Int(sqlite3_column_bytes(handle, Int32(column)))
    // No address and yet bytes: SQLite could not get the memory for them.
    guard start != nil || count == 0 else { throw failure(SQLITE_NOMEM) }
    return UnsafeRawBufferPointer(start: start, count: count)
  }

  private func expect(_ expected: StorageClass, _ column: Int) throws(SQLiteError) {
    let actual = try storageClass(column)
    guard actual == expected else { throw mismatch(expected, actual, column) }
  }

  private func mismatch(_ expected: StorageClass, _ actual: StorageClass, _ column: Int) -> SQLiteError {
    let name = columnName(column)
    return SQLiteError(
      .storageClass(column: name, expected: expected, actual: actual), code: SQLITE_MISMATCH,
      "column '\(name)' holds \(actual.rawValue), not \(expected.rawValue)", sql: sql, path: path)
  }
}
