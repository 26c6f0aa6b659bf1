import Tensors
import TestSupport
import Testing

@testable import NeuralNets

@Suite("an optimizer")
struct OptimizerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let optimizer: @Sendable () -> any Optimizer
    /// Weight and bias after 1, 2 and 5 steps of PyTorch 2.13.
    let steps: [[Float]]
  }

  static let cases = [
    Case(
      testDescription: "plain SGD", optimizer: { SGD(learningRate: 0.1) },
      steps: [
        [0.5149999856948853, -1.225000023841858, 2.930000066757202, 0.16500000655651093],
        [0.5199999809265137, -1.215000033378601, 2.8949999809265137, 0.125],
        [0.47499996423721313, -1.375, 2.8401668071746826, 0.16500000655651093],
      ]),
    Case(
      testDescription: "momentum", optimizer: { SGD(learningRate: 0.1, momentum: 0.9) },
      steps: [
        [0.5149999856948853, -1.225000023841858, 2.930000066757202, 0.16500000655651093],
        [0.5335000157356262, -1.1924999952316284, 2.8320000171661377, 0.16099999845027924],
        [0.5115715265274048, -1.3438825607299805, 2.482494592666626, 0.22364400327205658],
      ]),
    Case(
      testDescription: "weight decay", optimizer: { SGD(learningRate: 0.1, weightDecay: 0.05) },
      steps: [
        [0.512499988079071, -1.21875, 2.9149999618530273, 0.16437500715255737],
        [0.5149374604225159, -1.2026562690734863, 2.865424871444702, 0.12355312705039978],
        [0.46237683296203613, -1.3443068265914917, 2.7681450843811035, 0.16151008009910583],
      ]),
    Case(
      testDescription: "momentum and weight decay", optimizer: { SGD(learningRate: 0.1, momentum: 0.9, weightDecay: 0.05) },
      steps: [
        [0.512499988079071, -1.21875, 2.9149999618530273, 0.16437500715255737],
        [0.5261874794960022, -1.1745312213897705, 2.7889249324798584, 0.15899063646793365],
        [0.4777608811855316, -1.2647473812103271, 2.2957329750061035, 0.21335047483444214],
      ]),
    Case(
      testDescription: "Adam", optimizer: { Adam(learningRate: 0.01) },
      steps: [
        [0.5099999904632568, -1.2400000095367432, 2.990000009536743, 0.13500000536441803],
        [0.5187106132507324, -1.2310142517089844, 2.9806783199310303, 0.13447369635105133],
        [0.517298698425293, -1.2380131483078003, 2.9559855461120605, 0.13934947550296783],
      ]),
    Case(
      testDescription: "Adam with weight decay", optimizer: { Adam(learningRate: 0.01, weightDecay: 0.05) },
      steps: [
        [0.5099999904632568, -1.2400000095367432, 2.990000009536743, 0.13500000536441803],
        [0.5180072784423828, -1.2306257486343384, 2.980452299118042, 0.13431139290332794],
        [0.5106686949729919, -1.2321194410324097, 2.9537017345428467, 0.13871002197265625],
      ]),
  ]

  @Test("steps as PyTorch's does", arguments: cases, Kernels.available.map(\.name))
  func steps(expected: Case, kernels name: String) throws {
    let kernels = try #require(Kernels(name: name))
    var optimizer = expected.optimizer()
    var layer = Linear(inFeatures: 3, outFeatures: 1)
    (layer.weight, layer.bias) = ([0.5, -1.25, 3], [0.125])
    var layers = [layer]
    for t in 1...5 {
      var gradient = Linear(inFeatures: 3, outFeatures: 1)
      let step = Double(t)
      gradient.weight = [Float(0.1 * step - 0.25), Float(-0.3 + 0.05 * step * step), Float(0.7 / step)]
      gradient.bias = [t % 2 == 0 ? 0.4 : -0.4]
      optimizer.step(&layers, gradients: [gradient], kernels: kernels)
      guard let wanted = [1: expected.steps[0], 2: expected.steps[1], 5: expected.steps[2]][t] else { continue }
      for (got, wanted) in zip(layers[0].weight + layers[0].bias, wanted) {
        #expect(agree(Double(got), Double(wanted), relative: 3e-7), "step \(t): \(got) for \(wanted)")
      }
    }
  }

  @Test("gives the same bits on every instruction set, for any count", arguments: cases)
  func sameBits(optimizer make: Case) {
    for count in [1, 2, 7, 8, 15, 16, 17, 31, 33, 100] {
      var numbers = Numbers(seed: count)
      var start = Linear(inFeatures: count, outFeatures: 1)
      start.weight = numbers.floats(count)
      let gradients = (0..<3).map { _ in
        var gradient = start
        gradient.weight = numbers.floats(count)
        return gradient
      }
      let bits = Kernels.available.map { kernels in
        var (layers, optimizer) = ([start], make.optimizer())
        for gradient in gradients { optimizer.step(&layers, gradients: [gradient], kernels: kernels) }
        return layers[0].bits
      }
      #expect(bits.allSatisfy { $0 == bits[0] }, "\(count) weights")
    }
  }

  @Test("keeps a state for each layer")
  func statePerLayer() {
    let sizes = [(2, 3), (3, 1)]
    for var optimizer in [SGD(learningRate: 0.1, momentum: 0.9), Adam(learningRate: 0.1)] as [any Optimizer] {
      var layers = sizes.map { Linear(inFeatures: $0.0, outFeatures: $0.1) }
      var gradients = layers
      gradients[0].weight = [Float](repeating: 1, count: 6)
      for _ in 0..<2 { optimizer.step(&layers, gradients: gradients, kernels: .best) }
      #expect(layers[0].weight.allSatisfy { $0 < -0.1 })
      #expect(layers[1].weight == [0, 0, 0], "no gradient, no change")
    }
  }
}
