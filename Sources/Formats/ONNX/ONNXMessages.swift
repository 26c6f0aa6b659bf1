// The messages of an ONNX file, with the fields that are used here; the numbers are those of onnx.proto3 (IR version 8).

/// `ModelProto`.
struct ONNXModel {
  let graph: ONNXGraph
  let producerVersion: String
  /// `metadata_props`, in order.
  let metadata: [(name: String, value: String)]

  /// ONNX 1.12: the first with operator set 17.
  static let irVersion: Int64 = 8
  static let producerName = "registry"
  /// Operators of ONNX itself, and where there are categories of its classic machine learning (LabelEncoder).
  private var operatorSets: [(domain: String, version: Int64)] {
    let isClassic = graph.nodes.contains { $0.domain == ONNXNode.classicDomain }
    let base: [(domain: String, version: Int64)] = [("", 17)]
    return isClassic ? base + [(ONNXNode.classicDomain, 3)] : base
  }

  var message: ProtobufMessage {
    var message = ProtobufMessage()
    message.add(1, Self.irVersion)
    message.add(2, Self.producerName)
    message.add(3, producerVersion)
    message.add(7, graph.message)
    for (domain, version) in operatorSets {
      var set = ProtobufMessage()
      set.add(1, domain)
      set.add(2, version)
      message.add(8, set)
    }
    for (name, value) in metadata {
      var entry = ProtobufMessage()
      entry.add(1, name)
      entry.add(2, value)
      message.add(14, entry)
    }
    return message
  }
}

/// `GraphProto`: nodes in an order in which every value is made before it is used.
struct ONNXGraph {
  let name: String
  var nodes: [ONNXNode] = []
  var initializers: [ONNXTensor] = []
  var inputs: [ONNXValue] = []
  var outputs: [ONNXValue] = []

  var message: ProtobufMessage {
    var message = ProtobufMessage()
    message.add(1, each: nodes.map(\.message))
    message.add(2, name)
    message.add(5, each: initializers.map(\.message))
    message.add(11, each: inputs.map(\.message))
    message.add(12, each: outputs.map(\.message))
    return message
  }
}

/// `NodeProto`: an operator with the names of the values that it takes and of the one that it makes.
struct ONNXNode {
  let operation: String
  let inputs: [String]
  /// Also the name of the node.
  let output: String
  let attributes: [ONNXAttribute]
  let domain: String

  /// Of the operators for classic machine learning.
  static let classicDomain = "ai.onnx.ml"

  var message: ProtobufMessage {
    var message = ProtobufMessage()
    for input in inputs { message.add(1, input) }
    message.add(2, output)
    message.add(3, output)
    message.add(4, operation)
    message.add(5, each: attributes.map(\.message))
    if !domain.isEmpty { message.add(7, domain) }
    return message
  }
}

/// `AttributeProto`: what an operator is told besides its inputs.
struct ONNXAttribute {
  let name: String
  let value: Value

  enum Value {
    case int(Int64)
    case float(Float)
    case floats([Float])
    case strings([String])
  }

  init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }

  var message: ProtobufMessage {
    var message = ProtobufMessage()
    message.add(1, name)
    let type: Int64
    switch value {
    case .float(let number):
      message.add(2, number)
      type = 1
    case .int(let number):
      message.add(3, number)
      type = 2
    case .floats(let numbers):
      for number in numbers { message.add(7, number) }
      type = 6
    case .strings(let texts):
      for text in texts { message.add(9, text) }
      type = 8
    }
    message.add(20, type)
    return message
  }
}

/// `TensorProto.DataType`.
enum ONNXElement: Int64 {
  case float = 1
  case int64 = 7
  case string = 8
  case double = 11
}

/// `TensorProto`: a constant.
struct ONNXTensor {
  let name: String
  let shape: [Int]
  let values: Values

  enum Values {
    case floats([Float])
    case doubles([Double])
    case int64s([Int64])
    case strings([String])
  }

  var message: ProtobufMessage {
    var message = ProtobufMessage()
    for dimension in shape { message.add(1, Int64(dimension)) }
    // Strings have a field of their own, numbers are raw little-endian bytes.
    func numbers(_ type: ONNXElement, _ raw: [UInt8]) {
      message.add(2, type.rawValue)
      message.add(8, name)
      message.add(9, bytes: raw)
    }
    switch values {
    case .floats(let values): numbers(.float, unsafe values.withUnsafeBytes { unsafe Array($0) })
    case .doubles(let values): numbers(.double, unsafe values.withUnsafeBytes { unsafe Array($0) })
    case .int64s(let values): numbers(.int64, unsafe values.withUnsafeBytes { unsafe Array($0) })
    case .strings(let texts):
      message.add(2, ONNXElement.string.rawValue)
      for text in texts { message.add(6, text) }
      message.add(8, name)
    }
    return message
  }
}

/// `ValueInfoProto`: an input or an output of the graph.
struct ONNXValue {
  let name: String
  let element: ONNXElement
  /// (rows), or (rows, columns) where this is given.
  let columns: Int?
  /// For people.
  let note: String

  /// The dimension that is free.
  static let rows = "rows"

  var message: ProtobufMessage {
    var shape = ProtobufMessage()
    var rows = ProtobufMessage()
    rows.add(2, Self.rows)
    shape.add(1, rows)
    if let columns {
      var dimension = ProtobufMessage()
      dimension.add(1, Int64(columns))
      shape.add(1, dimension)
    }
    var tensor = ProtobufMessage()
    tensor.add(1, element.rawValue)
    tensor.add(2, shape)
    var type = ProtobufMessage()
    type.add(1, tensor)
    var message = ProtobufMessage()
    message.add(1, name)
    message.add(2, type)
    message.add(3, note)
    return message
  }
}
