internal import Tensors

/// A buffer of text that goes to its sink in pieces of about 64 KB.
struct TextBuffer {
  private var bytes: [UInt8] = []

  static func += (buffer: inout TextBuffer, text: String) { buffer.bytes += text.utf8 }

  /// Hands over what there is if that is much.
  mutating func flush<Sink: ByteSink & ~Copyable>(to sink: inout Sink, all: Bool = false) throws(FormatError) {
    guard all || bytes.count >= 64 << 10 else { return }
    try sink.write(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}

/// How many elements become numbers at once.
let elementsAtOnce = 4096

/// A JSON string; only what must be escaped is.
func quotedJSON(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\u{0}"..<"\u{20}":
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
