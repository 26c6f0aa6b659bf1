import CSQLite

extension Statement {
  /// How many parameters the statement has.
  public var parameterCount: Int { Int(sqlite3_bind_parameter_count(handle)) }

  /// Binds every parameter, in order; as many values as parameters, or it throws.
  public mutating func bind(_ values: (any ValueConvertible)?...) throws(SQLiteError) { try bind(values) }

  /// Binds every parameter, in order; as many values as parameters, or it throws.
  public mutating func bind(_ values: [(any ValueConvertible)?]) throws(SQLiteError) {
    guard values.count == parameterCount else {
      throw SQLiteError(
        .bindings(expected: parameterCount, given: values.count), code: SQLITE_RANGE,
        "the statement has \(parameterCount) parameters, not \(values.count)", sql: sql, path: path)
    }
    for (index, value) in values.enumerated() { try bind(value?.sqliteValue ?? .null, at: index) }
  }

  /// Binds one parameter, counted from 0.  A NaN becomes NULL.
  public mutating func bind(_ value: Value, at index: Int) throws(SQLiteError) {
    switch value {
    case .null: try check(sqlite3_bind_null(handle, parameter(index)))
    case .integer(let number): try bind(number, at: index)
    case .real(let number): try bind(number, at: index)
    case .text(let text): try bind(text, at: index)
    case .blob(let bytes): try check(bytes.withUnsafeBytes { bindBlob($0, index, csqlite_transient()) })
    }
  }

  /// Binds one parameter to an integer.
  public mutating func bind(_ number: Int64, at index: Int) throws(SQLiteError) {
    try check(sqlite3_bind_int64(handle, parameter(index), number))
  }

  /// Binds one parameter to a real; a NaN becomes NULL.
  public mutating func bind(_ number: Double, at index: Int) throws(SQLiteError) {
    try check(sqlite3_bind_double(handle, parameter(index), number))
  }

  /// Binds one parameter to a text.  Its length goes along, so the NULs in it are kept.
  public mutating func bind(_ text: String, at index: Int) throws(SQLiteError) {
    let length = sqlite3_uint64(text.utf8.count)
    try check(text.withCString { sqlite3_bind_text64(handle, parameter(index), $0, length, csqlite_transient(), UInt8(SQLITE_UTF8)) })
  }

  /// Binds a blob without copying it.  The bytes must stay where they are until the parameter is bound anew or the
  /// statement has gone.
  @unsafe public mutating func bind(static bytes: UnsafeRawBufferPointer, at index: Int) throws(SQLiteError) {
    try check(bindBlob(bytes, index, nil))
  }

  /// Without a destructor (SQLITE_STATIC) the bytes stay where they are.
  private func bindBlob(_ bytes: UnsafeRawBufferPointer, _ index: Int, _ destructor: sqlite3_destructor_type?) -> Int32 {
    // No bytes may have no address, and no address would bind NULL.
    bytes.isEmpty
      ? sqlite3_bind_zeroblob(handle, parameter(index), 0)
      : sqlite3_bind_blob64(handle, parameter(index), bytes.baseAddress, sqlite3_uint64(bytes.count), destructor)
  }

  /// SQLite counts parameters from 1; what is out of range stays so.
  private func parameter(_ index: Int) -> Int32 { index < 0 ? 0 : Int32(clamping: index).addingReportingOverflow(1).partialValue }

  private func check(_ code: Int32) throws(SQLiteError) {
    guard code == SQLITE_OK else { throw failure(code) }
  }
}
