internal import SQLite
internal import Tensors

/// A value as a cell of a table, a param or a tag has it.
public enum CellValue: Sendable, Hashable {
  case null
  case integer(Int64)
  /// NaN and ±Inf included.
  case real(Double)
  case text(String)
  /// Only its size is kept.
  case blob(bytes: Int)

  public init(_ value: Int) { self = .integer(Int64(value)) }
  public init(_ value: Bool) { self = .integer(value ? 1 : 0) }
  public init(_ value: Double?) { self = value.map { .real($0) } ?? .null }
  public init(_ value: String?) { self = value.map { .text($0) } ?? .null }

  init(_ value: Value) {
    switch value {
    case .null: self = .null
    case .integer(let number): self = .integer(number)
    case .real(let number): self = .real(number)
    case .text(let text): self = .text(text)
    case .blob(let bytes): self = .blob(bytes: bytes.count)
    }
  }

  /// For storing as a param or tag; nil for what those can't be.
  var storable: Value? {
    switch self {
    case .integer(let number): .integer(number)
    case .real(let number): number.isNaN ? nil : .real(number)
    case .text(let text): .text(text)
    case .null, .blob: nil
    }
  }
}

extension CellValue {
  /// Texts are equal by their bytes; two NaNs aren't.
  public static func == (a: CellValue, b: CellValue) -> Bool {
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
    switch self {
    case .null: hasher.combine(0)
    case .integer(let number): hasher.combine(number)
    case .real(let number): hasher.combine(number)
    case .text(let text): hasher.combine(Name(text))
    case .blob(let bytes): hasher.combine(bytes)
    }
  }
}
