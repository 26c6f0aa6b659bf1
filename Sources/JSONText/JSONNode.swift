/// A value of JSON as it was written: a number is its text, and an object keeps the order of its keys, repeated ones too.
public indirect enum JSONNode: Sendable {
  case null
  case bool(Bool)
  /// `0.10`, `-3`, `1e5`; where the reader takes them also `NaN`, `Infinity` and `-Infinity`.
  case number(String)
  case string(String)
  case array([JSONNode])
  case object([(key: String, value: JSONNode)])

  /// What kind of value it is, in words: `a number`.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// As JSON on one line, numbers as they were written.
  public var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let text): text
    case .string(let text): Self.quoted(text)
    case .array(let values): "[\(values.map(\.text).joined(separator: ", "))]"
    case .object(let pairs): "{\(pairs.map { "\(Self.quoted($0.key)): \($0.value.text)" }.joined(separator: ", "))}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      // The C1 controls too: a terminal takes them for commands.
      case "\0"..."\u{1f}", "\u{7f}"..."\u{9f}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// Why a text is no JSON.
public struct JSONTextError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The byte at which it was found, from 0.
  public let offset: Int
  public let problem: String

  /// `it ends in the middle of a text (byte 17)`.
  public var description: String { "\(problem) (byte \(offset))" }

  public static func == (a: JSONTextError, b: JSONTextError) -> Bool {
    a.offset == b.offset && a.problem.utf8.elementsEqual(b.problem.utf8)
  }
}
