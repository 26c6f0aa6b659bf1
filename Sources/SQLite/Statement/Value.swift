internal import Glibc

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

extension Value {
  /// Texts are equal as SQLite's BINARY has it: by their bytes.  Two NaNs aren't.
  public static func == (a: Value, b: Value) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.integer(let a), .integer(let b)): a == b
    case (.real(let a), .real(let b)): a == b
    case (.text(let a), .text(let b)): a.hasSameBytes(as: b)
    case (.blob(let a), .blob(let b)): a == b
    case (.null, _), (.integer, _), (.real, _), (.text, _), (.blob, _): false
    }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(storageClass)
    switch self {
    case .null: break
    case .integer(let number): hasher.combine(number)
    case .real(let number): hasher.combine(number)
    case .text(let text): for byte in text.utf8 { hasher.combine(byte) }
    case .blob(let bytes): hasher.combine(bytes)
    }
  }
}

extension String {
  /// Whether both have the same UTF-8 bytes, as SQLite's BINARY asks.  (`Tensors.Name` says why; this room knows no other.)
  func hasSameBytes(as other: String) -> Bool {
    guard utf8.count == other.utf8.count else { return false }
    var (first, second) = (self, other)
    return first.withUTF8 { a in
      second.withUTF8 { b in
        guard let start = a.baseAddress, let otherStart = b.baseAddress else { return true }
        return unsafe memcmp(start, otherStart, a.count) == 0
      }
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
