/// What happens in a training, as it happens.
public enum TrainingEvent: Sendable {
  /// Before the first epoch: the test loss of the initial weights.
  case started(testLoss: Double)
  /// Instead of that when an interrupted run goes on: so many epochs are done.
  case resumed(run: Int, epoch: Int, epochs: Int)
  /// After an epoch: its number from 0 and its loss.
  case epoch(Int, trainLoss: Double)
  /// After an epoch whose weights were measured.
  case evaluated(Int, testLoss: Double)
  /// After the last epoch, before anything of the version is stored.
  case trained(testLoss: Double)
  /// The file has been locked by others for so long; it is tried again.
  case waiting(Duration)
}
