import NeuralNets
import Tensors
import TestSupport
import Testing

@Suite("a weighted loss")
struct ClassWeightTests {
  /// Samples of which class 0 is rare, and the weights of the classes.
  private func problem(_ activation: OutputActivation, samples: Int) -> (net: NeuralNet, x: Batch, labels: [Int], weights: [Float]) {
    var generator = MersenneTwister(seed: 12)
    let classCount = activation == .softmax ? 4 : 2
    let net = NeuralNet(
      inputSize: 3, hiddenSizes: [4], outputSize: activation == .softmax ? 4 : 1, outputActivation: activation, using: &generator)
    var numbers = Numbers(seed: samples)
    let x = numbers.batch(features: 3, samples: samples, in: -2...2)
    let labels = (0..<samples).map { $0 == 0 ? 0 : 1 + $0 % (classCount - 1) }
    return (net, x, labels, balancedClassWeights(labels, classCount: classCount))
  }

  @Test("is PyTorch's formula, with the gradient of central differences", arguments: [OutputActivation.sigmoid, .softmax], [7, 18, 1030])
  func centralDifferences(activation: OutputActivation, samples: Int) {
    let (net, x, labels, weights) = problem(activation, samples: samples)
    let targets = Targets(labels.map { Float($0) }, weights: labels.map { weights[$0] })
    var gradients = net.zeroGradients()
    var workspace = Workspace(for: net, samples: samples)
    let loss = net.lossAndGradients(Loss(for: activation), x: x, targets: targets, gradients: &gradients, workspace: &workspace)

    // The textbook's: the mean loss of each sample alone, times its weight.
    let plainX = Matrix(x)
    let total = labels.reduce(0) { $0 + Double(weights[$1]) }
    func weighted(_ net: ScalarNet) -> Double {
      let sum = labels.indices.reduce(0.0) { sum, sample in
        let one = Matrix(rows: 3, columns: 1) { row, _ in plainX[row, sample] }
        return sum + Double(weights[labels[sample]]) * net.loss(one, [Double(labels[sample])])
      }
      return sum / (activation == .softmax ? total : Double(samples))
    }
    let plain = ScalarNet(net)
    #expect(agree(Double(loss), weighted(plain), relative: 2e-6))
    let step = 1e-5
    let last = gradients.count - 1
    for i in gradients[last].weight.indices {
      var (above, below) = (plain, plain)
      above.weights[last].values[i] += step
      below.weights[last].values[i] -= step
      let slope = (weighted(above) - weighted(below)) / (2 * step)
      #expect(agree(Double(gradients[last].weight[i]), slope, relative: 5e-5, absolute: 1e-6), "weight \(i): for \(slope)")
    }
    #expect(gradients[last].weight.contains { abs($0) > 1e-3 })
  }

  @Test("has the same bits on every instruction set, and with weights of 1 those of no weights")
  func bits() {
    for activation in [OutputActivation.sigmoid, .softmax] {
      let (net, x, labels, weights) = problem(activation, samples: 1030)
      let values = labels.map { Float($0) }
      func results(_ targets: Targets, _ kernels: Kernels) -> (Float, [UInt32]) {
        var gradients = net.zeroGradients()
        var workspace = Workspace(for: net, samples: 1030)
        let loss = net.lossAndGradients(
          Loss(for: activation), x: x, targets: targets, gradients: &gradients, workspace: &workspace, kernels: kernels)
        return (loss, gradients.flatMap(\.bits))
      }
      let targets = Targets(values, weights: labels.map { weights[$0] })
      let all = Kernels.available.map { results(targets, $0) }
      #expect(Set(all.map(\.0)).count == 1 && Set(all.map(\.1)).count == 1)
      let ones = results(Targets(values, weights: values.map { _ in 1 }), .best)
      let none = results(Targets(values), .best)
      #expect(ones.0 == none.0 && ones.1 == none.1)
    }
  }

  @Test("has scikit-learn's balanced weights; a class without a row counts as none")
  func balanced() {
    #expect(balancedClassWeights([0, 0, 0, 1], classCount: 2) == [Float(4.0 / 6), 2])
    #expect(balancedClassWeights([0, 0, 0, 2], classCount: 3) == [Float(4.0 / 6), 0, 2])
  }
}
