internal import Datasets
internal import NeuralNets
internal import Tensors
internal import Training

/// A predictor as an ONNX graph: raw rows in, the numbers and labels of `Predictor.predictions` out.
///
/// Inputs: where every column is a number, one `x` of doubles (rows, columns); else one per column under the column's name,
/// (rows, 1), doubles or strings.  Doubles, because scaling in float32 would cost digits that `registry predict` keeps.
/// Outputs: `probability` (rows) and `label` (rows) for two classes, `probabilities` (rows, classes) and `label` for several,
/// `value` (rows) in the target's own units for regression.
/// Where the version fills in missing cells, NaN is filled in and so is every text that a CSV file may have for one, the empty too.
/// A row that the registry would refuse (a category unknown, a number missing or beyond float32) gives NaN, and an empty
/// label as every NaN does; the other rows keep theirs.
struct PredictorGraph {
  private var builder: ONNXGraphBuilder
  private let architecture: Architecture
  private let net: NeuralNet
  /// Scalars and axes that several nodes use.
  private var zero = ""
  private var axis = ""

  /// The graph under this name; every category column has a category.
  static func make(_ predictor: Predictor, name: String) -> ONNXGraph {
    var graph = PredictorGraph(builder: ONNXGraphBuilder(name: name), architecture: predictor.architecture, net: predictor.net)
    graph.build()
    return graph.builder.graph
  }

  private init(builder: ONNXGraphBuilder, architecture: Architecture, net: NeuralNet) {
    self.builder = builder
    self.architecture = architecture
    self.net = net
  }

  private mutating func build() {
    let inputs = self.inputs()
    zero = builder.constant("zero", .floats([0]), shape: [])
    axis = builder.constant("axis", .int64s([1]), shape: [1])
    let features = self.features(inputs)
    let output = activated(checked(layers(features), features))
    switch architecture.task {
    case .binary: classify(probability: output)
    case .multiclass: classify(probabilities: output)
    case .regression: measure(output)
    }
  }
}

// From raw columns to the net's inputs: `FeatureEncoder.encode`.
extension PredictorGraph {
  private var columns: [FeatureColumn] { architecture.features.columns }
  private var fillsIn: Bool { architecture.features.imputationStrategy != nil }
  private var isAllNumbers: Bool { columns.allSatisfy { $0.categories == nil } }

  private mutating func inputs() -> [String] {
    if isAllNumbers {
      let names = columns.map { $0.isDate ? "\($0.name) (\($0.unit))" : $0.name }.joined(separator: ", ")
      let missing = fillsIn ? "; NaN where a number is missing" : ""
      return [builder.input("x", .double, columns: columns.count, note: "raw rows, in this order: \(names)\(missing)")]
    }
    return columns.map { column in
      let missing = !fillsIn ? "" : column.categories == nil ? "; NaN where it is missing" : "; empty where it is missing"
      let note =
        (column.categories.map { "one of: \($0.joined(separator: ", "))" }
          ?? (column.isDate ? column.unit : "a number, as the dataset has it")) + missing
      return builder.input(column.name, column.categories == nil ? .double : .string, columns: 1, note: note)
    }
  }

  /// (rows, width): neighbouring number columns are scaled together, a category stands alone.
  private mutating func features(_ inputs: [String]) -> String {
    if isAllNumbers { return scaled(inputs[0], columns.indices, as: "features") }
    var parts: [String] = []
    var index = columns.startIndex
    while index < columns.endIndex {
      if let categories = columns[index].categories {
        let missing = architecture.features.imputations[index].map { Int($0.value) }
        parts.append(oneHot(inputs[index], categories, missing: missing, column: columns[index].name))
        index += 1
      } else {
        let end = columns[index...].firstIndex { $0.categories != nil } ?? columns.endIndex
        let run = Array(inputs[index..<end])
        let numbers = run.count == 1 ? run[0] : builder.node("Concat", inputs: run, attributes: [.axis], as: "numbers")
        parts.append(scaled(numbers, index..<end, as: "scaled"))
        index = end
      }
    }
    return parts.count == 1 ? parts[0] : builder.node("Concat", inputs: parts, attributes: [.axis], as: "features")
  }

