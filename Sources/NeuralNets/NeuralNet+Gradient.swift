/// The buffers of one forward and backward pass over a batch: made once, used every epoch.
///
/// A pass goes over the samples in chunks of 1,024, in which their sums run anyway: what one leaves is still in the cache when the
/// next layer takes it.
public struct Workspace: Sendable {
  /// The samples of the batches that it is for.
  public let samples: Int
  /// For a whole chunk and, where the samples don't divide evenly, for the short last one.
  private var chunks: [Chunk]

  /// What one chunk needs.
  struct Chunk: Sendable {
    /// What each layer gave, after its activation or (the last) its sigmoid: (outFeatures, samples) each.
    var outputs: [Batch]
    /// What the hidden layers' activations were given, where their gradients need it; else empty.
    var sums: [Batch]
    /// The gradient of the loss by each layer's sums, of the same sizes.
    var deltas: [Batch]
  }

  public init(for net: NeuralNet, samples: Int) {
    self.samples = samples
    chunks = [min(samples, Kernels.chunk), samples > Kernels.chunk ? samples % Kernels.chunk : 0].filter { $0 > 0 }.map { count in
      let outputs = net.layers.map { Batch(features: $0.outFeatures, samples: count) }
      return Chunk(outputs: outputs, sums: net.activation.needsSums ? outputs.dropLast() : [], deltas: outputs)
    }
  }

  /// Runs `body` for each chunk in order, with the number of its first sample and that of its samples.
  fileprivate mutating func forEachChunk(_ body: (_ first: Int, _ samples: Int, inout Chunk) -> Void) {
    for first in stride(from: 0, to: samples, by: Kernels.chunk) {
      let count = min(Kernels.chunk, samples - first)
      body(first, count, &chunks[first > 0 && count < Kernels.chunk ? 1 : 0])
    }
  }
}

extension NeuralNet {
  /// Fills a chunk's outputs from the samples of x from `first` on; the last are probabilities, logits or values.
  private func forward(_ x: Batch, from first: Int, samples: Int, into chunk: inout Workspace.Chunk, kernels: Kernels) {
    let last = layers.count - 1
    for k in layers.indices {
      let input = k == 0 ? x : chunk.outputs[k - 1]
      let inputFirst = k == 0 ? first : 0
      if k < last, activation.needsSums {
        layers[k].forward(
          input, from: inputFirst, into: &chunk.sums[k], at: 0, samples: samples, relu: false, kernels: kernels)
        activation.apply(to: chunk.sums[k], into: &chunk.outputs[k], kernels: kernels)
      } else {
        layers[k].forward(
          input, from: inputFirst, into: &chunk.outputs[k], at: 0, samples: samples, relu: k < last && activation == .relu,
          kernels: kernels)
        if k < last { activation.apply(to: &chunk.outputs[k], kernels: kernels) }
      }
    }
    if outputActivation == .sigmoid { Sigmoid().apply(to: &chunk.outputs[last], kernels: kernels) }
  }

  /// The loss of x (inputSize, samples) against as many targets, in the mode that training uses.
  public func loss(
    _ loss: Loss, x: Batch, targets: Targets, workspace: inout Workspace, kernels: Kernels = .best
  ) -> Float {
    lossAndOutputs(loss, x: x, targets: targets, workspace: &workspace, kernels: kernels) { _, _ in }
  }

  /// The same, and each chunk's outputs as they come: probabilities, logits or values, with the number of the first sample.
  private func lossAndOutputs(
    _ loss: Loss, x: Batch, targets: Targets, workspace: inout Workspace, kernels: Kernels, take: (Int, Batch) -> Void
  ) -> Float {
    checkSizes(x, targets, workspace)
    var sum = LossSum()
    workspace.forEachChunk { first, samples, chunk in
      forward(x, from: first, samples: samples, into: &chunk, kernels: kernels)
      let output = chunk.outputs[layers.count - 1]
      loss.add(output, targets, from: first, to: &sum, delta: nil, kernels: kernels)
      take(first, output)
    }
    return loss.mean(sum, targets)
  }

  /// The loss, and what the net gives: probabilities or values (outputSize, samples).
  public func lossAndOutputs(_ loss: Loss, x: Batch, targets: Targets, kernels: Kernels = .best) -> (loss: Float, outputs: Batch) {
    var workspace = Workspace(for: self, samples: x.samples)
    var outputs = Batch(features: outputSize, samples: x.samples)
    let value = lossAndOutputs(loss, x: x, targets: targets, workspace: &workspace, kernels: kernels) { first, chunk in
      outputs.replaceColumns(from: first, by: chunk)
    }
    return (value, outputActivation == .softmax ? Softmax()(outputs, kernels: kernels) : outputs)
  }

  /// x (inputSize, samples) -> (outputSize, samples): probabilities or values.
  public func callAsFunction(_ x: Batch, kernels: Kernels = .best) -> Batch {
    var workspace = Workspace(for: self, samples: x.samples)
    var outputs = Batch(features: outputSize, samples: x.samples)
    workspace.forEachChunk { first, samples, chunk in
      forward(x, from: first, samples: samples, into: &chunk, kernels: kernels)
      outputs.replaceColumns(from: first, by: chunk.outputs[layers.count - 1])
    }
    return outputActivation == .softmax ? Softmax()(outputs, kernels: kernels) : outputs
  }

  /// The loss, and into `gradients` its gradient by every weight and bias.
  public func lossAndGradients(
    _ loss: Loss, x: Batch, targets: Targets, gradients: inout [Linear], workspace: inout Workspace, kernels: Kernels = .best
  ) -> Float {
    checkSizes(x, targets, workspace)
    var sum = LossSum()
    let last = layers.count - 1
    workspace.forEachChunk { first, samples, chunk in
      forward(x, from: first, samples: samples, into: &chunk, kernels: kernels)
      loss.add(chunk.outputs[last], targets, from: first, to: &sum, gradient: &chunk.deltas[last], kernels: kernels)
      for k in stride(from: last, through: 0, by: -1) {
        layers[k].parameterGradient(
          &gradients[k], delta: chunk.deltas[k], from: 0, x: k == 0 ? x : chunk.outputs[k - 1], from: k == 0 ? first : 0,
          samples: samples, adds: first > 0, kernels: kernels)
        guard k > 0 else { break }
        if activation == .relu {
          layers[k].inputGradient(&chunk.deltas[k - 1], delta: chunk.deltas[k], x: chunk.outputs[k - 1], kernels: kernels)
        } else {
          layers[k].inputGradient(&chunk.deltas[k - 1], delta: chunk.deltas[k], kernels: kernels)
          let from = activation.needsSums ? chunk.sums[k - 1] : chunk.outputs[k - 1]
          activation.backward(&chunk.deltas[k - 1], from: from, kernels: kernels)
        }
      }
    }
    return loss.mean(sum, targets)
  }

  private func checkSizes(_ x: Batch, _ targets: Targets, _ workspace: Workspace) {
    precondition(
      x.samples == workspace.samples && x.samples == targets.samples,
      "\(x.samples) samples, \(targets.samples) targets, room for \(workspace.samples)")
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
