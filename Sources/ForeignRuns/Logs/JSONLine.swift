internal import JSONText

/// A line that is one JSON object, with flat keys: `{"a": {"b": 1}}` is `a.b`.  Lists are passed over.
enum JSONLine {
  /// A value as its text.
  struct Field {
    let key: String
    let text: String
    /// Whether it is a number, bare or one of the words for NaN and the infinities in quotes.
    let isNumber: Bool
  }

  struct Malformed: Error {
    let problem: String
  }

  /// The fields of an object.
  static func fields(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> [Field] {
    let read = bytes.withUnsafeBytes { buffer -> Result<JSONNode, JSONTextError> in
      do throws(JSONTextError) { return .success(try unsafe JSONReader.read(buffer, takingNaN: true)) } catch { return .failure(error) }
    }
    switch read {
    case .failure(let error): throw Malformed(problem: error.description)
    case .success(.object(let pairs)):
      var fields: [Field] = []
      add(pairs, prefix: "", to: &fields)
      return fields
    case .success(let other): throw Malformed(problem: "\(other.kind) where an object is due")
    }
  }

  /// As deep as the reader lets objects stand in one another.
  private static func add(_ pairs: [(key: String, value: JSONNode)], prefix: String, to fields: inout [Field]) {
    for (key, value) in pairs {
      switch value {
      case .object(let inner): add(inner, prefix: "\(prefix)\(key).", to: &fields)
      case .number(let text): fields.append(Field(key: prefix + key, text: text, isNumber: true))
      case .string(let text): fields.append(Field(key: prefix + key, text: text, isNumber: words.contains(text)))
      case .bool(let flag): fields.append(Field(key: prefix + key, text: flag ? "true" : "false", isNumber: false))
      case .null, .array: break
      }
    }
  }

  private static let words = ["NaN", "Infinity", "-Infinity", "nan", "inf", "-inf"]
}
