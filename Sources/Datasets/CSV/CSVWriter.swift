/// Writes CSV records by RFC 4180, quoting only where a reader would need it.  What `CSVTokenizer` reads back is equal.
public struct CSVWriter {
  /// What has been written since the last `take()`.
  public private(set) var bytes: [UInt8] = []
  private let delimiter: UInt8
  private var isFirstField = true

  /// The delimiter is an ASCII character.
  public init(delimiter: UInt8 = UInt8(ascii: ",")) { self.delimiter = delimiter }

  /// A text, quoted if need be.
  public mutating func append(_ text: String) {
    separate()
    let utf8 = Array(text.utf8)
    guard needsQuotes(utf8) else {
      bytes += utf8
      return
    }
    bytes.append(UInt8(ascii: "\""))
    for byte in utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// A number in its shortest form that reads back as the same float64, an integer without a point.
  public mutating func append(_ number: Double) {
    separate()
    if let integer = Int64(exactly: number), number != 0 || number.sign == .plus {
      bytes += String(integer).utf8
    } else {
      bytes += number.description.utf8
    }
  }

  /// Ends the line.
  public mutating func endRecord() {
    bytes.append(UInt8(ascii: "\n"))
    isFirstField = true
  }

  /// Hands over what has been written, and begins anew.
  public mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  private mutating func separate() {
    if !isFirstField { bytes.append(delimiter) }
    isFirstField = false
  }

  private func needsQuotes(_ text: [UInt8]) -> Bool {
    guard let first = text.first, let last = text.last else { return true }
    let blanks: [UInt8] = [UInt8(ascii: " "), UInt8(ascii: "\t")]
    // 0xef begins the byte order mark, which a reader passes over at the start of a file.
    if blanks.contains(first) || blanks.contains(last) || first == 0xef { return true }
    return text.contains { $0 == delimiter || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
  }
}

extension Dataset {
  /// Writes a header and the rows of the given parts as CSV, in pieces of about 64 KB: categories and classes by name,
  /// dates in ISO 8601, numbers in their shortest exact form, a missing cell as nothing.
  public func writeCSV(_ parts: [Part] = Part.allCases, delimiter: UInt8 = UInt8(ascii: ","), to sink: ([UInt8]) throws -> Void) throws {
    var writer = CSVWriter(delimiter: delimiter)
    for feature in columns.features { writer.append(feature.name) }
    writer.append(columns.target.name)
    writer.endRecord()
    for part in parts {
      let x = x(part)
      let labels = labels(part)
      let numbers = numbers(part)
      for row in 0..<count(part) {
        for (column, feature) in columns.features.enumerated() {
          let value = x[row * featureCount + column]
          if value.isNaN {
            writer.append("")
          } else if let categories = feature.categories {
            writer.append(categories[Int(value)])
          } else if feature.isDate {
            writer.append(feature.dateText(value))
          } else {
            writer.append(value)
          }
        }
        if let classes = columns.target.classes { writer.append(classes[Int(labels[row])]) } else { writer.append(numbers[row]) }
        writer.endRecord()
        if writer.bytes.count >= 64 << 10 { try sink(writer.take()) }
      }
    }
    if !writer.bytes.isEmpty { try sink(writer.take()) }
  }
}
