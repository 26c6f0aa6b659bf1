internal import Tensors

/// A param as a program gives it: a number or a text.  What was written as a number is one to SQL, and keeps its spelling: `0.10`.
public struct ParamValue: Sendable, Hashable {
  /// A finite number or a text.
  public let value: CellValue
  /// How the number was written, where its shortest form is another.
  public let spelling: String?

  private init(_ value: CellValue, spelling: String? = nil) {
    self.value = value
    self.spelling = spelling
  }

  public init(_ number: Int) { self.init(.integer(Int64(number))) }

  /// NaN and ±Inf are texts: SQLite stores no NaN.
  public init(_ number: Double) { self.init(number.isFinite ? .real(number) : .text(Self.text(number))) }

  /// A text, whatever it looks like.
  public init(_ text: String) { self.init(.text(text)) }

  public init(_ flag: Bool) { self.init(.text(flag ? "true" : "false")) }

  /// A number where the text is a decimal number, such as `-3`, `0.10` or `1e-3`; else a text.
  public init(written text: String) {
    if !Self.isDecimal(text) {
      self.init(.text(text))
    } else if let number = Int64(text) {
      self.init(.integer(number), spelling: "\(number)".hasSameBytes(as: text) ? nil : text)
    } else if let number = Double(text), number.isFinite {
      // SQLite keeps no sign of a zero.
      self.init(.real(number), spelling: Self.text(number + 0).hasSameBytes(as: text) ? nil : text)
    } else {
      self.init(.text(text))
    }
  }

  /// As it is stored.
  init(stored value: CellValue, spelling: String?) { self.init(value, spelling: spelling) }

  /// As it was written; a number that came as one in its shortest form.
  public var text: String {
    if let spelling { return spelling }
    return switch value {
    case .integer(let number): "\(number)"
    case .real(let number): Self.text(number)
    case .text(let text): text
    case .null, .blob: ""
    }
  }

  /// Whether both are one number, however it is spelt, or one text.
  func isSame(as other: ParamValue) -> Bool {
    switch (value, other.value) {
    case (.integer(let a), .integer(let b)): a == b
    case (.real(let a), .real(let b)): a == b
    case (.integer(let a), .real(let b)), (.real(let b), .integer(let a)): Int64(exactly: b) == a
    default: text.hasSameBytes(as: other.text)
    }
  }

  private static func text(_ number: Double) -> String {
    number.isNaN ? "NaN" : number.isInfinite ? (number > 0 ? "Infinity" : "-Infinity") : "\(number)"
  }

  /// `[+-]digits[.digits][e[+-]digits]`, with at least one digit before the exponent.
  private static func isDecimal(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    func skipSign() { if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() } }
    func skipDigits() -> Int {
      let count = rest.prefix { (48...57).contains($0) }.count
      rest.removeFirst(count)
      return count
    }
    skipSign()
    var digits = skipDigits()
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      digits += skipDigits()
    }
    guard digits > 0 else { return false }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest.removeFirst()
      skipSign()
      guard skipDigits() > 0 else { return false }
    }
    return rest.isEmpty
  }

  public static func == (a: ParamValue, b: ParamValue) -> Bool {
    a.value == b.value && (a.spelling ?? "").hasSameBytes(as: b.spelling ?? "")
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

extension ParamValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral {
  public init(integerLiteral value: Int) { self.init(value) }
  public init(floatLiteral value: Double) { self.init(value) }
  public init(stringLiteral value: String) { self.init(value) }
  public init(booleanLiteral value: Bool) { self.init(value) }
}
