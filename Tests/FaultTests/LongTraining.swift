import Datasets
import NeuralNets
import SQLite
import Training

@testable import ModelRegistry
@testable import RegistryStore

/// A training that is stopped, goes on, dies without a word, and goes on to its end: written after each epoch, in a commit of its own.
final class LongTraining {
  private static let model = "long"
  private static let hyperparameters = Hyperparameters(epochs: 9, momentum: 0.9, batchSize: 5, evalEvery: 2)

  private let experiment: Experiment
  private let description: RunDescription
  /// The same training without a database: its losses, and the net at its end.
  private let losses: [Double]
  private let testLosses: [Double]
  private let net: NeuralNet
  /// As many epochs were committed when the training last said so.
  private var promised = 0

  init() throws {
    let dataset = try Dataset(BlobsSource(trainSamples: 12, testSamples: 6, seed: 0))
    experiment = try Experiment(dataset: dataset, hyperparameters: Self.hyperparameters)
    description = RunDescription(model: Self.model, dataset: dataset, datasetName: "blobs-seed0", experiment: experiment)
    var session = TrainingSession(experiment)
    var results: [TrainingSession.EpochResult] = []
    while !session.isOver, let result = try session.runEpoch() { results.append(result) }
    losses = results.map(\.trainLoss)
    testLosses = results.compactMap(\.testLoss)
    net = session.net
  }

  var steps: [Step] {
    [
      step("train until stopped") { path in
        try self.go(path, until: 3, checkpointsUntil: 2)
      } isDone: { run, _ in
        run.status == .interrupted && run.checkpointEpoch == 3
      },
      step("resume and die") { path in
        try self.go(path, until: 8, dies: true, checkpointsUntil: 5)
      } isDone: { run, _ in
        try self.losses(of: run).count >= 7
      },
      step("resume to the end") { path in
        try self.go(path, until: .max, checkpointsUntil: .max)
      } isDone: { run, registry in
        guard let version = run.versions.first else { return false }
        let record = try registry.version(VersionName(model: Self.model, .number(version)))
        return try registry.loadPredictor(record).net == self.net && self.losses(of: run) == self.losses && run.checkpointEpoch == nil
      },
    ]
  }

  private func step(
    _ name: String, _ run: @escaping (_ path: String) throws -> Void, isDone: @escaping (Registry.RunRecord, Registry) throws -> Bool
  ) -> Step {
    var step = Step(
      name: name, run: run,
      isDone: { registry in
        guard let id = try Self.run(of: registry) else { return false }
        return try isDone(registry.run(id), registry)
      }, isLong: true)
    step.prepare = Self.abandon
    step.holds = holds
    return step
  }

  /// Trains the run, from wherever it stands, until it is stopped after so many epochs; or dies in the last of them.
  private func go(_ path: String, until stop: Int, dies: Bool = false, checkpointsUntil last: Int) throws {
    promised = 0
    let registry = try Registry(path: path, access: .write)
    registry.recordingPace = RecordingPace(flushInterval: .zero, checkpointShare: 0)
    var epoch = 0
    func report(_ event: TrainingEvent) throws {
      switch event {
      case .resumed(_, let done, _): (epoch, promised) = (done, done)
      case .epoch(let number, _):
        (epoch, promised) = (number + 1, number)
        if epoch > last { registry.recordingPace.checkpointShare = 1_000_000 }
        // Of all errors this one makes a training write nothing any more.
        if dies, epoch == stop { throw StoreError.locked(run: nil, seconds: 0, path: "death") }
      default: break
      }
    }
    do {
      if let run = try Self.run(of: registry) {
        promised = try registry.run(run).checkpointEpoch ?? 0
        _ = try registry.resume(run: run, shouldStop: { !dies && epoch >= stop }, report: report)
      } else {
        _ = try registry.train(experiment, description, shouldStop: { !dies && epoch >= stop }, report: report)
      }
    } catch let stop as RunInterruption {
      if let problem = stop.problem { throw problem }
    } catch let error as StoreError where error == .locked(run: nil, seconds: 0, path: "death") {}
  }

  /// What was said to be committed is there; every loss is what it is without faults; none is missing or there twice.
  private func holds(_ registry: Registry) throws -> Bool {
    guard let id = try Self.run(of: registry) else { return promised == 0 }
    let run = try registry.run(id)
    let stored = try losses(of: run)
    let tested = run.metrics.first { $0.key == "test_loss" }?.values.map(\.value) ?? []
    return stored.count >= promised && stored.elementsEqual(losses.prefix(stored.count))
      && tested.elementsEqual(testLosses.prefix(tested.count))
  }

  private func losses(of run: Registry.RunRecord) throws -> [Double] {
    let values = run.metrics.first { $0.key == "train_loss" }?.values ?? []
    guard values.map(\.step) == Array(values.indices) else { return [.nan] }
    return values.map(\.value)
  }

  private static func run(of registry: Registry) throws -> Int? {
    try registry.connection.queryFirst(
      "SELECT r.id FROM runs AS r JOIN models AS m ON m.id = r.model_id WHERE m.name = ?", model
    ) { row in try row.int(0) }
  }

  /// This process plays one that has died: its runs look as if it were gone.
  private static func abandon(_ path: String) throws {
    let process = ProcessIdentity.current
    try Connection(path: path, mode: .readWrite).execute(
      "UPDATE runs SET process_start = process_start + 1 WHERE status = 'running' AND pid = ? AND process_start = ?", process.pid,
      process.start)
  }
}
