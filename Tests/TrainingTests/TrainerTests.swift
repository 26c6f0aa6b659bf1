import NeuralNets
import Tensors
import TestSupport
import Testing
import Training

@Suite("a trainer")
struct TrainerTests {
  struct Schedule: Sendable, CustomTestStringConvertible {
    let batchSize: Int?
    /// PyTorch's losses of four epochs: ten samples, hidden 4, SGD(lr 0.5), seed 5.
    let losses: [Double]
    var testDescription: String { batchSize.map { "batches of \($0)" } ?? "all at once" }
  }

  static let wholeLosses = [0.7366393804550171, 0.722453236579895, 0.7129303216934204, 0.7066012620925903]
  static let schedules = [
    Schedule(batchSize: nil, losses: wholeLosses),
    Schedule(batchSize: 3, losses: [0.7361135244369507, 0.7302207291126251, 0.7126673936843873, 0.7281660199165344]),
    Schedule(batchSize: 4, losses: [0.7273375988006592, 0.721392822265625, 0.7068287611007691, 0.7129611730575561]),
    Schedule(batchSize: 9, losses: [0.7328644394874573, 0.6983594179153443, 0.7078925371170044, 0.7020413279533386]),
    Schedule(batchSize: 10, losses: wholeLosses),
    Schedule(batchSize: 25, losses: wholeLosses),
  ]

  private func trainer(batchSize: Int?) -> Trainer {
    var rows: [Float] = []
    for i in 0..<10 {
      for tenths in [i, i * 7 % 10] { rows.append(Float(Double(tenths) * 0.1 - 0.5)) }
    }
    let samples = Samples(x: Batch(rows: rows, features: 2), targets: Targets([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]))
    var generator = MersenneTwister(seed: 5)
    let net = NeuralNet(inputSize: 2, hiddenSizes: [4], using: &generator)
    return Trainer(net: net, optimizer: SGD(learningRate: 0.5), samples: samples, batchSize: batchSize, generator: generator)
  }

  @Test("weighs batches by their sizes, in PyTorch's order, when they don't divide the samples or exceed them", arguments: schedules)
  func schedule(expected: Schedule) {
    var trainer = trainer(batchSize: expected.batchSize)
    for (epoch, wanted) in expected.losses.enumerated() {
      #expect(trainer.epoch == epoch)
      let got = trainer.runEpoch()
      #expect(agree(got, wanted, relative: 2e-6), "epoch \(epoch): \(got) for \(wanted)")
    }
  }

  @Test("gives the same bits each time", arguments: [nil, 3] as [Int?])
  func repeatable(batchSize: Int?) {
    var (first, second) = (trainer(batchSize: batchSize), trainer(batchSize: batchSize))
    for _ in 0..<20 { #expect(first.runEpoch() == second.runEpoch()) }
    #expect(first.net == second.net)
  }

  @Test("a copy goes on by itself")
  func copies() {
    var original = trainer(batchSize: 3)
    _ = original.runEpoch()
    let kept = original
    _ = original.runEpoch()
    var resumed = kept
    _ = resumed.runEpoch()
    #expect(resumed.net == original.net)
    #expect(kept.net != original.net)
  }
}
