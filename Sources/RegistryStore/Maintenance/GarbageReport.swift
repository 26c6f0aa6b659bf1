/// What a collection of garbage has removed, or would remove.
public struct GarbageReport: Sendable, Equatable {
  /// What became of the file's free pages.
  public enum Compaction: Sendable, Equatable {
    /// No more than a tenth of the file is free, or it was asked not to, or nothing was to be changed: SQLite fills free pages later.
    case none
    case done
    /// Another process uses the file, the disk is full or the like: the garbage is gone all the same.
    case failed(RegistryError)
  }

  public var versions = 0
  public var runs = 0
  public var datasets = 0
  /// Models that never had a version, a tag or a note, and have no run left.
  public var models = 0
  public var tensors = 0
  /// Large tensors that an import has begun and never finished.
  public var unfinished = 0
  public var metrics = 0
  /// About what they take in the file: the tensors and checkpoints to the byte, a value of a metric as its row.
  public var bytes = 0
  /// Deleted versions that stay because a run that stays was fine-tuned from them: `neural-net/1`.
  public var keptParents: [String] = []
  /// Datasets that no run needs, and that stay because they have a name.
  public var unusedDatasets: [String] = []
  /// The datasets that are removed: their names, or the beginning of the digest where there is none.
  public var removedDatasets: [String] = []
  /// The file's size before and after.
  public var fileBytesBefore = 0
  public var fileBytesAfter = 0
  public var compaction = Compaction.none

  /// Whether nothing is to be removed.
  public var isEmpty: Bool { versions + runs + datasets + models + tensors + unfinished == 0 }
}
