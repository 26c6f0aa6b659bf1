/// Why a copy of a registry wasn't made.  Nothing was written then.
public enum BackupError: Error, Equatable {
  /// There is a file already, and it isn't to be replaced.
  case exists(path: String)
  case directory(path: String)
  /// A device, a pipe or a socket: no file takes its place.
  case notRegular(path: String)
  case noFolder(path: String, folder: String)
  /// The copy would be the registry itself.
  case ontoItself(path: String)
  /// A journal stands beside the place of the copy: someone writes there, or was killed while doing so.
  case inUse(path: String, journal: String)
  case cannotWrite(path: String, problem: String)
  /// What was copied doesn't verify.
  case unsound(source: String, problems: [Verification.Problem])
}
