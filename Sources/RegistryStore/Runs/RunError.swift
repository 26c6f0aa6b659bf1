/// Why a run can't be continued or done again, or isn't any longer.
public enum RunError: Error, Equatable {
  /// `shouldStop` said so: the run is stored as interrupted with a checkpoint after `epoch` epochs.  Where the registry couldn't be
  /// written to, `problem` says why; the run then has its last checkpoint, or no number if it was never recorded.  A state too large for a checkpoint isn't kept: the run then
  /// begins anew.
  case interrupted(run: Int?, epoch: Int, epochs: Int, path: String, problem: RegistryError?, keepsState: Bool = true)
  /// Another process resumed the run: this one may not write it any more.
  case takenOver(run: Int, pid: Int?, host: String?, path: String)
  /// The result could not be stored because the file was locked all the time.
  case locked(run: Int?, seconds: Int, path: String)

  // What can't be resumed.
  case stillRunning(run: Int, pid: Int?, host: String?, path: String)
  case alreadyFinished(run: Int, model: String, version: Int?, path: String)
  case hasFailed(run: Int, reason: String?, path: String)
  case isDeleted(run: Int, path: String)
  case isImport(run: Int, path: String)
  /// The stored params aren't what this program trains by.
  case foreignParams(run: Int, problem: String, path: String)

  /// An imported version: no training is known that it came of.
  case nothingToReproduce(version: String, path: String)
}
