/// What `verify` looked at and found wrong.
public struct Verification: Sendable, Hashable {
  /// Something that isn't as it was stored, or contradicts something else.
  public struct Problem: Sendable, Hashable {
    /// What it is about.
    public enum Kind: String, Sendable, CaseIterable {
      /// SQLite's own check of pages, indexes, types and constraints.
      case file
      /// A row that refers to one that isn't there.
      case reference
      case tensor, content, dataset, model, version, run, checkpoint, alias, experiment
      /// A file of a run or a version.
      case artifact
      case note
    }

    public let kind: Kind
    /// What is wrong.
    public let what: String
    /// The table, and the row or the name.
    public let place: String
  }

  /// How many of each were looked at, in the order of the checks.
  public internal(set) var checked: [(name: String, count: Int)] = []
  /// The first problems, in the order in which they were found.
  public internal(set) var problems: [Problem] = []
  /// How many more there are.
  public internal(set) var unlisted = 0
  /// Runs that nothing seals, or whose seal doesn't hold, and that no version came of: somebody's own SQL, mostly.  Each is a problem, but
  /// nothing else in the file depends on it.
  public internal(set) var strayRuns: [Int] = []

  /// Whether nothing is wrong.
  public var isSound: Bool { problems.isEmpty }
  /// Whether nothing is wrong but what concerns stray runs alone.
  public var isSoundButForStrayRuns: Bool { problemCount == strayRuns.count }
  /// How many problems there are in all.
  public var problemCount: Int { problems.count + unlisted }

  public static func == (a: Verification, b: Verification) -> Bool {
    a.problems == b.problems && a.unlisted == b.unlisted && a.checked.elementsEqual(b.checked) { $0 == $1 }
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(problems) }
}

/// How far a verification is.
public struct VerificationProgress: Sendable, Hashable {
  /// What is being looked at: `file`, `tensors`, `versions`, ….
  public let step: String
  public let done: Int
  /// 0 where it can't be told: SQLite's own checks are one statement each.
  public let total: Int
}
