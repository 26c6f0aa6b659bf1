import Datasets
import NeuralNets
import SQLite
import StoreTestSupport
import Tensors
import Testing
import Training

@testable import ModelRegistry
@testable import RegistryStore

@Suite("a resumed run")
struct ResumeTests {
  static let schedules: [Hyperparameters] = [
    Hyperparameters(epochs: 20), Hyperparameters(epochs: 20, momentum: 0.9, weightDecay: 0.01),
    Hyperparameters(epochs: 20, optimizer: .adam), Hyperparameters(epochs: 20, momentum: 0.5, batchSize: 5),
    Hyperparameters(epochs: 20, optimizer: .adam, batchSize: 4, evalEvery: 3), Hyperparameters(epochs: 60, learningRate: 3, patience: 4),
    Hyperparameters(hiddenSizes: [8, 3], epochs: 20, batchSize: 3, seed: 9, standardize: true, patience: 50),
  ]

  /// Trains up to some epoch, and stops there.
  private func interrupt(_ stored: StoredRegistry, _ hyperparameters: Hyperparameters, after epochs: Int, from parent: String? = nil) throws
  {
    let (experiment, description) = try stored.prepared(hyperparameters, from: parent)
    var done = 0
    let stop = #expect(throws: RunInterruption.self) {
      try stored.registry.train(experiment, description, shouldStop: { done >= epochs }) { event in
        if case .epoch = event { done += 1 }
      }
    }
    #expect(stop?.problem == nil && stop?.epoch == epochs)
  }

  @Test("ends with the bits of one that was never interrupted, wherever that was", arguments: schedules)
  func sameBits(hyperparameters: Hyperparameters) throws {
    let whole = try StoredRegistry()
    let expected = try whole.train(hyperparameters)
    for epochs in [0, 1, expected.epochs / 2, expected.epochs - 1] {
      let stored = try StoredRegistry()
      try interrupt(stored, hyperparameters, after: epochs)
      let before = try stored.reopened().run(1)
      #expect(before.status == .interrupted && before.checkpointEpoch == epochs && before.endedAt != nil)
      let result = try stored.registry.resume(run: 1)
      #expect(result.net == expected.net && result.epochs == expected.epochs)
      #expect(result.test == expected.test && result.testLossBefore == expected.testLossBefore)
      #expect(try stored.metrics(run: 1) == whole.metrics(run: 1), "after \(epochs)")
      let after = try stored.reopened().run(1)
      #expect(after.status == .finished && after.uuid == before.uuid && after.startedAt == before.startedAt && after.versions == [1])
      #expect(after.checkpointEpoch == nil, "a finished run keeps no checkpoint")
      #expect(try stored.reopened().reproduce(VersionName("1")).isBitIdentical)
    }
  }

  @Test("may be interrupted again and again, at random epochs", arguments: 0..<12)
  func random(seed: Int) throws {
    var generator = MersenneTwister(seed: UInt64(seed))
    let hyperparameters = Self.schedules[Int(generator.next(through: UInt32(Self.schedules.count - 1)))]
    let whole = try StoredRegistry()
    let expected = try whole.train(hyperparameters)
    let stored = try StoredRegistry()
    var next = Int(generator.next(through: UInt32(expected.epochs - 1)))
    try interrupt(stored, hyperparameters, after: next)
    while true {
      var done = next
      next += 1 + Int(generator.next(through: 7))
      do {
        let result = try stored.registry.resume(run: 1, shouldStop: { done >= next }) { event in
          if case .epoch = event { done += 1 }
        }
        #expect(result.net == expected.net)
        break
      } catch let stop as RunInterruption where stop.run == 1 && stop.epoch == next && stop.problem == nil && stop.keepsState {}
    }
    #expect(try stored.metrics(run: 1) == whole.metrics(run: 1))
  }

  @Test("of a fine-tuned version goes on from the parent's weights, even when the parent is deleted meanwhile")
  func fineTuned() throws {
    let (whole, stored) = (try StoredRegistry(), try StoredRegistry())
    for registry in [whole, stored] { try registry.train(Hyperparameters(epochs: 5)) }
    let tuning = Hyperparameters(epochs: 10, momentum: 0.9)
    let (experiment, description) = try whole.prepared(tuning, from: "1")
    let expected = try whole.registry.train(experiment, description)
    try interrupt(stored, tuning, after: 4, from: "1")
    try Connection(path: stored.path, mode: .readWrite).execute("UPDATE model_versions SET deleted_at = ?", Timestamp.now.text)
    #expect(try stored.registry.resume(run: 2).net == expected.net)
    #expect(try stored.metrics(run: 2) == whole.metrics(run: 2))
    #expect(try stored.reopened().reproduce(VersionName("2")).isBitIdentical)
  }

  @Test("whose process died without a word goes on from its last checkpoint, and drops the metrics after it")
  func died() throws {
    let hyperparameters = Hyperparameters(epochs: 30, momentum: 0.9)
    let whole = try StoredRegistry()
    let expected = try whole.train(hyperparameters)
    let stored = try StoredRegistry()
    let (experiment, description) = try stored.prepared(hyperparameters)
    let recorder = RunRecorder(registry: stored.registry, description: description)
    var session = TrainingSession(experiment)
    recorder.append("test_loss_before", step: 0, expected.testLossBefore)
    stored.registry.recordingPace.checkpointShare = 0
    for epoch in 0..<20 {
      guard let result = session.runEpoch(keepGoing: { true }) else { break }
      recorder.append("train_loss", step: epoch, result.trainLoss)
      // Losses without a checkpoint come after those with one.
      if epoch == 9 { try recorder.flush(session) }
      if epoch == 14 { try recorder.flush() }
    }
    #expect(try stored.reopened().run(1).checkpointEpoch == 10)
    #expect(try stored.metrics(run: 1).count == 16)
    try stored.abandon(run: 1)
    var events: [Int] = []
    let result = try stored.registry.resume(
      run: 1,
      report: { event in
        if case .resumed(_, let epoch, _) = event { events.append(epoch) }
        if case .epoch(let epoch, _) = event { events.append(epoch) }
      })
    #expect(events == [10] + Array(10..<30))
    #expect(result.net == expected.net)
    #expect(try stored.metrics(run: 1) == whole.metrics(run: 1))
    // The old writer comes back to life: it may not touch the run any more.
    stored.flushing { _ = expect(.takenOver) { try recorder.log("train_loss", step: 20, 0) } }
    #expect(try stored.metrics(run: 1) == whole.metrics(run: 1))
    #expect(try stored.reopened().run(1).status == .finished)
  }

  @Test("without a checkpoint begins anew, without a double")
  func noCheckpoint() throws {
    let stored = try StoredRegistry()
    let recorder = try stored.recorder()
    try recorder.log("test_loss_before", step: 0, 0.7)
    try stored.flushing { try recorder.log("train_loss", step: 0, 0.5) }
    try stored.abandon(run: 1)
    let result = try stored.registry.resume(run: 1)
    let whole = try StoredRegistry()
    #expect(try whole.train().net == result.net)
    #expect(try stored.metrics(run: 1) == whole.metrics(run: 1))
  }

  @Test("whose checkpoint stands as one of another run doesn't begin anew", arguments: [3, 4])
  func strayCheckpoint(run: Int) throws {
    let stored = try StoredRegistry()
    try stored.train()
    try interrupt(stored, Hyperparameters(epochs: 9), after: 3)
    try interrupt(stored, Hyperparameters(epochs: 9, seed: 1), after: 3)
    let sql = try Connection(path: stored.path, mode: .readWrite)
    try sql.executeScript("PRAGMA foreign_keys=OFF; DELETE FROM checkpoints WHERE run_id = 3")
    // To a run that is there, or to none.
    try stored.tamper("checkpoints", "UPDATE checkpoints SET run_id = \(run)", foreignKeys: false)
    let error = StoreError.rotten(what: "the place of the checkpoint of run 2", path: stored.path)
    #expect(throws: error) { try stored.registry.resume(run: 2) }
    #expect(try !stored.reopened().verify().isSound)
  }

  @Test("without a checkpoint begins anew, however damaged another run's checkpoint is")
  func foreignDamage() throws {
    let stored = try StoredRegistry()
    try interrupt(stored, Hyperparameters(epochs: 9), after: 3)
    try interrupt(stored, Hyperparameters(epochs: 9), after: 3)
    try stored.tamper("checkpoints", "DELETE FROM checkpoints WHERE run_id = 1")
    try stored.tamper("checkpoints", "UPDATE checkpoints SET weights = zeroblob(length(weights))")
    let whole = try StoredRegistry()
    #expect(try stored.registry.resume(run: 1).net == whole.train(Hyperparameters(epochs: 9)).net)
    #expect(throws: StoreError.rotten(what: "the checkpoint of run 2", path: stored.path)) { try stored.registry.resume(run: 2) }
  }

  @Test("has one owner: whoever comes second is told, and the first can't write once it was taken over")
  func owners() throws {
    let stored = try StoredRegistry()
    let recorder = try stored.recorder()
    try stored.flushing { try recorder.log("train_loss", step: 0, 0.5) }
    expect(.stillRunning, "it lives") { try stored.registry.resume(run: 1) }
    try stored.abandon(run: 1)
    let winner = try stored.reopened(.write).takeOver(run: 1) { _ in }
    #expect(winner.isNew)
    expect(.stillRunning) { try stored.reopened(.write).takeOver(run: 1) { _ in } }
    let pid = ProcessIdentity.current.pid
    let host = ProcessIdentity.current.host
    let content = VersionContent(stateDict: try stored.stateDict(), architecture: nil, trainLoss: 1, testLoss: 1, accuracy: nil)
    #expect(throws: StoreError.takenOver(run: 1, pid: pid, host: host, path: stored.path)) { try recorder.finish(content) }
    #expect(try stored.metrics(run: 1).isEmpty)
    #expect(try stored.reopened().run(1).status == .running)
  }

  @Test("is restored without a lock, and once more where its checkpoint is another by the time the file is locked")
  func otherCheckpoint() throws {
    let stored = try StoredRegistry()
    try stored.interrupt()
    let other = try stored.reopened(.write)
    let uuid = try other.run(1).uuid
    let earlier = CheckpointContent(epoch: 0, weights: [7], optimizer: nil, generator: nil, bestWeights: nil, earlyStopping: nil)
    var heard: [CheckpointContent?] = []
    let ownership = try stored.registry.takeOver(run: 1) { state in
      heard.append(state)
      guard heard.count == 1 else { return }
      // Another process has had it meanwhile, and is gone again.
      _ = try other.takeOver(run: 1) { _ in }
      try other.writing(busyLimit: .zero) { try other.store(StoredCheckpoint(earlier, runUUID: uuid), run: 1) }
      try stored.abandon(run: 1)
    }
    #expect(!ownership.isNew && heard.map { $0?.epoch } == [1, 0] && heard.last??.weights == [7])
    #expect(try stored.metrics(run: 1).isEmpty && stored.reopened().run(1).status == .running)
  }

  @Test("is refused when it has ended, isn't one, or isn't what was stored; and stays as it is")
  func refused() throws {
    let stored = try StoredRegistry()
    try stored.train()
    let path = stored.path
    #expect(throws: StoreError.alreadyFinished(run: 1, model: "neural-net", version: 1, path: path)) { try stored.registry.resume(run: 1) }
    #expect(throws: StoreError.noSuchRun(id: 7, newest: 1, path: path)) { try stored.registry.resume(run: 7) }
    try interrupt(stored, Hyperparameters(epochs: 9), after: 3)
    let sql = try Connection(path: path, mode: .readWrite)
    try sql.execute(
      "INSERT INTO runs (uuid, kind, model_id, status, ended_at) VALUES (?, 'import', 1, 'finished', ?)", makeUUID(), Timestamp.now.text)
    #expect(throws: StoreError.isImport(run: 3, path: path)) { try stored.registry.resume(run: 3) }
    try sql.execute("UPDATE runs SET deleted_at = ? WHERE id = 2", Timestamp.now.text)
    #expect(throws: StoreError.deletedRun(2, path: path)) { try stored.registry.resume(run: 2) }
    try sql.execute("UPDATE runs SET deleted_at = NULL WHERE id = 2")
    let before = try stored.metrics(run: 2)
    try stored.tamper("checkpoints", "UPDATE checkpoints SET weights = zeroblob(length(weights))")
    #expect(throws: StoreError.rotten(what: "the checkpoint of run 2", path: path)) { try stored.registry.resume(run: 2) }
    #expect(try stored.metrics(run: 2) == before)
    #expect(try stored.reopened().run(2).status == .interrupted)
    try sql.execute("UPDATE runs SET status = 'failed', error = 'x' WHERE id = 2")
    #expect(throws: StoreError.hasFailed(run: 2, reason: "x", path: path)) { try stored.registry.resume(run: 2) }
  }

  @Test("whose params this program doesn't know is left alone")
  func foreignParams() throws {
    let stored = try StoredRegistry()
    let recorder = try stored.recorder()
    try stored.flushing { try recorder.log("train_loss", step: 0, 0.5) }
    try stored.abandon(run: 1)
    let sql = try Connection(path: stored.path, mode: .readWrite)
    for (key, value) in [("dropout", "0.5"), ("optimizer", "'lion'"), ("epochs", "-3")] {
      try sql.execute("SAVEPOINT before")
      try sql.execute("INSERT INTO params (run_id, key, value) VALUES (1, '\(key)', \(value)) ON CONFLICT DO UPDATE SET value = \(value)")
      try sql.execute("RELEASE before")
      expect(.foreignParams, "\(key)") { try stored.registry.resume(run: 1) }
      try sql.execute("DELETE FROM params WHERE key = 'dropout'")
    }
    #expect(try stored.metrics(run: 1).count == 1)
  }

  @Test("waits at its end for a file that is locked")
  func lockedEnd() throws {
    let stored = try StoredRegistry()
    let (experiment, description) = try stored.prepared(Hyperparameters(epochs: 9))
    let reader = try Connection(path: stored.path, mode: .readOnly)
    try reader.execute("BEGIN")
    _ = try reader.query("SELECT count(*) FROM runs") { row in try row.int(0) }
    var waits = 0
    let result = try stored.registry.train(
      experiment, description,
      report: { event in
        guard case .waiting(let time) = event else { return }
        waits += 1
        #expect(time >= .seconds(1))
        try reader.execute("COMMIT")
      })
    #expect(waits == 1)
    #expect(result.stored.version == 1)
  }

  @Test("logs a step again under the next seq")
  func again() throws {
    let stored = try StoredRegistry()
    let recorder = try stored.recorder()
    for value in [1.0, 2, 3] { try recorder.log("loss", step: 5, value) }
    try recorder.log("loss", step: 4, 9)
    try stored.flushing { try recorder.log("loss", step: 5, 4) }
    try recorder.log("loss", step: 6, 5)
    let content = VersionContent(stateDict: try stored.stateDict(), architecture: nil, trainLoss: 1, testLoss: 1, accuracy: nil)
    _ = try recorder.finish(content)
    #expect(
      try stored.metrics(run: 1) == ["loss 4 0 9.0", "loss 5 0 1.0", "loss 5 1 2.0", "loss 5 2 3.0", "loss 5 3 4.0", "loss 6 0 5.0"])
    #expect(try stored.reopened().run(1).metrics.first?.values.map(\.value) == [9, 4, 5])
  }
}

extension StoredRegistry {
  /// An experiment on the tutorial's blobs and what is recorded of it.
  fileprivate func prepared(_ hyperparameters: Hyperparameters, from parent: String? = nil) throws -> (Experiment, RunDescription) {
    let dataset = try Dataset(BlobsSource(trainSamples: 12, testSamples: 6))
    let record = try parent.map { try registry.version(VersionName($0)) }
    let experiment =
      try record.map { try Experiment(dataset: dataset, hyperparameters: hyperparameters, parent: try registry.loadPredictor($0)) }
      ?? Experiment(dataset: dataset, hyperparameters: hyperparameters)
    return (
      experiment,
      RunDescription(model: Registry.defaultModel, dataset: dataset, datasetName: "blobs", experiment: experiment, parent: record)
    )
  }
}
