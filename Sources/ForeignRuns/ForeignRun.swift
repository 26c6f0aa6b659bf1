/// A key and a text, as a source has them: a param, a tag.
public struct ForeignPair: Sendable, Hashable {
  public let key: String
  public let value: String

  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}

/// What an experiment of the source is.
public struct ForeignExperiment: Sendable {
  /// What runs refer to: the source's own number or path.
  public let id: String
  public let name: String
  public var note: String?
  /// Milliseconds since 1970.
  public var createdAt: Int64?
  public var isDeleted = false
  /// Where its artifacts stand, as the source says it.
  public var artifactLocation: String?
  public var tags: [ForeignPair] = []

  public init(id: String, name: String) {
    self.id = id
    self.name = name
  }
}

public enum ForeignStatus: String, Sendable {
  case running, scheduled, finished, failed, killed
}

/// A dataset that a run says it read.
public struct ForeignDataset: Sendable {
  public let name: String
  public let digest: String
  public var sourceType: String?
  public var source: String?
  public var schema: String?
  public var profile: String?
  /// What it was read for: `training`, `validation`.
  public var context: String?

  public init(name: String, digest: String) {
    self.name = name
    self.digest = digest
  }
}

/// A run without its metrics, which `ForeignSource.metrics` gives one by one.
public struct ForeignRun: Sendable {
  /// 36 lower-case characters, the same each time that the source is read.
  public let uuid: String
  /// What the source calls it: an id, a folder, a file.
  public let id: String
  /// The experiment's `id`.
  public var experiment: String?
  public var name: String?
  public var status = ForeignStatus.finished
  /// Milliseconds since 1970.
  public var startedAt: Int64?
  public var endedAt: Int64?
  public var user: String?
  /// The file or command that made it.
  public var source: String?
  public var gitCommit: String?
  public var note: String?
  /// The `uuid` of the run that it is nested in.
  public var parent: String?
  public var isDeleted = false
  public var params: [ForeignPair] = []
  public var tags: [ForeignPair] = []
  public var datasets: [ForeignDataset] = []
  /// Where its artifacts stand, as the source says it.
  public var artifactLocation: String?

  public init(uuid: String, id: String) {
    self.uuid = uuid
    self.id = id
  }
}

/// One number that a run logged.
public struct ForeignMetric: Sendable {
  public let key: String
  /// Any step, a negative one too; several values of one step come in the order in which they were logged.
  public let step: Int64
  /// NaN and the infinities are values.
  public let value: Double
  /// Milliseconds since 1970.
  public let time: Int64?

  public init(_ key: String, step: Int64, _ value: Double, time: Int64?) {
    self.key = key
    self.step = step
    self.value = value
    self.time = time
  }
}
