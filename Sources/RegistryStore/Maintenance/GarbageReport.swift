/// What a collection of garbage has removed, or would remove.
public struct GarbageReport: Sendable, Equatable {
  /// What became of the file's free pages.
  public enum Compaction: Sendable, Equatable {
    /// No more than a tenth of the file is free, or it was asked not to, or nothing was to be changed: SQLite fills free pages later.
    case none
    case done
    /// Another process uses the file, the disk is full or the like: the garbage is gone all the same.
    case failed(StoreError)
  }

  public var versions = 0
  public var runs = 0
  /// Deleted experiments that have no run left.
  public var experiments = 0
  public var datasets = 0
  /// Models that never had a version, a tag or a note, and have no run left.
  public var models = 0
  public var tensors = 0
  /// Files that no run and no version has any more: equal ones are one.
  public var files = 0
  /// What they take, in the registry or in its folder; `bytes` has it too.
  public var fileBytes = 0
  /// Files in the folder of this registry that it doesn't know, and that nobody has written for an hour; `fileBytes` has theirs.
  public var strayFiles = 0
  /// The registry that the folder of files belongs to, where that is another one: its files were left alone.
  public var folderOwner: String?
  /// Large tensors and files that somebody began to store and never finished.
  public var unfinished = 0
  public var metrics = 0
  /// About what they take: tensors, files and checkpoints to the byte, a value of a metric as its row.
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
  public var isEmpty: Bool { versions + runs + experiments + datasets + models + tensors + files + strayFiles + unfinished == 0 }
}
