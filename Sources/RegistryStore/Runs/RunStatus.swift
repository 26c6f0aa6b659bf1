/// How far a run is, as its row says.
public enum RunStatus: String, Sendable {
  /// It will begin: another program said so.
  case scheduled
  /// Stored as such; one whose process has gone counts as interrupted.
  case running
  case finished
  case failed
  /// Somebody ended it for good.
  case killed
  /// It ended before its end; a training may go on.
  case interrupted

  /// Whether it has an end.
  public var isEnd: Bool { self != .scheduled && self != .running }
}

/// What a run does.
public enum RunKind: String, Sendable {
  /// A training of this program's.
  case train
  case `import`
  /// What another program logged.
  case log
}
