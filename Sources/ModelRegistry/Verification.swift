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
      case tensor, content, dataset, model, version, run, checkpoint, alias
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

extension Registry {
  /// Checks everything that can be: SQLite's own integrity and foreign keys, the digest of every tensor, of its pieces, of every dataset, state_dict, sealed
  /// run, checkpoint and version, that every net can be rebuilt, counts against rows, and aliases against their history.
  ///
  /// It goes on after a problem.  One dataset or net is in memory at a time, and of a large tensor a window.  Each row is read in a transaction of its own, so
  /// writers go on meanwhile; only SQLite's own two checks and the comparison of each index with its table hold a read lock while they run.
  /// - Parameters:
  ///   - quick: leaves out what takes the time: the bytes of tensors and checkpoints, and the comparison of indexes with their tables.
  ///   - limit: so many problems are listed, the others counted.
  /// - Throws: when the file can't be read at all; what is wrong in it is in the result.
  public func verify(
    quick: Bool = false, limit: Int = 100, progress: (VerificationProgress) throws -> Void = { _ in }
  ) throws -> Verification {
    try reading {
      // The verifier doesn't outlive the call.
      try withoutActuallyEscaping(progress) { progress in
        let verifier = Verifier(registry: self, isQuick: quick, limit: limit, progress: progress)
        guard try verifier.checkStructure() else { return verifier.result }
        try verifier.checkFile()
        try verifier.checkIndexes()
        try verifier.checkTensors()
        try verifier.checkContents()
        try verifier.checkDatasets()
        try verifier.checkModels()
        try verifier.checkRuns()
        try verifier.checkVersions()
        try verifier.checkAliases()
        return verifier.result
      }
    }
  }

  /// What is wrong with the structure of the file: with its pages, or with an index beside its table.  Whoever walks through whole tables of
  /// a stranger's file, or removes what seems unneeded, asks first: a damaged page hides rows, or leads back to where the walk has been.
  func structureProblems() throws -> [Verification.Problem] {
    try reading {
      let verifier = Verifier(registry: self, isQuick: false, limit: 10) { _ in }
      if try verifier.checkStructure() { try verifier.checkIndexes() }
      return verifier.result.problems
    }
  }
}
