/// What a merge took from another registry, or would take.
public struct MergeReport: Sendable, Hashable {
  /// A version that came in.
  public struct Move: Sendable, Hashable {
    /// Its name there, `neural-net/1`.
    public let theirs: String
    /// Its name here, `neural-net/4`.
    public let ours: String
  }

  /// A name that both have for different things, or what both say differently of one thing: ours stays.
  public struct Conflict: Sendable, Hashable {
    /// `neural-net@champion`, the name of a dataset, `tag stage of neural-net/3` or `note of run 7`, with its number here.
    public let name: String
    /// What the name means here, or what is said here.
    public let ours: String
    /// What it means, or what is said, there; for a version, its name here.
    public let theirs: String
  }

  public internal(set) var models: [String] = []
  public internal(set) var experiments: [String] = []
  /// In the order of the numbers that they were given.
  public internal(set) var versions: [Move] = []
  public internal(set) var runs = 0
  /// Logged runs that were here and went on there, by their numbers here: they have now what they have there.
  public internal(set) var continued: [String] = []
  public internal(set) var datasets = 0
  public internal(set) var tensors = 0
  public internal(set) var tensorBytes = 0
  /// Contents of files of runs and versions that weren't here, each once.
  public internal(set) var files = 0
  public internal(set) var fileBytes = 0
  /// Files that came to runs which were here already.
  public internal(set) var addedFiles = 0
  /// Files of runs that both have with other contents: ours stay, by the beginnings of their digests.
  public internal(set) var keptFiles: [Conflict] = []
  /// `neural-net@champion` and what it points to now.
  public internal(set) var aliases: [Conflict] = []
  /// Aliases that stay where they were.
  public internal(set) var keptAliases: [Conflict] = []
  /// Names of datasets that stay with other content; `theirs` is the name that their dataset has here.
  public internal(set) var keptNames: [Conflict] = []
  /// Tags and notes that came to what was here already; new models, versions, runs and datasets bring theirs along.
  public internal(set) var tags = 0
  public internal(set) var notes = 0
  /// Tags with another value, and notes with other words, of what both have.
  public internal(set) var keptTags: [Conflict] = []
  public internal(set) var keptNotes: [Conflict] = []
  /// Versions and runs that were here already.
  public internal(set) var known = 0
  /// Deleted versions and runs, which stay behind.
  public internal(set) var deleted = 0
  /// Running and scheduled runs, which stay behind, with what versions they have.
  public internal(set) var running = 0
  /// Runs that both have in different states (one was copied while it ran), and what hangs on them: ours stays.
  public internal(set) var different: [String] = []
  /// Runs that don't verify and that nothing depends on: they stay behind.
  public internal(set) var stray: [String] = []
  /// Names of datasets that came in.
  var names = 0

  /// Whether nothing came in.
  public var isEmpty: Bool {
    models.isEmpty && experiments.isEmpty && versions.isEmpty && runs == 0 && continued.isEmpty && addedFiles == 0 && datasets == 0
      && aliases.isEmpty && names == 0 && tags == 0
      && notes == 0
  }
}
