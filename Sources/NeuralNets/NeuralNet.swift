public import Tensors

/// The tutorial's net: Linear, ReLU (or another activation), …, Linear, and an output activation.
///
/// Its state_dict has the tutorial's names, in order: `linear_1.weight` (hidden, input), `linear_1.bias` (hidden),
/// `linear_2.weight` (output, hidden), `linear_2.bias` (output); with more hidden layers it goes on to `linear_n`.
public struct NeuralNet: Sendable, Hashable {
  /// What stands between the layers.
  public let activation: HiddenActivation
  public let outputActivation: OutputActivation
  public internal(set) var layers: [Linear]

  public var inputSize: Int { layers[0].inFeatures }
  public var hiddenSizes: [Int] { layers.dropLast().map(\.outFeatures) }
  public var outputSize: Int { layers[layers.count - 1].outFeatures }

  /// A net with PyTorch's initial weights, drawn layer by layer from its generator.
  /// Sizes must be positive; there may be no hidden layer at all.
  public init(
    inputSize: Int, hiddenSizes: [Int], outputSize: Int = 1, activation: HiddenActivation = .relu,
    outputActivation: OutputActivation = .sigmoid, using generator: inout MersenneTwister
  ) {
    let sizes = [inputSize] + hiddenSizes + [outputSize]
    precondition(sizes.allSatisfy { $0 > 0 }, "layer sizes \(sizes) must be positive")
    self.activation = activation
    self.outputActivation = outputActivation
    layers = zip(sizes, sizes.dropFirst()).map { Linear(inFeatures: $0, outFeatures: $1, using: &generator) }
  }

  /// The tutorial's `NeuralNet(input_size, hidden_size)` after `torch.manual_seed(seed)`.
  public init(inputSize: Int, hiddenSize: Int, seed: UInt64 = 0) {
    var generator = MersenneTwister(seed: seed)
    self.init(inputSize: inputSize, hiddenSizes: [hiddenSize], using: &generator)
  }

  /// A net of these layers, each taking what the one before it gives.
  public init(layers: [Linear], activation: HiddenActivation = .relu, outputActivation: OutputActivation = .sigmoid) {
    precondition(
      !layers.isEmpty && zip(layers, layers.dropFirst()).allSatisfy { $0.outFeatures == $1.inFeatures }, "layers that don't chain")
    self.activation = activation
    self.outputActivation = outputActivation
    self.layers = layers
  }

  /// One sample (inputSize numbers; another count traps, as an index out of range does) -> outputSize numbers: a probability, the
  /// classes' probabilities, or a value.
  public func callAsFunction(_ x: [Float]) -> [Float] {
    precondition(x.count == inputSize, "\(x.count) numbers into a net of \(inputSize) inputs")
    return self(Batch(rows: x, features: inputSize)).rows
  }
}
