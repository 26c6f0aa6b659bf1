internal import Datasets
internal import NeuralNets
public import RegistryStore
public import Training

extension Registry {
  /// Trains an experiment and stores its run, losses, dataset and version; `report` hears of each step.
  ///
  /// When it throws, no version is stored; a run that others could see already is marked as interrupted, with what `wording` makes of
  /// the error, and can be resumed.  Where `shouldStop` says so, which is asked after each epoch and in long ones more often, the run is
  /// stored with a checkpoint, however short it was, and `RunInterruption` is thrown.
  public func train(
    _ experiment: Experiment, _ description: RunDescription, wording: (any Error) -> String = { "\($0)" },
    shouldStop: () -> Bool = { false }, report: (TrainingEvent) throws -> Void = { _ in }
  ) throws -> TrainingResult {
    try Self.checkName(description.model, of: "model")
    var session = TrainingSession(experiment)
    let recorder = RunRecorder(registry: self, description: description)
    return try train(&session, recorder, description, isNew: true, wording, shouldStop, report)
  }

  /// Continues a run that was interrupted, or whose process has gone, from its newest checkpoint (from the beginning if it has none).
  ///
  /// It ends with the same bits as if it had never been interrupted: weights, losses, and as many metrics.  Throws `StoreError` when the
  /// run lives, has ended, or can't be understood; what else holds for `train` holds here.
  public func resume(
    run id: Int, wording: (any Error) -> String = { "\($0)" }, shouldStop: () -> Bool = { false },
    report: (TrainingEvent) throws -> Void = { _ in }
  ) throws -> TrainingResult {
    // All that can be wrong is found before the run is touched.
    try reading { try checkResumable(run: id) }
    let stored = try restorableTraining(run: id)
    var session = TrainingSession(stored.experiment)
    let ownership = try takeOver(run: id) { state in
      do {
        if let state { session = try TrainingSession(stored.experiment, from: TrainingState(state)) }
      } catch {
        throw StoreError.rotten(what: "the checkpoint of run \(id) (\(error))", path: path)
      }
    }
    let recorder = RunRecorder(registry: self, content: stored.description.content, ownership: ownership)
    return try train(&session, recorder, stored.description, isNew: ownership.isNew, wording, shouldStop, report)
  }

  private func train(
    _ session: inout TrainingSession, _ recorder: RunRecorder, _ description: RunDescription, isNew: Bool,
    _ wording: (any Error) -> String, _ shouldStop: () -> Bool, _ report: (TrainingEvent) throws -> Void
  ) throws -> TrainingResult {
    do {
      return try run(&session, recorder, description, isNew: isNew, shouldStop, report)
    } catch is StopRequest {
      var problem: StoreError?
      do {
        _ = try recorder.interrupt(CheckpointContent(session.state))
      } catch let error as StoreError where error.code != .takenOver {
        problem = error
      }
      throw RunInterruption(
        run: recorder.run, epoch: session.epoch, epochs: session.experiment.hyperparameters.epochs, path: path, problem: problem,
        keepsState: CheckpointPace.fits(bytes: session.stateByteCount))
    } catch let error as StoreError where error.code == .takenOver || error.code == .locked {
      // Another process has the run, or the file is locked: there is nothing to write.
      throw error
    } catch {
      if recorder.run != nil { _ = try? recorder.interrupt(CheckpointContent(session.state), error: wording(error)) }
      throw error
    }
  }

  private struct StopRequest: Error {}

  private func run(
    _ session: inout TrainingSession, _ recorder: RunRecorder, _ description: RunDescription, isNew: Bool, _ shouldStop: () -> Bool,
    _ report: (TrainingEvent) throws -> Void
  ) throws -> TrainingResult {
    let experiment = session.experiment
    let before = Evaluation(of: experiment.initialNet, experiment.architecture, on: experiment.test)
    if isNew { recorder.append("test_loss_before", step: 0, before.loss) }
    if let run = recorder.run {
      try report(.resumed(run: run, epoch: session.epoch, epochs: experiment.hyperparameters.epochs))
    } else {
      try report(.started(testLoss: before.loss))
    }
    func keepGoing() throws -> Bool {
      try recorder.flushIfDue()
      return !shouldStop()
    }
    while !session.isOver {
      guard !shouldStop(), let epoch = try session.runEpoch(keepGoing: keepGoing) else { throw StopRequest() }
      recorder.append("train_loss", step: epoch.epoch, epoch.trainLoss)
      if let testLoss = epoch.testLoss { recorder.append("test_loss", step: epoch.epoch, testLoss) }
      try report(.epoch(epoch.epoch, trainLoss: epoch.trainLoss))
      if let testLoss = epoch.testLoss { try report(.evaluated(epoch.epoch, testLoss: testLoss)) }
      // Asked for apart: handing the session over costs more than a small epoch.
      if recorder.isFlushDue { try recorder.flush(session) }
    }
    let train = Evaluation(of: session.net, experiment.architecture, on: experiment.train)
    let test = Evaluation(of: session.net, experiment.architecture, on: experiment.test, isScored: true)
    try report(.trained(testLoss: test.loss))
    let content = VersionContent(
      stateDict: try session.net.stateDict(), architecture: experiment.architecture, trainLoss: train.loss, testLoss: test.loss,
      accuracy: test.accuracy, metrics: test.scores?.metrics ?? [])
    let stored = try recorder.finish(content) { waited in
      if shouldStop() { throw StopRequest() }
      try report(.waiting(waited))
    }
    return TrainingResult(
      stored: stored, net: session.net, epochs: session.epoch, testLossBefore: before.loss, train: train, test: test,
      classes: experiment.architecture.classes, classWeight: experiment.hyperparameters.classWeight)
  }
}
