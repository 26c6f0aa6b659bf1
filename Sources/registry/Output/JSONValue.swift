import ModelRegistry
import Tensors

/// JSON as the program prints it: keys in the order that they were given, numbers in their shortest form that reads back equal,
/// NaN and ±Inf as strings.
enum JSONValue: Equatable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// Beyond Int64.
  case unsigned(UInt64)
  case real(Double)
  case string(String)
  case array([JSONValue])
  case object([(String, JSONValue)])

  init(_ scalar: CellValue) {
    switch scalar {
    case .null: self = .null
    case .integer(let number): self = .integer(number)
    case .real(let number): self = .real(number)
    case .text(let text): self = .string(text)
    case .blob(let bytes): self = .string("\(bytes) bytes")
    }
  }

  init(_ number: Int) { self = .integer(Int64(number)) }
  init(_ number: Double?) { self = number.map { .real($0) } ?? .null }
  init(_ text: String?) { self = text.map { .string($0) } ?? .null }

  static func == (a: JSONValue, b: JSONValue) -> Bool { a.text.hasSameBytes(as: b.text) }

  /// On one line, without spaces.
  var text: String {
    var result = ""
    write(to: &result, indent: nil)
    return result
  }

  /// For reading: two spaces a level, but what holds only numbers and strings stays on one line.
  var pretty: String {
    var result = ""
    write(to: &result, indent: 0)
    return result
  }

  /// On one line, with a space after each comma and colon.
  var spaced: String {
    var result = ""
    write(to: &result, indent: nil, isSpaced: true)
    return result
  }

  private var isLeaf: Bool {
    switch self {
    case .array(let values): values.isEmpty
    case .object(let pairs): pairs.isEmpty
    default: true
    }
  }

  /// `indent` is the level of what is written over several lines, nil on one line.
  private func write(to result: inout String, indent: Int?, isSpaced: Bool = false) {
    let isSpaced = isSpaced || indent != nil
    switch self {
    case .null: result += "null"
    case .bool(let value): result += value ? "true" : "false"
    case .integer(let number): result += String(number)
    case .unsigned(let number): result += String(number)
    case .real(let number):
      result += number.isFinite ? "\(number)" : number.isNaN ? "\"NaN\"" : number > 0 ? "\"Infinity\"" : "\"-Infinity\""
    case .string(let text): Self.write(text, to: &result)
    case .array(let values):
      let inner = values.allSatisfy(\.isLeaf) ? nil : indent.map { $0 + 1 }
      Self.write(values, "[", "]", to: &result, inner: inner, isSpaced: isSpaced) { $0.write(to: &$1, indent: inner, isSpaced: isSpaced) }
    case .object(let pairs):
      let inner = indent.map { $0 + 1 }
      Self.write(pairs, "{", "}", to: &result, inner: inner, isSpaced: isSpaced) { pair, result in
        let (key, value) = pair
        Self.write(key, to: &result)
        result += isSpaced ? ": " : ":"
        value.write(to: &result, indent: inner, isSpaced: isSpaced)
      }
    }
  }

  private static func write<T>(
    _ items: [T], _ open: String, _ close: String, to result: inout String, inner: Int?, isSpaced: Bool,
    _ writeItem: (T, inout String) -> Void
  ) {
    result += open
    for (index, item) in items.enumerated() {
      if index > 0 { result += inner == nil && isSpaced ? ", " : "," }
      if let inner { result += "\n" + String(repeating: "  ", count: inner) }
      writeItem(item, &result)
    }
    if let inner, !items.isEmpty { result += "\n" + String(repeating: "  ", count: inner - 1) }
    result += close
  }

  private static func write(_ text: String, to result: inout String) {
    result += "\""
    defer { result += "\"" }
    guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5c || $0 == 0x7f || $0 == 0xc2 }) else { return result += text }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      // The C1 controls too, whose UTF-8 begins with C2: a terminal takes them for commands.
      case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value):
        let hex = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
