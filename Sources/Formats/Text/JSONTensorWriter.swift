public import Tensors

/// Writes tensors as JSON for people and scripts:
///
///     {"model": "xor", "version": 1, "tensors": [
///       {"name": "linear_1.weight", "dtype": "F32", "shape": [2, 2], "values": [[0.5, -1.0], [0.25, 3.0]]}
///     ]}
///
/// A floating-point number is written as the shortest text that reads back as the same float64, which holds it exactly; integers are
/// exact whatever their size, NaN and the infinities are the strings "NaN", "Infinity", "-Infinity", and a complex number is [re, im].
/// The bytes depend on the arguments alone.  There is no reader: it is no format to keep weights in.
public enum JSONTensorWriter {
  /// Asks for one tensor at a time, in order and in parts.  `header` is written before the tensors: keys, and values that are JSON already.
  public static func write<Sink: ByteSink & ~Copyable>(
    _ tensors: [TensorDescription], header: [(key: String, json: String)] = [], to sink: inout Sink, file: String,
    parts: @escaping TensorParts
  ) throws {
    var text = TextBuffer()
    text += "{" + header.map { "\(quotedJSON($0.key)): \($0.json), " }.joined() + "\"tensors\": ["
    for (index, description) in tensors.enumerated() {
      let shape = description.shape.map(String.init).joined(separator: ", ")
      text += "\(index == 0 ? "" : ",")\n  {\"name\": \(quotedJSON(description.name)), "
      text += "\"dtype\": \"\(description.dtype.rawValue)\", \"shape\": [\(shape)], \"values\": "
      try write(description, index, to: &text, sink: &sink, file: file, parts: parts)
      text += "}"
    }
    text += "\n]}\n"
    try text.flush(to: &sink, all: true)
  }

  /// The same with whole tensors.
  public static func write<Sink: ByteSink & ~Copyable>(
    _ tensors: [TensorDescription], header: [(key: String, json: String)] = [], to sink: inout Sink, file: String,
    tensor: (Int) throws -> Tensor
  ) throws {
    try withoutActuallyEscaping(tensor) {
      try write(tensors, header: header, to: &sink, file: file, parts: wholeTensors(tensors, file: file, $0))
    }
  }

  /// The elements, nested as the shape is.
  private static func write<Sink: ByteSink & ~Copyable>(
    _ tensor: TensorDescription, _ index: Int, to text: inout TextBuffer, sink: inout Sink, file: String, parts: @escaping TensorParts
  ) throws {
    let count = tensor.shape.reduce(1, *)
    // After element i a bracket closes for each dimension that ends there: for each size of a block that divides i + 1.
    var blocks: [Int] = []
    for dimension in tensor.shape.reversed() { blocks.append((blocks.last ?? 1) * dimension) }
    if count > 0 { text += String(repeating: "[", count: blocks.count) }
    var done = 0
    try numbers(of: tensor, index, file: file, parts: parts) { numbers in
      for number in numbers {
        text += json(number)
        done += 1
        var closed = 0
        for block in blocks {
          guard done % block == 0 else { break }
          closed += 1
        }
        if closed > 0 { text += String(repeating: "]", count: closed) }
        if done < count { text += ", " + String(repeating: "[", count: closed) }
      }
      try text.flush(to: &sink)
    }
    // An array of no elements still shows its outer dimensions, unless those alone are many.
    if count == 0 { text += empty(tensor.shape) }
  }

  /// What NumPy's `tolist` gives: `[[], []]` for [2, 0], and `[]` where the nesting would be long.
  private static func empty(_ shape: [Int]) -> String {
    var outer = 1
    for dimension in shape.prefix(while: { $0 > 0 }) {
      let (product, overflow) = outer.multipliedReportingOverflow(by: dimension)
      outer = product
      guard !overflow, outer <= 1000 else { return "[]" }
    }
    return shape.prefix { $0 > 0 }.reversed().reduce("[]") { inner, count in
      "[" + [String](repeating: inner, count: count).joined(separator: ", ") + "]"
    }
  }

  private static func json(_ number: TensorNumber) -> String {
    switch number {
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .unsigned(let value): String(value)
    case .real(let value): json(value)
    case .complex(let re, let im): "[\(json(re)), \(json(im))]"
    }
  }

  private static func json(_ value: Double) -> String {
    value.isFinite ? value.description : value.isNaN ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\""
  }
}
