import CSQLite

/// What an SQL function was called with, for as long as the call takes.  Arguments count from 0.
@safe public struct FunctionArguments: ~Copyable {
  let context: OpaquePointer?
  let values: UnsafeBufferPointer<OpaquePointer?>

  /// How many there are.
  public var count: Int { values.count }

  /// How an argument is stored.
  public func storageClass(_ index: Int) -> StorageClass { Value.storageClass(values[index]) }

  /// A copy of an argument.
  public func value(_ index: Int) -> Value { Value(copying: values[index]) }

  /// A number; nil for anything else.
  public func double(_ index: Int) -> Double? {
    [.integer, .real].contains(storageClass(index)) ? sqlite3_value_double(values[index]) : nil
  }

  /// A blob in place, or a text's bytes.
  public func withBlob<T: ~Copyable>(_ index: Int, _ body: (RawSpan) throws -> T) throws -> T {
    let start = sqlite3_value_blob(values[index])
    let bytes = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_value_bytes(values[index])))
    return try body(bytes.bytes)
  }

  /// What `make` gives, made once for an argument that is the same in all calls of a statement.
  public func cached<T: AnyObject>(_ index: Int, _ make: () throws -> T) throws -> T {
    if let known = sqlite3_get_auxdata(context, Int32(index)) {
      if let object = Unmanaged<AnyObject>.fromOpaque(known).takeUnretainedValue() as? T { return object }
    }
    let object = try make()
    let pointer = Unmanaged<AnyObject>.passRetained(object).toOpaque()
    sqlite3_set_auxdata(context, Int32(index), pointer) { Unmanaged<AnyObject>.fromOpaque($0!).release() }
    return object
  }
}

extension Value {
  static func storageClass(_ value: OpaquePointer?) -> StorageClass {
    switch sqlite3_value_type(value) {
    case SQLITE_INTEGER: .integer
    case SQLITE_FLOAT: .real
    case SQLITE_TEXT: .text
    case SQLITE_BLOB: .blob
    default: .null
    }
  }

  /// A copy of a `sqlite3_value`; bytes of a text that aren't UTF-8 are replaced.
  init(copying value: OpaquePointer?) {
    func bytes(_ start: UnsafeRawPointer?) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_value_bytes(value)))
    }
    switch Self.storageClass(value) {
    case .null: self = .null
    case .integer: self = .integer(sqlite3_value_int64(value))
    case .real: self = .real(sqlite3_value_double(value))
    case .text: self = .text(String(decoding: bytes(UnsafeRawPointer(sqlite3_value_text(value))), as: UTF8.self))
    case .blob: self = .blob(Array(bytes(sqlite3_value_blob(value))))
    }
  }

  /// Makes it the result of a call.
  func setResult(of context: OpaquePointer?) {
    switch self {
    case .null: sqlite3_result_null(context)
    case .integer(let number): sqlite3_result_int64(context, number)
    case .real(let number): sqlite3_result_double(context, number)
    case .text(let text):
      let length = sqlite3_uint64(text.utf8.count)
      text.withCString { sqlite3_result_text64(context, $0, length, csqlite_transient(), UInt8(SQLITE_UTF8)) }
    case .blob(let bytes):
      bytes.withUnsafeBytes {
        if let start = $0.baseAddress {
          sqlite3_result_blob64(context, start, sqlite3_uint64($0.count), csqlite_transient())
        } else {
          sqlite3_result_zeroblob(context, 0)
        }
      }
    }
  }
}
