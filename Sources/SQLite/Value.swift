/// One SQLite value, in one of the five storage classes.
public enum Value: Hashable, Sendable {
  case null
  case integer(Int64)
  /// A NaN is stored as NULL: SQLite has none.
  case real(Double)
  case text(String)
  case blob([UInt8])

  /// The class that SQLite stores it in.
  public var storageClass: StorageClass {
    switch self {
    case .null: .null
    case .integer: .integer
    case .real: .real
    case .text: .text
    case .blob: .blob
    }
  }
}

/// SQLite's five storage classes (sqlite.org/datatype3.html), by the names that `typeof()` gives them.
public enum StorageClass: String, Hashable, Sendable {
  case null, integer, real, text, blob
}

extension Value: ExpressibleByNilLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral {
  public init(nilLiteral: ()) { self = .null }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .real(value) }
  public init(stringLiteral value: String) { self = .text(value) }
}

/// What can be bound to a parameter as it stands; nil binds NULL.
public protocol ValueConvertible {
  /// The value that SQLite gets.
  var sqliteValue: Value { get }
}

extension Value: ValueConvertible {
  public var sqliteValue: Value { self }
}

extension Int: ValueConvertible {
  public var sqliteValue: Value { .integer(Int64(self)) }
}

extension Int64: ValueConvertible {
  public var sqliteValue: Value { .integer(self) }
}

extension Int32: ValueConvertible {
  public var sqliteValue: Value { .integer(Int64(self)) }
}

/// SQLite has no booleans: 0 and 1, as its own TRUE and FALSE.
extension Bool: ValueConvertible {
  public var sqliteValue: Value { .integer(self ? 1 : 0) }
}

extension Double: ValueConvertible {
  public var sqliteValue: Value { .real(self) }
}

extension String: ValueConvertible {
  public var sqliteValue: Value { .text(self) }
}

extension [UInt8]: ValueConvertible {
  public var sqliteValue: Value { .blob(self) }
}