  /// What is missing filled in, (x - mean) / scale in float64, rounded once to float32.  (rows, n) -> (rows, n).
  private mutating func scaled(_ numbers: String, _ range: Range<Int>, as name: String) -> String {
    let fitted = architecture.features.standardizations[range]
    var numbers = numbers
    if fillsIn {
      let values = architecture.features.imputations[range].map { $0?.value ?? .nan }
      let filling = builder.constant("filling", .doubles(values), shape: [values.count])
      numbers = builder.node("Where", builder.node("IsNaN", numbers, as: "missing"), filling, numbers, as: "filled")
    }
    if fitted.contains(where: { $0 != nil }) {
      let mean = builder.constant("mean", .doubles(fitted.map { $0?.mean ?? 0 }), shape: [fitted.count])
      let scale = builder.constant("scale", .doubles(fitted.map { $0?.scale ?? 1 }), shape: [fitted.count])
      numbers = builder.node("Div", builder.node("Sub", numbers, mean, as: "centered"), scale, as: "standardized")
    }
    return builder.node("Cast", numbers, attributes: [.to(.float)], as: name)
  }

  /// Strings (rows, 1) -> (rows, categories): 1 at the category, 0 elsewhere, NaN throughout when there is no such category.
  /// `missing` is the category of a missing cell, where there is one.
  private mutating func oneHot(_ texts: String, _ categories: [String], missing: Int?, column: String) -> String {
    let numbers = categories.indices.map { Float($0) }
    let spellings = missing == nil ? [] : missingSpellings.filter { !categories.contains(named: $0) }
    let index = builder.node(
      "LabelEncoder", texts,
      attributes: [
        ONNXAttribute("keys_strings", .strings(categories + spellings)),
        ONNXAttribute("values_floats", .floats(numbers + spellings.map { _ in Float(missing ?? 0) })),
        ONNXAttribute("default_float", .float(.nan)),
      ], domain: ONNXNode.classicDomain, as: "\(column).index")
    let all = builder.constant("\(column).categories", .floats(numbers), shape: [numbers.count])
    let one = builder.constant("\(column).one", .floats([1]), shape: [])
    let isOne = builder.node("Equal", index, all, as: "\(column).equal")
    let other = builder.node("Mul", index, zero, as: "\(column).other")
    return builder.node("Where", isOne, one, other, as: "\(column).one_hot")
  }
}

// The net: `NeuralNet.callAsFunction`.
extension PredictorGraph {
  /// (rows, width) -> (rows, outputs), before the output activation.
  private mutating func layers(_ features: String) -> String {
    var x = features
    for (index, layer) in net.layers.enumerated() {
      let name = "linear_\(index + 1)"
      let weight = builder.constant("\(name).weight", .floats(layer.weight), shape: [layer.outFeatures, layer.inFeatures])
      let bias = builder.constant("\(name).bias", .floats(layer.bias), shape: [layer.outFeatures])
      x = builder.node("Gemm", x, weight, bias, attributes: [ONNXAttribute("transB", .int(1))], as: name)
      if index < net.layers.count - 1 { x = activated(x, number: index + 1) }
    }
    return x
  }

  /// Between two layers.  The operators' defaults are PyTorch's: a slope of 0.01, an alpha of 1.
  private mutating func activated(_ x: String, number: Int) -> String {
    switch net.activation {
    case .relu: return builder.node("Relu", x, as: "relu_\(number)")
    case .tanh: return builder.node("Tanh", x, as: "tanh_\(number)")
    case .sigmoid: return builder.node("Sigmoid", x, as: "sigmoid_\(number)")
    case .leakyReLU: return builder.node("LeakyRelu", x, as: "leaky_relu_\(number)")
    case .elu: return builder.node("Elu", x, as: "elu_\(number)")
    case .silu: return builder.node("Mul", x, builder.node("Sigmoid", x, as: "silu_\(number).sigmoid"), as: "silu_\(number)")
    case .gelu:
      // The operator of this name is younger than operator set 17: x / 2 · (1 + erf(x / sqrt 2)).
      let name = "gelu_\(number)"
      let root = builder.constant("\(name).root", .floats([Float(0.5).squareRoot()]), shape: [])
      let half = builder.constant("\(name).half", .floats([0.5]), shape: [])
      let one = builder.constant("\(name).one", .floats([1]), shape: [])
      let erf = builder.node("Erf", builder.node("Mul", x, root, as: "\(name).scaled"), as: "\(name).erf")
      let share = builder.node("Add", erf, one, as: "\(name).share")
      return builder.node("Mul", builder.node("Mul", x, half, as: "\(name).half_x"), share, as: name)
    case .none: return x
    }
  }

