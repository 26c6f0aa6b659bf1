public import Datasets
public import Tensors

/// The layers of a state_dict that holds Linear layers in a row and nothing else, told by names, types and shapes alone.
///
/// Two kinds of names are known, with or without a prefix that all share (`net.`, `module.`): the tutorial's `linear_1.weight`,
/// `linear_1.bias`, `linear_2.weight`, …, and those of an nn.Sequential with an activation between the layers: `0.weight`, `0.bias`,
/// `2.weight`, ….  What the activations are no state_dict says; ReLU is taken for granted.
public struct LinearStack: Sendable, Hashable {
  /// Inputs of the first layer, then the outputs of each.
  public let sizes: [Int]
  /// The names of each layer's tensors, in the order of the layers.
  public let names: [(weight: String, bias: String)]

  public var inputSize: Int { sizes[0] }
  public var hiddenSizes: [Int] { Array(sizes[1..<sizes.count - 1]) }
  public var outputSize: Int { sizes[sizes.count - 1] }

  public static func == (a: LinearStack, b: LinearStack) -> Bool {
    a.sizes == b.sizes && a.names.map(\.weight).hasSameNames(as: b.names.map(\.weight))
  }
  public func hash(into hasher: inout Hasher) {
    hasher.combine(sizes)
    hasher.combine(names.map { Name($0.weight) })
  }

  /// Nil for any other state_dict.  All tensors must be float32, weights (out, in) and biases (out), each layer taking what the one
  /// before it gives.
  public init?(_ tensors: [(name: String, dtype: DType, shape: [Int])]) {
    let layerCount = tensors.count / 2
    guard layerCount > 0, layerCount <= 65, tensors.count == 2 * layerCount, tensors.allSatisfy({ $0.dtype == .float32 }) else {
      return nil
    }
    let shapes = Dictionary(tensors.map { (Name($0.name), $0.shape) }) { first, _ in first }
    guard shapes.count == tensors.count, let stems = Self.stems(of: tensors.map(\.name), layerCount: layerCount) else { return nil }

    var sizes: [Int] = []
    for stem in stems {
      guard let weight = shapes[Name("\(stem).weight")], let bias = shapes[Name("\(stem).bias")], weight.count == 2, bias == [weight[0]]
      else {
        return nil
      }
      if sizes.isEmpty { sizes = [weight[1]] }
      guard weight[1] == sizes.last else { return nil }
      sizes.append(weight[0])
    }
    guard sizes.allSatisfy((1...Hyperparameters.maximumLayerSize).contains) else { return nil }
    self.sizes = sizes
    names = stems.map { ("\($0).weight", "\($0).bias") }
  }

  /// The names of the layers, in their order; nil when they are of no known kind.
  private static func stems(of names: [String], layerCount: Int) -> [String]? {
    // Whatever stands before the first layer's own name is the prefix; that the other names fit is seen when they are looked up.
    for (first, others) in [("linear_1", (2..<layerCount + 1).map { "linear_\($0)" }), ("0", (1..<layerCount).map { "\(2 * $0)" })] {
      guard let name = names.first(where: { $0 == "\(first).weight" || $0.hasSuffix(".\(first).weight") }) else { continue }
      let prefix = name.dropLast("\(first).weight".count)
      return ([first] + others).map { prefix + $0 }
    }
    return nil
  }

  /// The same tensors under the names of a `NeuralNet`, in its order.
  public func neuralNetNames(_ stateDict: StateDict) throws(StateDictError) -> StateDict {
    var renamed = StateDict()
    for (index, name) in names.enumerated() {
      if let weight = stateDict[name.weight] { try renamed.append("linear_\(index + 1).weight", weight) }
      if let bias = stateDict[name.bias] { try renamed.append("linear_\(index + 1).bias", bias) }
    }
    return renamed
  }
}

extension Architecture {
  /// The architecture of a net of these layers, its columns numbers; throws when the task, the classes or the columns don't fit it.
  ///
  /// - Parameters:
  ///   - task: when nil, one output is a probability (binary) and several are classes.
  ///   - classes: when nil, "0", "1", ….
  ///   - features: the columns' names; when nil, "x0", "x1", ….
  public init(
    _ stack: LinearStack, task: LearningTask? = nil, classes: [String]? = nil, features: [String]? = nil, target: String = "y"
  ) throws {
    let outputs = stack.outputSize
    let task = task ?? (outputs == 1 ? .binary : .multiclass)
    guard (task == .multiclass) == (outputs > 1) else { throw ArchitectureError.wrongOutputs(task: task, count: outputs) }
    let count = task == .binary ? 2 : task == .multiclass ? outputs : 0
    let classes = classes ?? (0..<count).map(String.init)
    guard classes.count == count else { throw ArchitectureError.wrongClasses(given: classes.count, needed: count, task: task) }
    let features = features ?? (0..<stack.inputSize).map { "x\($0)" }
    guard features.count == stack.inputSize else {
      throw ArchitectureError.wrongFeatures(given: features.count, needed: stack.inputSize)
    }
    // One set of columns rejects what a CSV file could not have: a name twice, the target among the features.
    let columns = try Columns(
      features: features.map { FeatureColumn(name: $0) }, target: TargetColumn(name: target, classes: task == .regression ? nil : classes))
    try self.init(
      task: task, hiddenSizes: stack.hiddenSizes, features: FeatureEncoder(columns: columns.features), target: target, classes: classes)
  }
}
