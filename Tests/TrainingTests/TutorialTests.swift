import NeuralNets
import Tensors
import TestSupport
import Testing
import Training

/// The tutorial's experiments as PyTorch runs them, from the data that it printed.
struct TutorialTests {
  struct Experiment: Sendable, CustomTestStringConvertible {
    let file: String
    let fit: @Sendable (Reference) -> Reference.Fit?
    var task = OutputActivation.sigmoid
    var optimizer: @Sendable (Reference) -> any Optimizer = { SGD(learningRate: $0.learningRate ?? .nan) }
    var tolerance = 5e-6
    let testDescription: String
  }

  static let experiments =
    ["tutorial_seed0", "tutorial_seed1", "tutorial_seed42"].map {
      Experiment(file: $0, fit: \.float32, testDescription: $0)
    } + [
      Experiment(file: "multiclass_seed0", fit: \.float32, task: .softmax, testDescription: "four classes"),
      Experiment(
        file: "minibatch_seed0", fit: \.sgdMomentum,
        optimizer: { _ in SGD(learningRate: 0.03, momentum: 0.9, weightDecay: 1e-4) }, tolerance: 2e-5,
        testDescription: "mini-batches, SGD with momentum and weight decay"),
      Experiment(
        file: "minibatch_seed0", fit: \.adam, optimizer: { _ in Adam(learningRate: 0.01) }, tolerance: 2e-5,
        testDescription: "mini-batches, Adam"),
    ]

  @Test("every loss, the final weights and the predictions are PyTorch's", arguments: experiments)
  func matchesPyTorch(experiment: Experiment) throws {
    let reference = try Reference(experiment.file)
    let expected = try #require(experiment.fit(reference))
    let data = reference.xTrain == nil ? try Reference("tutorial_seed0") : reference
    let train = samples(try #require(data.xTrain), try #require(data.yTrain), experiment.task)
    let test = samples(try #require(data.xTest), try #require(data.yTest), experiment.task)
    var generator = MersenneTwister(seed: UInt64(reference.seed))
    let net = NeuralNet(
      inputSize: 2, hiddenSizes: [reference.hiddenSize], outputSize: experiment.task == .softmax ? 4 : 1,
      outputActivation: experiment.task, using: &generator)
    for entry in try net.stateDict().entries {
      let values = try entry.tensor.values(as: Float.self)
      #expect(values.map(Double.init) == expected.initial[entry.name]?.values, "\(entry.name) starts bit for bit as PyTorch's")
    }

    var trainer = Trainer(
      net: net, optimizer: experiment.optimizer(reference), samples: train, batchSize: reference.batchSize, generator: generator)
    let loss = Loss(for: experiment.task)
    var workspace = Workspace(for: net, samples: test.count)
    let before = net.loss(loss, x: test.x, targets: test.targets, workspace: &workspace)
    #expect(agree(Double(before), expected.testLossBefore, relative: 5e-6))
    for epoch in 0..<reference.epochs {
      let got = trainer.runEpoch()
      #expect(agree(got, expected.trainLoss[epoch], relative: experiment.tolerance, absolute: 6e-8), "epoch \(epoch)")
    }

    for entry in try trainer.net.stateDict().entries {
      let values = try entry.tensor.values(as: Float.self)
      for (got, wanted) in zip(values, try #require(expected.final[entry.name]).values) {
        #expect(agree(Double(got), wanted, relative: 2 * experiment.tolerance, absolute: 1e-6), "\(entry.name)")
      }
    }
    let after = trainer.net.loss(loss, x: test.x, targets: test.targets, workspace: &workspace)
    #expect(agree(Double(after), expected.testLossAfter, relative: 2 * experiment.tolerance))
    if experiment.task == .sigmoid {
      for (got, wanted) in zip(trainer.net(test.x).rows, expected.testOutputs.joined()) {
        #expect(agree(Double(got), wanted, relative: 2 * experiment.tolerance))
      }
      let answer = Double(trainer.net([-1, 1])[0])
      if let wanted = expected.predict { #expect(agree(answer, wanted, relative: 1e-5)) }
    }
  }

  private func samples(_ x: [[Double]], _ labels: [Int], _ task: OutputActivation) -> Samples {
    let targets = labels.map { task == .sigmoid ? ($0 < 2 ? 0 : 1) : Float($0) }
    return Samples(x: Batch(rows: x.joined().map(Float.init), features: 2), targets: Targets(targets))
  }

  @Test("the same bits come out of every instruction set", arguments: [nil, 16] as [Int?])
  func sameBitsAtEveryWidth(batchSize: Int?) throws {
    let reference = try Reference("tutorial_seed0")
    let train = samples(try #require(reference.xTrain), try #require(reference.yTrain), .softmax)
    let digests = try Kernels.available.map { kernels in
      var generator = MersenneTwister(seed: 7)
      let net = NeuralNet(inputSize: 2, hiddenSizes: [13, 7], outputSize: 4, outputActivation: .softmax, using: &generator)
      var trainer = Trainer(
        net: net, optimizer: Adam(learningRate: 0.01), samples: train, batchSize: batchSize, generator: generator, kernels: kernels)
      let losses = (0..<50).map { _ in trainer.runEpoch() }
      return [try trainer.net.stateDict().digest.hex, "\(losses)"]
    }
    #expect(Set(digests).count == 1, "\(Kernels.available.map(\.name))")
  }
}
