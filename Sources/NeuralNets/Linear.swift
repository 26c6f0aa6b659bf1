internal import CKernels
public import Tensors

/// A fully connected layer: y = x Wᵀ + b.  Source: `torch.nn.Linear`.
public struct Linear: Sendable, Hashable {
  public let inFeatures: Int
  public let outFeatures: Int
  /// (outFeatures, inFeatures), row-major.
  public internal(set) var weight: [Float]
  /// (outFeatures)
  public internal(set) var bias: [Float]

  /// All zeros.
  public init(inFeatures: Int, outFeatures: Int) {
    self.inFeatures = inFeatures
    self.outFeatures = outFeatures
    weight = [Float](repeating: 0, count: inFeatures * outFeatures)
    bias = [Float](repeating: 0, count: outFeatures)
  }

  /// With these weights (outFeatures, inFeatures), row-major, and biases (outFeatures).
  public init(inFeatures: Int, weight: [Float], bias: [Float]) {
    precondition(weight.count == inFeatures * bias.count, "\(weight.count) weights of \(inFeatures) inputs and \(bias.count) outputs")
    self.inFeatures = inFeatures
    outFeatures = bias.count
    self.weight = weight
    self.bias = bias
  }

  /// The initial weights that PyTorch draws: the weight from U(-a, a) with `kaiming_uniform_(a=sqrt(5))`, then the bias from
  /// U(-1/sqrt(in), 1/sqrt(in)).  Both bounds are 1/sqrt(in), but their roundings differ.
  public init(inFeatures: Int, outFeatures: Int, using generator: inout MersenneTwister) {
    self.init(inFeatures: inFeatures, outFeatures: outFeatures)
    let fanIn = Double(inFeatures).squareRoot()
    let gain = (2.0 / (1.0 + 5.0)).squareRoot()
    let weightBound = Float(3.0.squareRoot() * (gain / fanIn))
    let biasBound = Float(1 / fanIn)
    for i in weight.indices { weight[i] = generator.nextUniform(low: -weightBound, high: weightBound) }
    for i in bias.indices { bias[i] = generator.nextUniform(low: -biasBound, high: biasBound) }
  }

  /// x (inFeatures, samples) -> (outFeatures, samples).
  public func callAsFunction(_ x: Batch, kernels: Kernels = .best) -> Batch {
    var out = Batch(features: outFeatures, samples: x.samples)
    forward(x, into: &out, relu: false, kernels: kernels)
    return out
  }

  internal func forward(_ x: Batch, into out: inout Batch, relu: Bool, kernels: Kernels) {
    forward(x, from: 0, into: &out, at: 0, samples: x.samples, relu: relu, kernels: kernels)
  }

  /// So many samples of x from `first` on (a multiple of 16), into `out` from `outFirst` on.
  internal func forward(
    _ x: Batch, from first: Int, into out: inout Batch, at outFirst: Int, samples: Int, relu: Bool, kernels: Kernels
  ) {
    let columns = Batch.columns(samples)
    precondition(x.features == inFeatures, "\(x.features) features into a Linear of \(inFeatures)")
    precondition(first + columns <= x.columns, "\(samples) samples from \(first) on, of \(x.samples)")
    precondition(out.features == outFeatures && outFirst + columns <= out.columns, "the output has another size")
    kernels_linear_forward(
      kernels.pointer, Int32(kernels.threads), &out.values, Int64(outFirst), Int64(out.stride), weight, bias, x.values, Int64(first),
      Int64(x.stride), Int64(inFeatures), Int64(outFeatures), relu ? 1 : 0, Int64(columns))
  }

  /// The gradient by this layer's weight and bias, given that by its output.
  internal func parameterGradient(_ gradient: inout Linear, delta: Batch, x: Batch, kernels: Kernels) {
    precondition(delta.samples == x.samples, "\(delta.samples) gradients of \(x.samples) samples")
    for first in stride(from: 0, to: x.samples, by: Kernels.chunk) {
      let samples = min(Kernels.chunk, x.samples - first)
      parameterGradient(&gradient, delta: delta, from: first, x: x, from: first, samples: samples, adds: first > 0, kernels: kernels)
    }
  }

  /// The same of at most a chunk of samples, each of the two from its `first` on; added to what `gradient` holds if `adds`.
  internal func parameterGradient(
    _ gradient: inout Linear, delta: Batch, from deltaFirst: Int, x: Batch, from first: Int, samples: Int, adds: Bool, kernels: Kernels
  ) {
    let columns = Batch.columns(samples)
    precondition(x.features == inFeatures && delta.features == outFeatures && samples <= Kernels.chunk, "the batches have other sizes")
    precondition(deltaFirst + columns <= delta.columns && first + columns <= x.columns, "the batches have fewer samples")
    kernels_linear_parameter_gradient(
      kernels.pointer, Int32(kernels.threads), &gradient.weight, &gradient.bias, delta.values, Int64(deltaFirst), Int64(delta.stride),
      x.values, Int64(first), Int64(x.stride), Int64(inFeatures), Int64(outFeatures), Int64(columns), adds ? 1 : 0)
  }

  /// The gradient by the sums that a ReLU made this layer's input x of.
  internal func inputGradient(_ xDelta: inout Batch, delta: Batch, x: Batch, kernels: Kernels) {
    precondition(x.features == inFeatures && x.samples == delta.samples, "the input has another size")
    inputGradient(&xDelta, delta: delta, relu: x.values, stride: x.stride, kernels: kernels)
  }

  /// The gradient by this layer's input.
  internal func inputGradient(_ xDelta: inout Batch, delta: Batch, kernels: Kernels) {
    inputGradient(&xDelta, delta: delta, relu: nil, stride: 0, kernels: kernels)
  }

  private func inputGradient(
    _ xDelta: inout Batch, delta: Batch, relu: UnsafePointer<Float>?, stride: Int, kernels: Kernels
  ) {
    precondition(xDelta.features == inFeatures && delta.features == outFeatures, "other features")
    precondition(xDelta.samples == delta.samples, "other samples")
    kernels_linear_input_gradient(
      kernels.pointer, Int32(kernels.threads), &xDelta.values, Int64(xDelta.stride), weight, delta.values, Int64(delta.stride),
      relu, Int64(stride), Int64(inFeatures), Int64(outFeatures), Int64(delta.columns))
  }
}
