import NeuralNets
import Tensors
import Testing
import Training

/// Trains nets that are worth sharing out among threads, under every instruction set of this processor and 1, 2 and 3 threads.
@Suite("training gives the same bits")
struct ThreadTests {
  struct Problem: Sendable, CustomTestStringConvertible {
    let samples, features: Int
    let hidden: [Int]
    var classes = 2
    var batchSize: Int?
    var testDescription: String {
      "\(samples) × \(features), hidden \(hidden), \(classes) classes, \(batchSize.map { "batches of \($0)" } ?? "all")"
    }

    func trained(_ kernels: Kernels) throws -> (digest: Digest, losses: [Double]) {
      var numbers = MersenneTwister(seed: UInt64(samples))
      let rows = (0..<samples * features).map { _ in Float(numbers.nextDouble() * 2 - 1) }
      let targets = (0..<samples).map { Float($0 * 7 % classes) }
      var generator = MersenneTwister(seed: 1)
      let net = NeuralNet(
        inputSize: features, hiddenSizes: hidden, outputSize: classes == 2 ? 1 : classes,
        outputActivation: classes == 2 ? .sigmoid : .softmax, using: &generator)
      var trainer = Trainer(
        net: net, optimizer: Adam(learningRate: 0.01),
        samples: Samples(x: Batch(rows: rows, features: features), targets: Targets(targets)),
        batchSize: batchSize, generator: generator, kernels: kernels)
      let losses = (0..<2).map { _ in trainer.runEpoch() }
      return (try trainer.net.stateDict().digest, losses)
    }
  }

  static let problems = [
    // Below and above what is shared out; around the borders of chunks, tiles and shares.
    Problem(samples: 80, features: 2, hidden: [5]),
    Problem(samples: 1797, features: 64, hidden: [128], classes: 10),
    Problem(samples: 1025, features: 33, hidden: [131]),
    Problem(samples: 2048, features: 70, hidden: [97, 50], classes: 3),
    Problem(samples: 600, features: 40, hidden: [200, 150]),
    Problem(samples: 1500, features: 40, hidden: [61], batchSize: 1100),
  ]

  @Test("whatever the instruction set and the number of threads", arguments: problems)
  func bits(problem: Problem) throws {
    let plain = try problem.trained(#require(Kernels(name: "baseline", threads: 1)))
    for name in Kernels.available.map(\.name) {
      for threads in [1, 2, 3] where (name, threads) != ("baseline", 1) {
        let got = try problem.trained(#require(Kernels(name: name, threads: threads)))
        #expect(got.digest == plain.digest && got.losses == plain.losses, "\(name), \(threads) threads")
      }
    }
  }

  @Test("when several trainings want the threads at once")
  func contention() async throws {
    let problem = Self.problems[1]
    let kernels = try #require(Kernels(name: Kernels.best.name, threads: 3))
    let wanted = try problem.trained(kernels).digest
    try await withThrowingTaskGroup(of: Digest.self) { group in
      for _ in 0..<4 { group.addTask { try problem.trained(kernels).digest } }
      for try await digest in group { #expect(digest == wanted) }
    }
  }

  @Test("the tutorial's net starts no thread")
  func noThreads() async {
    await #expect(processExitsWith: .success) {
      let kernels = Kernels(name: Kernels.best.name, threads: 2)!
      let small = Problem(samples: 80, features: 2, hidden: [5])
      let large = Problem(samples: 1024, features: 64, hidden: [128])
      _ = try small.trained(kernels)
      precondition(Kernels.threadsStarted == 0)
      _ = try large.trained(kernels)
      precondition(Kernels.threadsStarted == 1)
    }
  }
}
