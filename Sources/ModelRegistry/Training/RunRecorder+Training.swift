public import RegistryStore
internal import Training

extension RunRecorder {
  /// A recorder of a new run.
  public convenience init(registry: Registry, description: RunDescription) {
    self.init(registry: registry, content: description.content)
  }

  /// The state of the training goes with what was noted, if that takes at most a twentieth of the time spent.
  func flush(_ session: TrainingSession) throws {
    try flush(stateBytes: session.stateByteCount) { CheckpointContent(session.state) }
  }
}

extension CheckpointContent {
  init(_ state: TrainingState) {
    self.init(
      epoch: state.epoch, weights: state.weights, optimizer: state.optimizer, generator: state.generator, bestWeights: state.bestWeights,
      earlyStopping: state.earlyStopping)
  }
}

extension TrainingState {
  init(_ content: CheckpointContent) {
    self.init(
      epoch: content.epoch, weights: content.weights, optimizer: content.optimizer, generator: content.generator,
      bestWeights: content.bestWeights, earlyStopping: content.earlyStopping)
  }
}
