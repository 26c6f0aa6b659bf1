internal import CKernels

/// Changes weights by their gradients, and keeps what it must remember from step to step.
public protocol Optimizer: Sendable {
  /// One step over all layers; `gradients` has the layers' sizes.
  mutating func step(_ layers: inout [Linear], gradients: [Linear], kernels: Kernels)

  /// What it remembers, as little-endian bytes; empty when there is nothing.
  var state: [UInt8] { get }

  /// Takes what `state` of such an optimizer gave, for a net of these layers.  Throws when the number of bytes is another.
  mutating func restore(_ state: [UInt8], for layers: [Linear]) throws(RestoreError)
}

/// Stochastic gradient descent with momentum μ and weight decay λ: g += λw; buffer = g the first time, else μ·buffer + g;
/// w -= learning rate · buffer.  Source: `torch.optim.SGD`.
public struct SGD: Optimizer {
  public var learningRate: Double
  public var momentum: Double
  public var weightDecay: Double
  /// The momentum buffers, layer by layer; empty before the first step and without momentum.
  public internal(set) var buffers: [Linear] = []

  public init(learningRate: Double, momentum: Double = 0, weightDecay: Double = 0) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  public mutating func step(_ layers: inout [Linear], gradients: [Linear], kernels: Kernels) {
    let (rate, mu, decay) = (Float(learningRate), Float(momentum), Float(weightDecay))
    guard momentum != 0 else {
      for k in layers.indices {
        kernels.table.sgd(&layers[k].weight, gradients[k].weight, nil, Int64(layers[k].weight.count), rate, mu, decay, 0)
        kernels.table.sgd(&layers[k].bias, gradients[k].bias, nil, Int64(layers[k].bias.count), rate, mu, decay, 0)
      }
      return
    }
    let isFirst: Int32 = buffers.isEmpty ? 1 : 0
    if buffers.isEmpty { buffers = gradients }
    for k in layers.indices {
      let (weights, biases) = (Int64(layers[k].weight.count), Int64(layers[k].bias.count))
      kernels.table.sgd(&layers[k].weight, gradients[k].weight, &buffers[k].weight, weights, rate, mu, decay, isFirst)
      kernels.table.sgd(&layers[k].bias, gradients[k].bias, &buffers[k].bias, biases, rate, mu, decay, isFirst)
    }
  }
}

extension SGD {
  /// The momentum buffers.
  public var state: [UInt8] { PackedNumbers.bytes(of: buffers) }

  public mutating func restore(_ state: [UInt8], for layers: [Linear]) throws(RestoreError) {
    var numbers = PackedNumbers(state)
    var restored = state.isEmpty ? [] : layers
    try numbers.fill(&restored)
    try numbers.end()
    buffers = restored
  }
}

/// Adam with bias correction.  Source: `torch.optim.Adam`; D. Kingma and J. Ba (2015).
public struct Adam: Optimizer {
  public var learningRate: Double
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var epsilon = 1e-8
  public var weightDecay: Double
  /// Steps taken so far.
  public internal(set) var steps = 0
  /// The running means of the gradients and of their squares, layer by layer; empty before the first step.
  public internal(set) var means: [Linear] = []
  public internal(set) var squares: [Linear] = []

  public init(learningRate: Double, weightDecay: Double = 0) {
    self.learningRate = learningRate
    self.weightDecay = weightDecay
  }

  public mutating func step(_ layers: inout [Linear], gradients: [Linear], kernels: Kernels) {
    if means.isEmpty {
      means = layers.map { Linear(inFeatures: $0.inFeatures, outFeatures: $0.outFeatures) }
      squares = means
    }
    steps += 1
    let stepSize = Float(learningRate / (1 - Self.power(beta1, steps)))
    let rootCorrection = Float((1 - Self.power(beta2, steps)).squareRoot())
    func update(_ w: inout [Float], _ gradient: [Float], _ mean: inout [Float], _ square: inout [Float]) {
      kernels.table.adam(
        &w, gradient, &mean, &square, Int64(w.count), stepSize, rootCorrection, Float(beta2), Float(1 - beta1), Float(1 - beta2),
        Float(epsilon), Float(weightDecay))
    }
    for k in layers.indices {
      update(&layers[k].weight, gradients[k].weight, &means[k].weight, &squares[k].weight)
      update(&layers[k].bias, gradients[k].bias, &means[k].bias, &squares[k].bias)
    }
  }

  /// base^exponent by repeated squaring: libm's pow is not the same on every machine.
  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, bits) = (1.0, base, exponent)
    while bits > 0 {
      if bits & 1 == 1 { result *= square }
      square *= square
      bits >>= 1
    }
    return result
  }
}

extension Adam {
  /// The steps as eight bytes, the means, the squares.
  public var state: [UInt8] {
    guard steps > 0 else { return [] }
    return (0..<8).map { UInt8(truncatingIfNeeded: steps >> (8 * $0)) } + PackedNumbers.bytes(of: means) + PackedNumbers.bytes(of: squares)
  }

  public mutating func restore(_ state: [UInt8], for layers: [Linear]) throws(RestoreError) {
    var numbers = PackedNumbers(state)
    var (count, first, second) = (0, [Linear](), [Linear]())
    if !state.isEmpty {
      count = try numbers.integer()
      (first, second) = (layers, layers)
      try numbers.fill(&first)
      try numbers.fill(&second)
    }
    try numbers.end()
    (steps, means, squares) = (max(0, count), first, second)
  }
}
