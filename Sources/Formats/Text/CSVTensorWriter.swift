public import Tensors

/// Writes tensors as one long CSV table, a row for each element: `name,dtype,i0,i1,…,value`.
///
/// There are as many index columns as the tensor of the most dimensions has; those that an element doesn't have are empty.  Numbers are
/// in the shortest form that reads back as the same float64; nan, inf and -inf are words, booleans 1 and 0, complex numbers as Python
/// writes them without its parentheses (`1.0-2.0j`).  A tensor without elements has no rows.
public enum CSVTensorWriter {
  /// Asks for one tensor at a time, in order and in parts.
  public static func write<Sink: ByteSink & ~Copyable>(
    _ tensors: [TensorDescription], to sink: inout Sink, file: String, parts: @escaping TensorParts
  ) throws {
    let rank = tensors.map(\.shape.count).max() ?? 0
    var text = TextBuffer()
    text += "name,dtype," + (0..<rank).map { "i\($0)," }.joined() + "value\n"
    for (index, description) in tensors.enumerated() {
      let start = "\(quoted(description.name)),\(description.dtype.rawValue),"
      let missing = String(repeating: ",", count: rank - description.shape.count)
      var place = [Int](repeating: 0, count: description.shape.count)
      try numbers(of: description, index, file: file, parts: parts) { numbers in
        for number in numbers {
          text += start
          for coordinate in place { text += "\(coordinate)," }
          text += "\(missing)\(csv(number))\n"
          advance(&place, in: description.shape)
        }
        try text.flush(to: &sink)
      }
    }
    try text.flush(to: &sink, all: true)
  }

  /// The same with whole tensors.
  public static func write<Sink: ByteSink & ~Copyable>(
    _ tensors: [TensorDescription], to sink: inout Sink, file: String, tensor: (Int) throws -> Tensor
  ) throws {
    try withoutActuallyEscaping(tensor) { try write(tensors, to: &sink, file: file, parts: wholeTensors(tensors, file: file, $0)) }
  }

  /// Counts up as an odometer does.
  private static func advance(_ place: inout [Int], in shape: [Int]) {
    for dimension in shape.indices.reversed() {
      place[dimension] += 1
      if place[dimension] < shape[dimension] { return }
      place[dimension] = 0
    }
  }

  /// A field by RFC 4180.
  private static func quoted(_ text: String) -> String {
    let isPlain = !text.utf8.contains { $0 < 0x20 || $0 == 0x22 || $0 == 0x2c } && text.utf8.first ?? 0x20 != 0x20 && text.utf8.last != 0x20
    if isPlain { return text }
    // By scalars: a quote with a combining mark behind it is another character to Swift, but not to a reader of CSV.
    return text.unicodeScalars.reduce(into: "\"") { $0 += $1 == "\"" ? "\"\"" : String($1) } + "\""
  }

  private static func csv(_ number: TensorNumber) -> String {
    switch number {
    case .bool(let value): value ? "1" : "0"
    case .integer(let value): String(value)
    case .unsigned(let value): String(value)
    case .real(let value): csv(value)
    case .complex(let re, let im): csv(re) + (im.sign == .minus && !im.isNaN ? "" : "+") + csv(im) + "j"
    }
  }

  private static func csv(_ value: Double) -> String {
    value.isFinite ? value.description : value.isNaN ? "nan" : value > 0 ? "inf" : "-inf"
  }
}
