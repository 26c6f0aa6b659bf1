internal import NeuralNets
public import RegistryStore
internal import Tensors
internal import Training

extension Registry {
  /// Trains a version again from what is stored (dataset, params, seed, the parent's weights) and compares every bit: the weights, the
  /// losses of each epoch, and the final losses.  Nothing is written.
  ///
  /// Throws a `StoreError` of the code `nothingToReproduce` for an imported version.  `report` hears of each step.
  public func reproduce(_ name: VersionName, report: (TrainingEvent) throws -> Void = { _ in }) throws -> Reproduction {
    let (record, stateDict, training) = try snapshot {
      let record = try version(name)
      do {
        return (record, try self.stateDict(record), try restorableTraining(run: record.run))
      } catch let error as StoreError where error.code == .isImport {
        throw StoreError.nothingToReproduce(version: record.title, path: path)
      }
    }
    let experiment = training.experiment
    let before = Evaluation(of: experiment.initialNet, experiment.architecture, on: experiment.test)
    var metrics: [Name: [(step: Int, value: Double)]] = ["test_loss_before": [(0, before.loss)], "train_loss": [], "test_loss": []]
    try report(.started(testLoss: before.loss))
    var session = TrainingSession(experiment)
    while !session.isOver, let epoch = try session.runEpoch() {
      metrics["train_loss", default: []].append((epoch.epoch, epoch.trainLoss))
      try report(.epoch(epoch.epoch, trainLoss: epoch.trainLoss))
      if let testLoss = epoch.testLoss { metrics["test_loss", default: []].append((epoch.epoch, testLoss)) }
    }
    let train = Evaluation(of: session.net, experiment.architecture, on: experiment.train)
    let test = Evaluation(of: session.net, experiment.architecture, on: experiment.test, isScored: true)
    try report(.trained(testLoss: test.loss))

    let reproduced = try session.net.stateDict()
    let stored = Dictionary(training.run.metrics.map { (Name($0.key), $0.values) }) { first, _ in first }
    let differences = Set(metrics.keys).union(stored.keys).sorted().compactMap { key in
      Reproduction.MetricDifference(key.text, stored: stored[key] ?? [], reproduced: metrics[key] ?? [])
    }
    return Reproduction(
      model: record.model, version: record.version, run: record.run, epochs: session.epoch, tensorCount: stateDict.count,
      storedDigest: record.stateDictDigest, digest: reproduced.digest.hex,
      tensors: Reproduction.TensorDifference.between(stateDict, reproduced), metricValues: metrics.values.reduce(0) { $0 + $1.count },
      metrics: differences,
      results: Self.differences(record, train: train, test: test, experiment.architecture),
      storedProgramVersion: training.run.programVersion)
  }

  private static func differences(
    _ record: VersionRecord, train: Evaluation, test: Evaluation, _ architecture: Architecture
  ) -> [Reproduction.ResultDifference] {
    func areSame(_ a: Double?, _ b: Double?) -> Bool { a?.bitPattern == b?.bitPattern || (a?.isNaN == true && b?.isNaN == true) }
    var results: [(key: String, stored: Double?, now: Double?)] = [
      ("train_loss", record.trainLoss, train.loss), ("test_loss", record.testLoss, test.loss),
      ("accuracy", record.accuracy, test.accuracy),
    ]
    // Versions of earlier programs have no metrics.
    if !record.metrics.isEmpty {
      let now = test.scores?.metrics ?? []
      let others = now.map(\.key).filter { record.metric($0) == nil }
      results += (record.metrics.map(\.key) + others).map { key in
        (key, record.metric(key), now.first { $0.key.hasSameBytes(as: key) }?.value)
      }
    }
    var differences = results.filter { !areSame($0.stored, $0.now) }.map { result in
      Reproduction.ResultDifference(key: result.key, stored: CellValue(result.stored), reproduced: CellValue(result.now))
    }
    // Names may differ where `==` sees none of it.
    if record.architecture.map({ Name($0.json) }) != Name(architecture.json) {
      differences.append(.init(key: "architecture", stored: CellValue(record.architecture?.json), reproduced: .text(architecture.json)))
    }
    return differences
  }
}
