internal import Tensors

/// A graph that grows node by node.  Invariant: every value has a name of its own, and is made before it is used.
struct ONNXGraphBuilder {
  private(set) var graph: ONNXGraph
  private var taken: Set<Name> = []

  init(name: String) { graph = ONNXGraph(name: name) }

  /// An input under this very name: inputs come before everything else.
  mutating func input(_ name: String, _ element: ONNXElement, columns: Int, note: String) -> String {
    let name = unique(name)
    graph.inputs.append(ONNXValue(name: name, element: element, columns: columns, note: note))
    return name
  }

  /// A constant.
  mutating func constant(_ name: String, _ values: ONNXTensor.Values, shape: [Int]) -> String {
    let name = unique(name)
    graph.initializers.append(ONNXTensor(name: name, shape: shape, values: values))
    return name
  }

  /// The value that an operator makes of others.
  mutating func node(
    _ operation: String, _ inputs: String..., attributes: [ONNXAttribute] = [], domain: String = "", as name: String
  ) -> String {
    node(operation, inputs: inputs, attributes: attributes, domain: domain, as: name)
  }

  /// The same, for operators that take any number of values.
  mutating func node(
    _ operation: String, inputs: [String], attributes: [ONNXAttribute] = [], domain: String = "", as name: String
  ) -> String {
    let name = unique(name)
    graph.nodes.append(ONNXNode(operation: operation, inputs: inputs, output: name, attributes: attributes, domain: domain))
    return name
  }

  /// Declares a value to be an output of the graph; `columns` nil is one value a row.
  mutating func output(_ name: String, _ element: ONNXElement, columns: Int? = nil, note: String) {
    graph.outputs.append(ONNXValue(name: name, element: element, columns: columns, note: note))
  }

  /// The name, or where a column of the user's has it, the name with underscores behind it.
  private mutating func unique(_ name: String) -> String {
    var name = name
    while !taken.insert(Name(name)).inserted { name += "_" }
    return name
  }
}
