import NeuralNets
import Tensors
import TestSupport
import Testing
import Training

/// The tutorial as PyTorch runs it, from the data that it printed.
struct TutorialTests {
  static func samples(_ x: [[Double]], _ labels: [Int]) -> Samples {
    Samples(
      x: Batch(rows: x.joined().map(Float.init), features: 2), targets: Targets(labels.map { $0 < 2 ? 0 : 1 }))
  }

  @Test("every loss, the final weights and the predictions are PyTorch's", arguments: ["seed0", "seed1", "seed42"])
  func matchesPyTorch(name: String) throws {
    let reference = try Reference("tutorial_\(name)")
    let expected = try #require(reference.float32)
    let train = Self.samples(try #require(reference.xTrain), try #require(reference.yTrain))
    let test = Self.samples(try #require(reference.xTest), try #require(reference.yTest))
    var generator = MersenneTwister(seed: UInt64(reference.seed))
    let net = NeuralNet(inputSize: 2, hiddenSizes: [reference.hiddenSize], using: &generator)
    for entry in try net.stateDict().entries {
      let values = try entry.tensor.values(as: Float.self)
      #expect(values.map(Double.init) == expected.initial[entry.name]?.values, "\(entry.name) starts bit for bit as PyTorch's")
    }
    var trainer = Trainer(
      net: net, optimizer: SGD(learningRate: try #require(reference.learningRate)), samples: train, generator: generator)
    var workspace = Workspace(for: net, samples: test.count)
    let before = net.loss(.binaryCrossEntropy, x: test.x, targets: test.targets, workspace: &workspace)
    #expect(agree(Double(before), expected.testLossBefore, relative: 5e-6))
    var worst = 0.0
    for epoch in 0..<reference.epochs {
      let loss = trainer.runEpoch()
      worst = max(worst, abs(loss / expected.trainLoss[epoch] - 1))
      #expect(agree(loss, expected.trainLoss[epoch], relative: 5e-6, absolute: 6e-8), "epoch \(epoch)")
    }
    print(name, "worst loss", worst)
    for entry in try trainer.net.stateDict().entries {
      let values = try entry.tensor.values(as: Float.self)
      for (got, wanted) in zip(values, try #require(expected.final[entry.name]).values) {
        #expect(agree(Double(got), wanted, relative: 1e-5, absolute: 1e-6), "\(entry.name)")
      }
    }
    let after = trainer.net.loss(.binaryCrossEntropy, x: test.x, targets: test.targets, workspace: &workspace)
    #expect(agree(Double(after), expected.testLossAfter, relative: 1e-5))
    for (got, wanted) in zip(trainer.net(test.x).rows, expected.testOutputs) {
      #expect(agree(Double(got), wanted[0], relative: 1e-5))
    }
    #expect(agree(Double(trainer.net([-1, 1])[0]), try #require(expected.predict), relative: 1e-5))
  }
}
