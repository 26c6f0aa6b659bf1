public import NeuralNets

/// A whole training, epoch by epoch: which epochs are left, when the test loss is measured, when to stop, and which net remains.
///
/// `state` taken after any epoch and given to another session of the same experiment leads to the same bits.
public struct TrainingSession: Sendable {
  public let experiment: Experiment
  private var trainer: Trainer
  private var stopping: EarlyStopping?
  private let epochs: Int
  private let evaluationInterval: Int?
  /// Whether the last epoch took so long that one may want to stop amid the next.
  private var isSlow = true

  /// What an epoch gave.
  public struct EpochResult: Sendable, Hashable {
    /// Counted from 0.
    public let epoch: Int
    /// The loss before the epoch's update.
    public let trainLoss: Double
    /// The loss on the test part after it, where it was measured.
    public let testLoss: Double?
  }

  private static let slowEpoch = Duration.milliseconds(20)

  /// A session that stands before the first epoch.
  public init(_ experiment: Experiment) {
    self.experiment = experiment
    trainer = experiment.makeTrainer()
    stopping = experiment.hyperparameters.patience.map(EarlyStopping.init)
    epochs = experiment.hyperparameters.epochs
    evaluationInterval = experiment.hyperparameters.evaluationInterval
  }

  /// A session that goes on from a state.  Throws when it is none of this experiment's.
  public init(_ experiment: Experiment, from state: TrainingState) throws(TrainingStateError) {
    self.init(experiment)
    guard state.epoch <= epochs else { throw .illegal("epoch \(state.epoch), which is beyond the last") }
    try trainer.restore(state)
    guard (state.earlyStopping != nil) == (stopping != nil) else { throw .illegal("another experiment's early stopping") }
    if let patience = stopping?.patience, let json = state.earlyStopping {
      stopping = try EarlyStopping(patience: patience, json: json, bestWeights: state.bestWeights, like: trainer.net)
    }
  }

  /// Epochs done.
  public var epoch: Int { trainer.epoch }

  /// Whether no epoch is left.
  public var isOver: Bool { trainer.epoch >= epochs || stopping?.isOver == true }

  /// The net as it is to be kept: the last, or with early stopping the best.
  public var net: NeuralNet { stopping?.bestNet ?? trainer.net }

  /// Where it stands.
  public var state: TrainingState {
    var state = trainer.state
    state.earlyStopping = stopping?.json
    state.bestWeights = stopping?.bestNet?.weightBytes
    return state
  }

  /// About how many bytes `state` has.
  public var stateByteCount: Int { trainer.stateByteCount + (stopping == nil ? 0 : trainer.net.weightByteCount) }

  /// Runs one epoch.  Within a long one of many batches it asks after each whether to go on: where not, or where that throws, the
  /// session stands again where it stood before the epoch, and nil comes back.
  public mutating func runEpoch(keepGoing: () throws -> Bool = { true }) rethrows -> EpochResult? {
    let epoch = trainer.epoch
    guard let trainLoss = try trainLoss(keepGoing) else { return nil }
    let isMeasured = epoch == epochs - 1 || evaluationInterval.map { (epoch + 1) % $0 == 0 } == true
    let testLoss = isMeasured ? Evaluation(of: trainer.net, experiment.architecture, on: experiment.test).loss : nil
    if let testLoss { _ = stopping?.shouldContinue(epoch: epoch, testLoss: testLoss, net: trainer.net) }
    return EpochResult(epoch: epoch, trainLoss: trainLoss, testLoss: testLoss)
  }

  private mutating func trainLoss(_ keepGoing: () throws -> Bool) rethrows -> Double? {
    guard trainer.shuffles else { return trainer.runEpoch() }
    let start = ContinuousClock.now
    defer { isSlow = ContinuousClock.now - start > Self.slowEpoch }
    // A copy of the state costs nothing beside a long epoch, and more than a short one.
    guard isSlow else { return trainer.runEpoch() }
    let before = trainer
    do {
      if let loss = try trainer.runEpoch(keepGoing: keepGoing) { return loss }
    } catch {
      trainer = before
      throw error
    }
    trainer = before
    return nil
  }
}
