import Foundation
import NeuralNets
import Tensors
import TestSupport
import Testing

@Suite("activations between layers")
struct HiddenActivationTests {
  /// What math.h gives, in double precision.
  static func value(_ activation: HiddenActivation, _ x: Double) -> Double {
    switch activation {
    case .relu: max(0, x)
    case .tanh: tanh(x)
    case .sigmoid: 1 / (1 + exp(-x))
    case .leakyReLU: x > 0 ? x : Double(0.01 as Float) * x
    case .elu: x > 0 ? x : expm1(x)
    case .gelu: 0.5 * x * (1 + erf(x / 2.0.squareRoot()))
    case .silu: x / (1 + exp(-x))
    case .none: x
    }
  }

  /// One number in, the activation of it out.
  private func net(_ activation: HiddenActivation) -> NeuralNet {
    let identity = Linear(inFeatures: 1, weight: [1], bias: [0])
    return NeuralNet(layers: [identity, identity], activation: activation, outputActivation: .identity)
  }

  @Test("are math.h's to 2e-7, with the same bits on every instruction set", arguments: HiddenActivation.allCases)
  func values(activation: HiddenActivation) throws {
    let x = (-4000...4000).map { Float($0) / 300 } + [0, 1e-30, -1e-30, 1e-4, -1e-4, 60, -60, 200, -200]
    let all = Kernels.available.map { net(activation)(Batch(rows: x, features: 1), kernels: $0).rows }
    for (x, got) in zip(x, all[0]) {
      #expect(agree(Double(got), Self.value(activation, Double(x)), relative: 3e-7, absolute: 2e-7), "at \(x)")
    }
    for others in all { #expect(others.map(\.bitPattern) == all[0].map(\.bitPattern)) }
    #expect(net(activation)([.nan])[0].isNaN)
  }

  /// Two inputs, three hidden units, one output, and samples that no vector of sixteen holds evenly.
  private static func small(_ activation: HiddenActivation, samples: Int) -> (net: NeuralNet, x: [Float]) {
    // Beyond the samples are zeros: with these biases an activation makes large numbers of them, which would show wherever they got in.
    let layers = [
      Linear(inFeatures: 2, weight: [0.7, -0.3, -1.1, 0.2, 0.9, 0.4], bias: [40, -35, 30]),
      Linear(inFeatures: 3, weight: [0.05, -0.2, 0.1], bias: [0.25]),
    ]
    let x = (0..<2 * samples).map { Float($0 % 53) / 3 - 40 }
    return (NeuralNet(layers: layers, activation: activation, outputActivation: .identity), x)
  }

  @Test("give each sample what it has by itself, however many there are", arguments: HiddenActivation.allCases, [1, 15, 17, 1025])
  func oneByOne(activation: HiddenActivation, samples: Int) {
    let (net, x) = Self.small(activation, samples: samples)
    for kernels in Kernels.available {
      let together = net(Batch(rows: x, features: 2), kernels: kernels).rows
      let alone = (0..<samples).map { net(Batch(rows: Array(x[2 * $0..<2 * $0 + 2]), features: 2), kernels: kernels).rows[0] }
      #expect(together.map(\.bitPattern) == alone.map(\.bitPattern))
    }
  }

  @Test("have the mean of the samples' gradients, however many there are", arguments: HiddenActivation.allCases, [1, 15, 17, 1025])
  func meanGradient(activation: HiddenActivation, samples: Int) {
    let (net, x) = Self.small(activation, samples: samples)
    func slopes(_ x: [Float], _ targets: [Float], _ kernels: Kernels) -> [Double] {
      var (gradients, workspace) = (net.zeroGradients(), Workspace(for: net, samples: targets.count))
      _ = net.lossAndGradients(
        .meanSquaredError, x: Batch(rows: x, features: 2), targets: Targets(targets), gradients: &gradients, workspace: &workspace,
        kernels: kernels)
      return gradients.flatMap { ($0.weight + $0.bias).map(Double.init) }
    }
    let targets = (0..<samples).map { Float($0 % 7) - 3 }
    for kernels in Kernels.available {
      let together = slopes(x, targets, kernels)
      let alone = (0..<samples).map { slopes(Array(x[2 * $0..<2 * $0 + 2]), [targets[$0]], kernels) }
      for (index, slope) in together.enumerated() {
        let (mean, size) = alone.reduce((0, 0)) { ($0.0 + $1[index] / Double(samples), $0.1 + abs($1[index]) / Double(samples)) }
        #expect(abs(slope - mean) <= 1e-5 * size + 1e-7, "\(index): \(slope) for \(mean)")
      }
    }
  }

  @Test("have the gradient of central differences", arguments: HiddenActivation.allCases, [1, 18, 1100])
  func gradient(activation: HiddenActivation, samples: Int) throws {
    // One sum a layer, so that the loss in double precision is a line of code.
    let weights: [Float] = [0.7, -0.3, -1.1, 0.2, 0.9, 0.1]
    func net(_ w: [Float]) -> NeuralNet {
      NeuralNet(
        layers: [0, 2, 4].map { Linear(inFeatures: 1, weight: [w[$0]], bias: [w[$0 + 1]]) }, activation: activation,
        outputActivation: .identity)
    }
    let x = (0..<samples).map { Float($0 % 37) / 8 - 2.03 }
    let targets = x.map { $0 * $0 / 3 - 1 }
    func loss(_ w: [Double]) -> Double {
      zip(x, targets).reduce(0) { sum, sample in
        let first = Self.value(activation, Double(sample.0) * w[0] + w[1])
        let difference = Self.value(activation, first * w[2] + w[3]) * w[4] + w[5] - Double(sample.1)
        return sum + difference * difference
      } / Double(samples)
    }
    var all: [[UInt32]] = []
    for kernels in Kernels.available {
      let net = net(weights)
      var (gradients, workspace) = (net.zeroGradients(), Workspace(for: net, samples: samples))
      let got = net.lossAndGradients(
        .meanSquaredError, x: Batch(rows: x, features: 1), targets: Targets(targets), gradients: &gradients, workspace: &workspace,
        kernels: kernels)
      #expect(agree(Double(got), loss(weights.map(Double.init)), relative: 2e-6, absolute: 1e-8))
      let slopes = gradients.flatMap { [$0.weight[0], $0.bias[0]] }
      for index in weights.indices {
        var (above, below) = (weights.map(Double.init), weights.map(Double.init))
        above[index] += 1e-5
        below[index] -= 1e-5
        let wanted = (loss(above) - loss(below)) / 2e-5
        #expect(agree(Double(slopes[index]), wanted, relative: 5e-5, absolute: 2e-6), "\(index): \(slopes[index]) for \(wanted)")
      }
      all.append(slopes.map(\.bitPattern))
    }
    for bits in all { #expect(bits == all[0]) }
  }
}
