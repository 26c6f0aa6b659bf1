internal import SQLite
internal import Tensors

/// The functions of a tensor's bytes alone.  The dtype is F32 where none is given, as nets have it.
enum TensorFunctions {
  /// `l2(data[, dtype])`: the square root of the sum of squares, summed in float64.
  static func length(_ arguments: borrowing FunctionArguments) throws -> Value {
    guard (1...2).contains(arguments.count) else { throw FunctionError("l2 is called as l2(data) or l2(data, dtype)") }
    guard let reader = try reader(arguments, after: 1, "l2") else { return .null }
    return try arguments.withBlob(0) { bytes in
      var sum = 0.0
      for index in 0..<(try reader.count(bytes.byteCount)) {
        let element = reader.double(bytes, index)
        sum += element * element
      }
      return .real(sum.squareRoot())
    }
  }

  /// `distance(a, b[, dtype])`: the same of the difference.
  static func distance(_ arguments: borrowing FunctionArguments) throws -> Value {
    guard (2...3).contains(arguments.count) else { throw FunctionError("distance is called as distance(a, b) or distance(a, b, dtype)") }
    guard let reader = try reader(arguments, after: 2, "distance") else { return .null }
    return try arguments.withBlob(0) { a in
      try arguments.withBlob(1) { b in
        let counts = (try reader.count(a.byteCount), try reader.count(b.byteCount))
        guard counts.0 == counts.1 else { throw FunctionError("distance: the first has \(counts.0) elements, the second \(counts.1)") }
        var sum = 0.0
        for index in 0..<counts.0 {
          let difference = reader.double(a, index) - reader.double(b, index)
          sum += difference * difference
        }
        return .real(sum.squareRoot())
      }
    }
  }

  /// `tensor_values(data[, dtype])`: an element per row.
  static func values(_ arguments: [Value?]) throws -> any TableFunctionRows {
    guard arguments[0] != .null, arguments[1] != .some(.null) else { return NoRows() }
    guard case .blob(let bytes) = arguments[0] else { throw FunctionError("tensor_values: a tensor's data is a blob") }
    var name = "F32"
    if let given = arguments[1] {
      guard case .text(let text) = given else { throw FunctionError("tensor_values: a dtype is a text such as 'F32'") }
      name = text
    }
    return try ElementRows(bytes, ElementReader(named: name))
  }

  /// Checks that what stands before the dtype are blobs; nil where anything is NULL.
  private static func reader(_ arguments: borrowing FunctionArguments, after blobs: Int, _ function: String) throws -> ElementReader? {
    for index in 0..<arguments.count where arguments.storageClass(index) == .null { return nil }
    for index in 0..<blobs where arguments.storageClass(index) != .blob {
      throw FunctionError("\(function): a tensor's data is a blob, not \(arguments.storageClass(index).rawValue)")
    }
    guard arguments.count > blobs else { return ElementReader(.float32) }
    guard case .text(let name) = arguments.value(blobs) else { throw FunctionError("\(function): a dtype is a text such as 'F32'") }
    return try ElementReader(named: name)
  }
}

/// The elements of a tensor, each a row of (position, value).
private struct ElementRows: TableFunctionRows {
  private let bytes: [UInt8]
  private let reader: ElementReader
  let count: Int

  init(_ bytes: [UInt8], _ reader: ElementReader) throws {
    self.bytes = bytes
    self.reader = reader
    count = try reader.count(bytes.count)
  }

  func value(row: Int, column: Int) -> Value { column == 0 ? .integer(Int64(row)) : reader.value(bytes.span.bytes, row) }
}
