/// How often a run that is going on is written.
package struct RecordingPace: Sendable {
  /// The time between two flushes, and before the first.
  package var flushInterval = Duration.milliseconds(250)
  /// Of the time spent, checkpoints take at most one part in so many; 0 is no limit.
  package var checkpointShare = 20
}

/// When the next checkpoint is due: so that all of them take at most a share of the time spent.
package struct CheckpointPace {
  private var spent = Duration.zero
  private var last: Duration?

  /// What a first one is taken to cost: a commit, and a slow disk's writing.
  private static let commit = Duration.milliseconds(3)
  private static let bytesPerSecond = 100_000_000.0
  /// SQLite takes no row of over a billion bytes (SQLITE_MAX_LENGTH).
  private static let maximumRow = 900_000_000

  /// Whether a state that has so many bytes in all can be a checkpoint; if not, such a run begins anew.
  package static func fits(bytes: Int) -> Bool { bytes <= maximumRow }

  /// Whether there is time for a checkpoint of so many bytes after a run of so long.
  func isDue(bytes: Int, elapsed: Duration, share: Int = RecordingPace().checkpointShare) -> Bool {
    let expected = last ?? Self.commit + .seconds(Double(bytes) / Self.bytesPerSecond)
    return Self.fits(bytes: bytes) && (spent + expected) * share <= elapsed
  }

  /// Notes what one has cost.
  mutating func took(_ time: Duration) {
    spent += time
    last = time
  }
}
