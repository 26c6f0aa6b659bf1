/// What a run is told when it begins, besides its params and tags.  Nothing of it is needed.
public struct RunInfo: Sendable {
  /// The model that its versions belong to, unless a version says otherwise.
  public var model: String?
  /// The experiment that it belongs to; nil is that of the model's name, and `Default` without a model.
  public var experiment: String?
  public var name: String?
  /// Who started it; nil is the user of this process.
  public var user: String?
  /// The file or the command that runs.
  public var source: String?
  /// The number of the run that it is a part of.
  public var parentRun: Int?
  /// The commit of the repository that its source stands in.
  public var gitCommit: String?
  /// Whether files differed from that commit.
  public var isDirty: Bool?
  public var note: String?
  /// The same in every registry that it comes to; nil is a new one.
  public var uuid: String?
  /// Nil is now.
  public var startedAt: Timestamp?
  /// How long its writer counts as alive after each of its writes, where that isn't a process of this machine: of a run that a server writes
  /// for somebody else.
  public var lease: Duration?

  public init(model: String? = nil, experiment: String? = nil, name: String? = nil) {
    self.model = model
    self.experiment = experiment
    self.name = name
  }
}

/// A dataset that a run says it read: what it calls it, and how it tells it from others.
public struct RunDataset: Sendable {
  public var name: String
  /// Any text that tells its content from others; the digest of a stored dataset links to that.
  public var digest: String
  /// What kind of source: file, url, ….
  public var sourceType: String?
  public var source: String?
  /// Its columns, in any form.
  public var schema: String?
  /// Counts and the like, in any form.
  public var profile: String?
  /// What it was read for: train, test, ….
  public var context: String?

  public init(name: String, digest: String) {
    self.name = name
    self.digest = digest
  }
}
