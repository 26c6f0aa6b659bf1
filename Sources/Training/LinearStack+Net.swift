public import NeuralNets
public import Tensors

extension LinearStack {
  /// BatchNorm1d's default, which isn't in a state_dict.
  public static let defaultEpsilon = 1e-5

  /// The Linear layers of these tensors, with each BatchNorm1d (in eval mode) folded into the Linear before it, or where it stands after
  /// the activation into the one behind it.  The arithmetic is float64, rounded once to float32.
  ///
  /// Throws when a tensor is missing, or a number is beyond float32.
  public func linearLayers(
    _ stateDict: StateDict, batchNorm: BatchNormPlace, epsilon: Double = defaultEpsilon
  ) throws(StateDictError) -> [Linear] {
    var weights: [[Double]] = []
    var biases: [[Double]] = []
    for (index, layer) in layers.enumerated() {
      weights.append(try Self.numbers(layer.weight, in: stateDict))
      biases.append(
        try layer.bias.map { name throws(StateDictError) in try Self.numbers(name, in: stateDict) }
          ?? [Double](repeating: 0, count: sizes[index + 1]))
    }
    for (index, layer) in layers.enumerated() {
      guard let norm = layer.norm else { continue }
      let (scale, shift) = try affine(norm, in: stateDict, epsilon: epsilon)
      let isLast = index == layers.count - 1
      if batchNorm != .after || isLast {
        for row in scale.indices {
          for column in 0..<sizes[index] { weights[index][row * sizes[index] + column] *= scale[row] }
          biases[index][row] = biases[index][row] * scale[row] + shift[row]
        }
      } else {
        for row in 0..<sizes[index + 2] {
          for column in scale.indices {
            let place = row * scale.count + column
            biases[index + 1][row] += weights[index + 1][place] * shift[column]
            weights[index + 1][place] *= scale[column]
          }
        }
      }
    }
    var result: [Linear] = []
    for index in layers.indices {
      result.append(
        Linear(
          inFeatures: sizes[index], weight: try Self.rounded(weights[index], of: layers[index].weight),
          bias: try Self.rounded(biases[index], of: layers[index].bias ?? layers[index].weight)))
    }
    return result
  }

  /// (x - mean) / sqrt(var + eps) · weight + bias, as scale · x + shift.
  private func affine(_ norm: Norm, in stateDict: StateDict, epsilon: Double) throws(StateDictError) -> (scale: [Double], shift: [Double]) {
    let mean = try Self.numbers(norm.mean, in: stateDict)
    var scale = try Self.numbers(norm.variance, in: stateDict).map { 1 / ($0 + epsilon).squareRoot() }
    if let name = norm.weight { scale = zip(scale, try Self.numbers(name, in: stateDict)).map { $0 * $1 } }
    var shift = zip(scale, mean).map { -$0 * $1 }
    if let name = norm.bias { shift = zip(shift, try Self.numbers(name, in: stateDict)).map { $0 + $1 } }
    return (scale, shift)
  }

  private static func numbers(_ name: String, in stateDict: StateDict) throws(StateDictError) -> [Double] {
    guard let tensor = stateDict[name] else { throw .keys(missing: [name], unexpected: []) }
    return tensor.doubles(0..<tensor.count)
  }

  private static func rounded(_ numbers: [Double], of name: String) throws(StateDictError) -> [Float] {
    let floats = numbers.map { Float($0) }
    if zip(floats, numbers).contains(where: { $0.isInfinite && $1.isFinite }) { throw .beyondFloat32(name: name) }
    return floats
  }
}
