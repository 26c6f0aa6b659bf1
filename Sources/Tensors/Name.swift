#if canImport(Glibc)
internal import Glibc
#endif

/// A name as its UTF-8 bytes: the key of every dictionary, set, look-up and sort of names that are stored or come from a file.
///
/// Swift's `String` compares by canonical equivalence (Unicode Standard Annex 15): 'é' as one scalar equals 'e' with an accent after it.
/// To SQLite (BINARY), to Python and in every file format those are two names.
///
/// As a wrapper (`@Name var name: String`) it makes the `==` and the hash of a type compare that property by its bytes.
@propertyWrapper
public struct Name: Hashable, Comparable, Sendable {
  public var wrappedValue: String

  public init(wrappedValue: String) { self.wrappedValue = wrappedValue }
  public init(_ text: String) { wrappedValue = text }
  public init(_ text: Substring) { wrappedValue = String(text) }

  public var text: String { wrappedValue }

  public static func == (a: Name, b: Name) -> Bool { a.wrappedValue.hasSameBytes(as: b.wrappedValue) }

  /// The order of the bytes, as SQLite's BINARY has it.
  public static func < (a: Name, b: Name) -> Bool { a.wrappedValue.precedesByBytes(b.wrappedValue) }

  public func hash(into hasher: inout Hasher) {
    var text = wrappedValue
    text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(UInt8(0xff))
  }
}

extension Name: ExpressibleByStringInterpolation, CustomStringConvertible {
  public init(stringLiteral text: String) { wrappedValue = text }
  public var description: String { wrappedValue }
}

extension String {
  /// Whether both have the same UTF-8 bytes; `==` is true of more.
  public func hasSameBytes(as other: String) -> Bool { utf8.count == other.utf8.count && compareBytes(other) == 0 }

  /// Whether this one comes first in the order of the UTF-8 bytes, as SQLite's BINARY has it.
  public func precedesByBytes(_ other: String) -> Bool { compareBytes(other) < 0 }

  /// Below, equal to or above 0, as `memcmp`; of two where one begins the other, the shorter comes first.
  private func compareBytes(_ other: String) -> Int {
    var (first, second) = (self, other)
    return first.withUTF8 { a in
      second.withUTF8 { b in
        let length = min(a.count, b.count)
        guard length > 0, let start = a.baseAddress, let otherStart = b.baseAddress else { return a.count - b.count }
        let order = unsafe memcmp(start, otherStart, length)
        return order == 0 ? a.count - b.count : Int(order)
      }
    }
  }
}

extension Sequence<String> {
  /// Whether one of these names has the bytes of `name`.
  public func contains(named name: String) -> Bool { contains { $0.hasSameBytes(as: name) } }

  /// These names in the order of their bytes, as SQLite's BINARY has it.
  public func sortedByBytes() -> [String] { sorted { $0.precedesByBytes($1) } }

  /// The first name that has occurred before.
  public func firstRepeatedName() -> String? {
    var seen: Set<Name> = []
    return first { !seen.insert(Name($0)).inserted }
  }
}

extension Collection<String> {
  /// Whether both are the same names in the same order.
  public func hasSameNames(as other: some Collection<String>) -> Bool { elementsEqual(other) { $0.hasSameBytes(as: $1) } }

  /// Where the first of these names stands that has the bytes of `name`.
  public func firstIndex(named name: String) -> Index? { firstIndex { $0.hasSameBytes(as: name) } }
}