  /// NaN for rows with a feature that is not finite: 0 · NaN and 0 · ∞ are NaN, the sum of the other zeros is 0.  Runtimes
  /// differ in whether a ReLU lets NaN through, and ∞ would look like certainty.
  private mutating func checked(_ output: String, _ features: String) -> String {
    let zeros = builder.node("Mul", features, zero, as: "zeros")
    let doubt = builder.node("ReduceSum", zeros, axis, attributes: [ONNXAttribute("keepdims", .int(1))], as: "zero_or_nan")
    return builder.node("Add", output, doubt, as: "checked")
  }

  private mutating func activated(_ output: String) -> String {
    switch net.outputActivation {
    case .sigmoid: builder.node("Sigmoid", output, as: "sigmoid")
    case .softmax: builder.node("Softmax", output, attributes: [.axis], as: "probabilities")
    case .identity: output
    }
  }
}

// What the net's outputs mean: `Predictor.predictions`.
extension PredictorGraph {
  private mutating func classify(probability output: String) {
    let probability = builder.node("Squeeze", output, axis, as: "probability")
    let half = builder.constant("half", .floats([0.5]), shape: [])
    let isSecond = builder.node("GreaterOrEqual", probability, half, as: "is_second")
    let index = builder.node("Cast", isSecond, attributes: [.to(.int64)], as: "class")
    builder.output(probability, .float, note: "of '\(architecture.classes[1])'")
    label(index, nanIn: probability)
  }

  private mutating func classify(probabilities: String) {
    // Of equal ones the first.
    let index = builder.node("ArgMax", probabilities, attributes: [.axis, ONNXAttribute("keepdims", .int(0))], as: "class")
    let sum = builder.node("ReduceSum", probabilities, axis, attributes: [ONNXAttribute("keepdims", .int(0))], as: "sum")
    builder.output(
      probabilities, .float, columns: architecture.classes.count, note: "of: \(architecture.classes.joined(separator: ", "))")
    label(index, nanIn: sum)
  }

  /// The class's name, empty where there is none.
  private mutating func label(_ index: String, nanIn number: String) {
    let count = architecture.classes.count
    let names = builder.constant("classes", .strings(architecture.classes + [""]), shape: [count + 1])
    let none = builder.constant("no_class", .int64s([Int64(count)]), shape: [])
    let isNaN = builder.node("IsNaN", number, as: "is_nan")
    let name = builder.node("Gather", names, builder.node("Where", isNaN, none, index, as: "class_or_none"), as: "label")
    builder.output(name, .string, note: "the likeliest class of '\(architecture.target)'; empty where there is none")
  }

  /// In the target's own units: `TargetScaler.decode`, in float64.
  private mutating func measure(_ output: String) {
    let column = builder.node("Squeeze", output, axis, as: "output")
    var value = builder.node("Cast", column, attributes: [.to(.double)], as: architecture.targetScaler == nil ? "value" : "output_double")
    if let target = architecture.targetScaler?.standardization {
      let scale = builder.constant("target.scale", .doubles([target.scale]), shape: [])
      let mean = builder.constant("target.mean", .doubles([target.mean]), shape: [])
      value = builder.node("Add", builder.node("Mul", value, scale, as: "target.scaled"), mean, as: "value")
    }
    builder.output(value, .double, note: "'\(architecture.target)', in its own units")
  }
}

extension ONNXAttribute {
  /// Columns, or classes: the second axis.
  fileprivate static let axis = ONNXAttribute("axis", .int(1))

  fileprivate static func to(_ element: ONNXElement) -> ONNXAttribute { ONNXAttribute("to", .int(element.rawValue)) }
}
