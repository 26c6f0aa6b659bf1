/// How far a run is, as its row says.
public enum RunStatus: String, Sendable {
  /// Stored as such; one whose process has gone counts as interrupted.
  case running
  case finished
  case failed
  /// It ended before its end, and may go on.
  case interrupted
}

/// What a run does.
public enum RunKind: String, Sendable {
  case train
  case `import`
}
