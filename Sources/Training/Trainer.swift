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
  private let shuffles: Bool
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
      ? [min(self.batchSize, samples.count), samples.count % self.batchSize].filter { $0 > 0 }.map { MiniBatch(net: net, samples: $0) }
      : [MiniBatch(net: net, all: samples)]
  }

  /// Runs one epoch and gives its loss: that before the update, or the mean of the batches' losses weighted by their sizes.
  public mutating func runEpoch() -> Double {
    defer { epoch += 1 }
    guard shuffles else { return Double(runBatch(0)) }
    let order = generator.randperm(samples.count)
    var total = 0.0
    for start in stride(from: 0, to: order.count, by: batchSize) {
      let indices = order[start..<min(start + batchSize, order.count)]
      let slot = indices.count == batches[0].samples.count ? 0 : 1
      batches[slot].samples.gather(indices, from: samples)
      total += Double(runBatch(slot)) * Double(indices.count)
    }
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
  init(net: NeuralNet, samples count: Int) {
    samples = Samples(x: Batch(features: net.inputSize, samples: count), targets: Targets([Float](repeating: 0, count: count)))
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
