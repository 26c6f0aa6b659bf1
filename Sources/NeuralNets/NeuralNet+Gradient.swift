/// The buffers of one forward and backward pass over a batch: made once, used every epoch.
public struct Workspace: Sendable {
  /// What each layer gave, after its ReLU or (the last) its sigmoid: (outFeatures, samples) each.
  internal var outputs: [Batch]
  /// The gradient of the loss by each layer's sums, of the same sizes.
  internal var deltas: [Batch]

  public init(for net: NeuralNet, samples: Int) {
    outputs = net.layers.map { Batch(features: $0.outFeatures, samples: samples) }
    deltas = outputs
  }
}

extension NeuralNet {
  /// Fills the workspace's outputs: x (inputSize, samples) -> …; the last are probabilities, logits or values.
  internal func forward(_ x: Batch, into workspace: inout Workspace, kernels: Kernels) {
    let last = layers.count - 1
    for (k, layer) in layers.enumerated() {
      layer.forward(k == 0 ? x : workspace.outputs[k - 1], into: &workspace.outputs[k], relu: k < last, kernels: kernels)
    }
    if outputActivation == .sigmoid { Sigmoid().apply(to: &workspace.outputs[last], kernels: kernels) }
  }

  /// The loss of x (inputSize, samples) against as many targets, in the mode that training uses.
  public func loss(
    _ loss: Loss, x: Batch, targets: Targets, workspace: inout Workspace, kernels: Kernels = .best
  ) -> Float {
    forward(x, into: &workspace, kernels: kernels)
    return loss(workspace.outputs[layers.count - 1], targets, kernels: kernels)
  }

  /// The loss, and into `gradients` its gradient by every weight and bias.
  public func lossAndGradients(
    _ loss: Loss, x: Batch, targets: Targets, gradients: inout [Linear], workspace: inout Workspace, kernels: Kernels = .best
  ) -> Float {
    forward(x, into: &workspace, kernels: kernels)
    let last = layers.count - 1
    let value = loss(workspace.outputs[last], targets, gradient: &workspace.deltas[last], kernels: kernels)
    for k in stride(from: last, through: 0, by: -1) {
      let input = k == 0 ? x : workspace.outputs[k - 1]
      layers[k].parameterGradient(&gradients[k], delta: workspace.deltas[k], x: input, kernels: kernels)
      guard k > 0 else { break }
      layers[k].inputGradient(&workspace.deltas[k - 1], delta: workspace.deltas[k], x: input, kernels: kernels)
    }
    return value
  }

  /// Changes the weights by their gradients.
  public mutating func update(by optimizer: inout any Optimizer, gradients: [Linear], kernels: Kernels = .best) {
    optimizer.step(&layers, gradients: gradients, kernels: kernels)
  }

  /// Zero gradients of this net's shape.
  public func zeroGradients() -> [Linear] {
    layers.map { Linear(inFeatures: $0.inFeatures, outFeatures: $0.outFeatures) }
  }
}
