extension Registry {
  /// Checks everything that can be: SQLite's own integrity and foreign keys, the digest of every tensor, file, dataset, state_dict, sealed
  /// run, checkpoint and version, that every net can be rebuilt, counts against rows, the newest values of metrics against all of them, that
  /// no run is a part of itself, what notes are about, and aliases against their history.
  ///
  /// It goes on after a problem.  One dataset or net is in memory at a time, and of a large tensor a window.  Each row is read in a transaction of its own, so
  /// writers go on meanwhile; only SQLite's own two checks and the comparison of each index with its table hold a read lock while they run.
  /// - Parameters:
  ///   - quick: leaves out what takes the time: the bytes of tensors, files and checkpoints, and the comparison of indexes with their tables.
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
        try verifier.checkFiles()
        try verifier.checkDatasets()
        try verifier.checkModels()
        try verifier.checkExperiments()
        try verifier.checkRuns()
        try verifier.checkVersions()
        try verifier.checkAliases()
        try verifier.checkNotes()
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
