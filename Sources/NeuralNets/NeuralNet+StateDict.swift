public import Tensors

extension NeuralNet {
  /// The names and shapes of the tensors of a net of these sizes.
  public static func parameterShapes(inputSize: Int, hiddenSizes: [Int], outputSize: Int) -> [(name: String, shape: [Int])] {
    let sizes = [inputSize] + hiddenSizes + [outputSize]
    return zip(sizes, sizes.dropFirst()).enumerated().flatMap { index, size in
      [("linear_\(index + 1).weight", [size.1, size.0]), ("linear_\(index + 1).bias", [size.1])]
    }
  }

  /// The weights as named tensors, in the order of PyTorch's `state_dict()`.
  public func stateDict() throws(StateDictError) -> StateDict {
    var pairs: [(name: String, tensor: Tensor)] = []
    for (index, layer) in layers.enumerated() {
      let weight = Tensor(layer.weight).reshaped([layer.outFeatures, layer.inFeatures])
      pairs.append(("linear_\(index + 1).weight", weight))
      pairs.append(("linear_\(index + 1).bias", Tensor(layer.bias)))
    }
    return try StateDict(pairs)
  }

  /// Takes the weights of a state_dict; throws when a name is missing or unexpected or a shape differs.
  public mutating func loadStateDict(_ stateDict: StateDict) throws(StateDictError) {
    self = try NeuralNet(
      stateDict: stateDict, inputSize: inputSize, hiddenSizes: hiddenSizes, outputSize: outputSize, activation: activation,
      outputActivation: outputActivation)
  }

  /// A net of these sizes with the weights of a state_dict; throws when a name is missing or unexpected or a shape differs.
  public init(
    stateDict: StateDict, inputSize: Int, hiddenSizes: [Int], outputSize: Int = 1, activation: HiddenActivation = .relu,
    outputActivation: OutputActivation = .sigmoid
  ) throws(StateDictError) {
    let shapes = Self.parameterShapes(inputSize: inputSize, hiddenSizes: hiddenSizes, outputSize: outputSize)
    try stateDict.verify(matches: shapes, dtype: .float32)
    self.activation = activation
    self.outputActivation = outputActivation
    let sizes = [inputSize] + hiddenSizes + [outputSize]
    layers = zip(sizes, sizes.dropFirst()).map { Linear(inFeatures: $0, outFeatures: $1) }
    for k in layers.indices {
      // verify() has checked every name, shape and type.
      if let weight = stateDict["linear_\(k + 1).weight"].floats { layers[k].weight = weight }
      if let bias = stateDict["linear_\(k + 1).bias"].floats { layers[k].bias = bias }
    }
  }
}

extension Optional<Tensor> {
  fileprivate var floats: [Float]? { flatMap { try? $0.values(as: Float.self) } }
}
