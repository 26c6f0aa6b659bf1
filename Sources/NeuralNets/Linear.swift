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
    precondition(x.features == inFeatures, "\(x.features) features into a Linear of \(inFeatures)")
    precondition(out.features == outFeatures && out.stride == x.stride, "the output has another size")
    kernels.table.linear_forward(
      &out.values, weight, bias, x.values, Int64(inFeatures), Int64(x.stride), relu ? 1 : 0, 0, Int64(outFeatures))
  }

  /// The gradient by this layer's weight and bias, given that by its output.
  internal func parameterGradient(_ gradient: inout Linear, delta: Batch, x: Batch, kernels: Kernels) {
    kernels.table.linear_parameter_gradient(
      &gradient.weight, &gradient.bias, delta.values, x.values, Int64(inFeatures), Int64(x.stride), 0, Int64(outFeatures))
  }

  /// The gradient by this layer's input x, which is the output of a ReLU.
  internal func inputGradient(_ xDelta: inout Batch, delta: Batch, x: Batch, kernels: Kernels) {
    kernels.table.linear_input_gradient(
      &xDelta.values, weight, delta.values, x.values, Int64(inFeatures), Int64(outFeatures), Int64(x.stride), 0, Int64(inFeatures))
  }
}
