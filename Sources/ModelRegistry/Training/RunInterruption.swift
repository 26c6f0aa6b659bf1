public import RegistryStore

/// `shouldStop` said so: the run is stored as interrupted, with a checkpoint after `epoch` epochs.
///
/// It stands beside `StoreError` because nothing is wrong with the store, and because whoever asked for the end words it: how (a signal, a
/// request), and by what the run goes on.
public struct RunInterruption: Error, Equatable, Sendable, CustomStringConvertible {
  /// Nil where it was never recorded.
  public let run: Int?
  public let epoch: Int
  public let epochs: Int
  /// The registry.
  public let path: String
  /// Why the registry couldn't be written to; the run then has its last checkpoint.
  public let problem: StoreError?
  /// False where the state is too large for a checkpoint: the run then begins anew.
  public let keepsState: Bool

  package init(run: Int?, epoch: Int, epochs: Int, path: String, problem: StoreError?, keepsState: Bool = true) {
    (self.run, self.epoch, self.epochs, self.path, self.problem, self.keepsState) = (run, epoch, epochs, path, problem, keepsState)
  }

  public var description: String {
    "\(run.map { "run \($0)" } ?? "the training") in \(path) was stopped after \(epoch) of \(epochs) epochs"
      + (problem.map { ": \($0)" } ?? "")
  }
}
