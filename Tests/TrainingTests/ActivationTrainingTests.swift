import Foundation
import NeuralNets
import Tensors
import TestSupport
import Testing
import Training

@Suite("training with each activation")
struct ActivationTrainingTests {
  /// Tests/Fixtures/activations.json, which Scripts/make_activation_references.py makes.
  struct References: Decodable {
    struct Case: Decodable {
      let losses: [Double]
      let weights: [[Double]]
      let probabilities: [Double]
    }
    let hidden: [Int]
    let x: [Float]
    let y: [Float]
    let initial: [[Double]]
    let cases: [String: Case]
  }

  @Test("gives PyTorch's losses, weights and probabilities", arguments: HiddenActivation.allCases)
  func likePyTorch(activation: HiddenActivation) throws {
    let all = try JSONDecoder().decode(References.self, from: Fixtures.data("activations.json"))
    let wanted = try #require(all.cases[activation.rawValue])
    var generator = MersenneTwister(seed: 0)
    let net = NeuralNet(
      inputSize: 3, hiddenSizes: all.hidden, outputSize: 3, activation: activation, outputActivation: .softmax, using: &generator)
    #expect(net.layers.flatMap { [$0.weight, $0.bias] } == all.initial.map { $0.map { Float($0) } })
    let x = Batch(rows: all.x, features: 3)
    var trainer = Trainer(
      net: net, optimizer: SGD(learningRate: 0.1), samples: Samples(x: x, targets: Targets(all.y)), generator: generator)
    #expect(wanted.losses.count == 200)
    for (epoch, loss) in wanted.losses.enumerated() {
      #expect(agree(trainer.runEpoch(), loss, relative: 5e-6, absolute: 6e-8), "epoch \(epoch)")
    }
    for (got, wanted) in zip(trainer.net.layers.flatMap { [$0.weight, $0.bias] }, wanted.weights) {
      #expect(got.count == wanted.count)
      for (got, wanted) in zip(got, wanted) { #expect(agree(Double(got), wanted, relative: 1e-5, absolute: 1e-6)) }
    }
    for (got, wanted) in zip(trainer.net(x).rows, wanted.probabilities) {
      #expect(agree(Double(got), wanted, relative: 1e-5, absolute: 1e-6))
    }
  }
}
