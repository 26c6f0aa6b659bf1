import NeuralNets
import Tensors
import TestSupport
import Testing

@Suite("the gradient")
struct GradientTests {
  static let architectures: [(activation: OutputActivation, hidden: [Int])] = OutputActivation.allCases.flatMap { activation in
    [[], [5], [4, 3]].map { (activation, $0) }
  }

  @Test("is that of central differences for every weight and bias", arguments: architectures, [1, 7, 18])
  func centralDifferences(architecture: (activation: OutputActivation, hidden: [Int]), samples: Int) throws {
    var generator = MersenneTwister(seed: 11)
    let net = NeuralNet(
      inputSize: 3, hiddenSizes: architecture.hidden, outputSize: architecture.activation == .softmax ? 4 : 1,
      outputActivation: architecture.activation, using: &generator)
    var numbers = Numbers(seed: samples)
    let x = numbers.batch(features: 3, samples: samples, in: -2...2)
    let targets = (0..<samples).map { sample in
      switch architecture.activation {
      case .sigmoid: Float(sample % 2)
      case .softmax: Float(sample % 4)
      case .identity: Float(sample) / 5 - 1
      }
    }

    var gradients = net.zeroGradients()
    var workspace = Workspace(for: net, samples: samples)
    let loss = net.lossAndGradients(
      Loss(for: architecture.activation), x: x, targets: Targets(targets), gradients: &gradients, workspace: &workspace)

    let plainX = Matrix(x)
    let plainTargets = targets.map(Double.init)
    let plain = ScalarNet(net)
    #expect(agree(Double(loss), plain.loss(plainX, plainTargets), relative: 1e-6, absolute: 1e-8))
    let step = 1e-5
    let kinks = plain.sums(plainX).dropLast().flatMap(\.values).map(abs)
    #expect(kinks.allSatisfy { $0 > 20 * step }, "no sum may be near the kink of its ReLU, or the differences are wrong")

    func check(_ got: Float, _ path: WritableKeyPath<ScalarNet, Double>, _ name: String) {
      var (above, below) = (plain, plain)
      above[keyPath: path] += step
      below[keyPath: path] -= step
      let slope = (above.loss(plainX, plainTargets) - below.loss(plainX, plainTargets)) / (2 * step)
      #expect(agree(Double(got), slope, relative: 2e-5, absolute: 2e-7), "\(name): \(got) for \(slope)")
    }
    for (k, gradient) in gradients.enumerated() {
      for i in gradient.weight.indices { check(gradient.weight[i], \.weights[k].values[i], "weight \(i) of layer \(k)") }
      for i in gradient.bias.indices { check(gradient.bias[i], \.biases[k][i], "bias \(i) of layer \(k)") }
    }
    #expect(gradients.contains { $0.weight.contains { abs($0) > 1e-3 } }, "all gradients are near zero: nothing was tested")
  }
}
