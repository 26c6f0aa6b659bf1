import Datasets
import NeuralNets
import Testing

@testable import Training

@Suite("a training session")
struct TrainingSessionTests {
  static let schedules: [Hyperparameters] = [
    Hyperparameters(epochs: 12), Hyperparameters(epochs: 12, momentum: 0.9, weightDecay: 0.01),
    Hyperparameters(epochs: 12, optimizer: .adam, batchSize: 5), Hyperparameters(epochs: 12, momentum: 0.9, batchSize: 7, evalEvery: 3),
    Hyperparameters(epochs: 40, learningRate: 2, batchSize: 4, patience: 3),
    Hyperparameters(hiddenSizes: [6, 4], epochs: 12, optimizer: .adam, patience: 2),
  ]

  private func experiment(_ hyperparameters: Hyperparameters) throws -> Experiment {
    try Experiment(dataset: Dataset(BlobsSource(trainSamples: 23, testSamples: 9)), hyperparameters: hyperparameters)
  }

  private func run(_ session: inout TrainingSession) -> [TrainingSession.EpochResult] {
    var results: [TrainingSession.EpochResult] = []
    while !session.isOver, let result = session.runEpoch(keepGoing: { true }) { results.append(result) }
    return results
  }

  @Test("goes on from any of its states to the same bits", arguments: schedules)
  func anyState(hyperparameters: Hyperparameters) throws {
    let experiment = try experiment(hyperparameters)
    var whole = TrainingSession(experiment)
    var states = [whole.state]
    var results: [TrainingSession.EpochResult] = []
    while !whole.isOver, let result = whole.runEpoch(keepGoing: { true }) {
      results.append(result)
      states.append(whole.state)
    }
    for (epoch, state) in states.enumerated() {
      var resumed = try TrainingSession(experiment, from: state)
      #expect((resumed.state == state) as Bool)
      #expect(run(&resumed) == Array(results[epoch...]), "from \(epoch)")
      #expect((resumed.net == whole.net && resumed.state == whole.state) as Bool)
    }
  }

  @Test("that is stopped amid an epoch stands where it stood before")
  func stopped() throws {
    // Before it knows how long an epoch takes, it asks.
    let new = TrainingSession(try experiment(Hyperparameters(epochs: 3, momentum: 0.9, batchSize: 2)))
    func stands(_ session: TrainingSession) -> Bool { session.state == new.state && session.epoch == 0 && session.net == new.net }
    var (session, asked) = (new, 0)
    let result = session.runEpoch {
      asked += 1
      return asked < 4
    }
    #expect(result == nil && asked == 4)
    #expect(stands(session))
    struct Stop: Error {}
    session = new
    #expect(throws: Stop.self) { try session.runEpoch { throw Stop() } }
    #expect(stands(session))
  }

  @Test("refuses states that can't be its own")
  func illegal() throws {
    let experiment = try experiment(Hyperparameters(epochs: 5, momentum: 0.9, batchSize: 4, patience: 2))
    var session = TrainingSession(experiment)
    for _ in 0..<2 { _ = session.runEpoch(keepGoing: { true }) }
    let good = session.state
    #expect(throws: Never.self) { try TrainingSession(experiment, from: good) }
    let spoils: [(String, (inout TrainingState) -> Void)] = [
      ("epoch", { $0.epoch = 6 }), ("negative epoch", { $0.epoch = -1 }), ("weights", { $0.weights.removeLast() }),
      ("optimizer", { $0.optimizer?.append(0) }), ("generator", { $0.generator = nil }),
      ("short generator", { $0.generator?.removeLast() }),
      ("best weights", { $0.bestWeights = nil }), ("long best weights", { $0.bestWeights?.append(0) }),
      ("early stopping", { $0.earlyStopping = nil }), ("no JSON", { $0.earlyStopping = "{]" }),
      ("no best epoch", { $0.earlyStopping = #"{"is_over":false}"# }),
    ]
    for (name, spoil) in spoils {
      var state = good
      spoil(&state)
      #expect(throws: TrainingStateError.self, "\(name)") { try TrainingSession(experiment, from: state) }
    }
  }

  /// The limit of a database is for all of them together, and the largest part alone was asked.
  @Test("the bytes of a state are those of all its parts")
  func byteCount() {
    #expect(TrainingState(epoch: 1, weights: [1, 2]).byteCount == 2)
    let state = TrainingState(
      epoch: 1, weights: [1], optimizer: [1, 2], generator: [1, 2, 3], bestWeights: [1, 2, 3, 4], earlyStopping: "{\"é\"}")
    #expect(state.byteCount == 16)
  }
}
