public import NeuralNets
public import Training

/// What happens in a training, as it happens.
public enum TrainingEvent: Sendable {
  /// Before the first epoch: the test loss of the initial weights.
  case started(testLoss: Double)
  /// After an epoch: its number from 0 and its loss.
  case epoch(Int, trainLoss: Double)
  /// After an epoch whose weights were measured.
  case evaluated(Int, testLoss: Double)
  /// After the last epoch, before anything of the version is stored.
  case trained(testLoss: Double)
}

/// What a training gave and where it is stored.
public struct TrainingResult: Sendable {
  public let stored: StoredVersion
  /// The net that was stored: the last, or with early stopping the best.
  public let net: NeuralNet
  /// How many epochs ran.
  public let epochs: Int
  public let testLossBefore: Double
  /// On the training part, with the final weights.
  public let train: Evaluation
  /// On the test part, with the final weights.
  public let test: Evaluation
}

extension Registry {
  /// Trains an experiment and stores its run, losses, dataset and version; `report` hears of each step.
  ///
  /// When it throws, no version is stored; a run that others could see already is marked as failed, with what `wording` makes of the
  /// error.
  public func train(
    _ experiment: Experiment, _ description: RunDescription, wording: (any Error) -> String = { "\($0)" },
    report: (TrainingEvent) throws -> Void = { _ in }
  ) throws -> TrainingResult {
    try Self.checkName(description.model, of: "model")
    let recorder = RunRecorder(registry: self, description: description)
    do {
      return try train(experiment, recorder, report)
    } catch {
      try? recorder.fail(wording(error))
      throw error
    }
  }

  private func train(
    _ experiment: Experiment, _ recorder: RunRecorder, _ report: (TrainingEvent) throws -> Void
  ) throws -> TrainingResult {
    let h = experiment.hyperparameters
    var trainer = experiment.makeTrainer()
    var stopping = h.patience.map(EarlyStopping.init)
    let before = Evaluation(of: trainer.net, experiment.architecture, on: experiment.test)
    try recorder.log("test_loss_before", step: 0, before.loss)
    try report(.started(testLoss: before.loss))
    while trainer.epoch < h.epochs {
      let epoch = trainer.epoch
      let loss = trainer.runEpoch()
      try recorder.log("train_loss", step: epoch, loss)
      try report(.epoch(epoch, trainLoss: loss))
      let isLast = epoch == h.epochs - 1
      guard isLast || h.evaluationInterval.map({ (epoch + 1) % $0 == 0 }) == true else { continue }
      let testLoss = Evaluation(of: trainer.net, experiment.architecture, on: experiment.test).loss
      try recorder.log("test_loss", step: epoch, testLoss)
      try report(.evaluated(epoch, testLoss: testLoss))
      if stopping?.shouldContinue(epoch: epoch, testLoss: testLoss, net: trainer.net) == false { break }
    }
    let net = stopping?.bestNet ?? trainer.net
    let train = Evaluation(of: net, experiment.architecture, on: experiment.train)
    let test = Evaluation(of: net, experiment.architecture, on: experiment.test)
    try report(.trained(testLoss: test.loss))
    let stored = try recorder.finish(
      VersionContent(
        stateDict: try net.stateDict(), architecture: experiment.architecture, trainLoss: train.loss, testLoss: test.loss,
        accuracy: test.accuracy))
    return TrainingResult(
      stored: stored, net: net, epochs: trainer.epoch, testLossBefore: before.loss, train: train, test: test)
  }

  /// Throws for a name that no model or alias can have; the schema has the same rules.
  public static func checkName(_ name: String, of kind: String) throws(RegistryError) {
    func require(_ isKept: Bool, _ rule: String) throws(RegistryError) {
      guard isKept else { throw .illegalName(kind: kind, name: name, rule: rule) }
    }
    // Scalars are SQLite's characters: to Swift, a slash with a combining mark behind it is another character than a slash.
    let scalars = name.unicodeScalars
    try require(!scalars.isEmpty && scalars.count <= 200, "a name has 1 to 200 characters")
    try require(!scalars.contains { $0 == "/" || $0 == "@" || $0 == ":" }, "a name has no slash, at sign or colon")
    try require(!scalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) }, "a name has no control characters")
    try require(scalars.first != " " && scalars.last != " ", "a name has no space at its ends")
    try require(!name.utf8.allSatisfy { (48...57).contains($0) }, "a name is not all digits")
    try require(name != "latest", "latest is computed")
  }
}
