public import NeuralNets
public import Tensors

/// The epoch loop: forward, loss, backward, step.  It gives each epoch's loss and knows no database.
///
/// One seed gives the same bits on every processor: see `kernels.h` for what is promised about the arithmetic.
public struct Trainer: Sendable {
  public private(set) var net: NeuralNet
  /// How many epochs have run.
  public private(set) var epoch = 0
  private let loss: Loss
  private var optimizer: any Optimizer
  private let samples: Samples
  private let batchSize: Int
  /// Whether an epoch is made of shuffled batches.
  let shuffles: Bool
  private let kernels: Kernels
  /// PyTorch's generator where the initial weights left it: it gives the order of the mini-batches.
  private var generator: MersenneTwister
  /// Buffers for a full-sized batch and, where the samples don't divide evenly, for the short last one.
  private var batches: [MiniBatch]
  private var gradients: [Linear]

  /// All samples at once when `batchSize` is nil, else batches of so many (the last may be short) in the order of one
  /// `torch.randperm` an epoch.
  public init(
    net: NeuralNet, optimizer: any Optimizer, samples: Samples, batchSize: Int? = nil, generator: MersenneTwister, kernels: Kernels = .best
  ) {
    precondition(batchSize ?? 1 > 0 && samples.count > 0, "batches of \(batchSize ?? 0) from \(samples.count) samples")
    self.net = net
    self.optimizer = optimizer
    self.samples = samples
    self.batchSize = batchSize ?? samples.count
    self.generator = generator
    self.kernels = kernels
    loss = Loss(for: net.outputActivation)
    gradients = net.zeroGradients()
    shuffles = batchSize != nil
    batches =
      shuffles
      ? [min(self.batchSize, samples.count), samples.count % self.batchSize].filter { $0 > 0 }.map {
        MiniBatch(net: net, samples: $0, areWeighted: samples.targets.areWeighted)
      }
      : [MiniBatch(net: net, all: samples)]
  }

  /// Runs one epoch and gives its loss: that before the update, or the mean of the batches' losses weighted by their sizes.
  public mutating func runEpoch() -> Double {
    guard shuffles else {
      epoch += 1
      return Double(runBatch(0))
    }
    return runEpoch { true } ?? .nan
  }

  /// The same in batches, asking after each one but the last whether to go on.  Nil when it was told not to: the trainer then stands
  /// amid an epoch and is of no more use.
  mutating func runEpoch(keepGoing: () throws -> Bool) rethrows -> Double? {
    let order = generator.randperm(samples.count)
    var total = 0.0
    for start in stride(from: 0, to: order.count, by: batchSize) {
      let indices = order[start..<min(start + batchSize, order.count)]
      let slot = indices.count == batches[0].samples.count ? 0 : 1
      batches[slot].samples.gather(indices, from: samples)
      total += Double(runBatch(slot)) * Double(indices.count)
      if indices.endIndex < order.count, try !keepGoing() { return nil }
    }
    epoch += 1
    return total / Double(samples.count)
  }

  private mutating func runBatch(_ slot: Int) -> Float {
    let value = batches[slot].lossAndGradients(of: net, loss, gradients: &gradients, kernels: kernels)
    net.update(by: &optimizer, gradients: gradients, kernels: kernels)
    return value
  }
}

/// One batch's samples and the buffers that its size needs.
private struct MiniBatch: Sendable {
  var samples: Samples
  private var workspace: Workspace

  /// Room for so many samples.
  init(net: NeuralNet, samples count: Int, areWeighted: Bool) {
    let zeros = [Float](repeating: 0, count: count)
    samples = Samples(x: Batch(features: net.inputSize, samples: count), targets: Targets(zeros, weights: areWeighted ? zeros : nil))
    workspace = Workspace(for: net, samples: count)
  }

  init(net: NeuralNet, all samples: Samples) {
    self.samples = samples
    workspace = Workspace(for: net, samples: samples.count)
  }

  mutating func lossAndGradients(of net: NeuralNet, _ loss: Loss, gradients: inout [Linear], kernels: Kernels) -> Float {
    net.lossAndGradients(
      loss, x: samples.x, targets: samples.targets, gradients: &gradients, workspace: &workspace, kernels: kernels)
  }
}

extension Trainer {
  /// The bytes of `state` without early stopping, or a few more.
  var stateByteCount: Int { 3 * net.weightByteCount + 4096 }

  /// All that the next epochs depend on, but for early stopping.
  var state: TrainingState {
    let remembered = optimizer.state
    return TrainingState(
      epoch: epoch, weights: net.weightBytes, optimizer: remembered.isEmpty ? nil : remembered,
      generator: shuffles ? generator.position : nil)
  }

  /// Takes what `state` of a trainer of the same experiment gave.
  mutating func restore(_ state: TrainingState) throws(TrainingStateError) {
    guard state.epoch >= 0, (state.generator != nil) == shuffles else { throw .illegal("another experiment's generator or epoch") }
    var (restoredNet, restoredOptimizer) = (net, optimizer)
    do {
      try restoredNet.restore(weightBytes: state.weights)
      try restoredOptimizer.restore(state.optimizer ?? [], for: net.layers)
    } catch {
      throw .illegal("\(error)")
    }
    if let position = state.generator {
      guard let restored = MersenneTwister(position: position) else { throw .illegal("a generator that is none") }
      generator = restored
    }
    (net, optimizer, epoch) = (restoredNet, restoredOptimizer, state.epoch)
  }
}
