internal import SQLite
internal import Tensors

extension Registry {
  /// Takes in what another registry has and this one hasn't: models, experiments, runs, versions, datasets, tensors, files, tags, notes and
  /// aliases.
  ///
  /// Runs and versions are known by their uuid, datasets, tensors and files by their digest, models and experiments by their name, so a second
  /// merge finds nothing to do.  What is here stays as it is, and gets the tags, notes and files that it has not; a logged run that went on
  /// there goes on here.  Versions get the next free numbers of their model, in the order in which they were stored there.  Deleted ones stay
  /// behind unless a live one was fine-tuned from them; so do running runs, checkpoints, and runs that don't verify.
  ///
  /// The other file is only read, and verified as a whole before anything is stored.  All rows come in one transaction; where tensors and
  /// files have more than `batchBytes`, they come before it in several, and a merge that fails then leaves tensors that nothing needs.
  /// - Parameter isDryRun: tells what would come in, and stores nothing.
  public func merge(
    _ other: String, isDryRun: Bool = false, batchBytes: Int = 256 << 20, progress: (VerificationProgress) throws -> Void = { _ in }
  ) throws -> MergeReport {
    try merge(
      try Registry(path: other, access: .read, interpreter: interpreter), isDryRun: isDryRun, batchBytes: batchBytes, progress: progress)
  }

  /// The same of a registry that is open already.
  public func merge(
    _ theirs: Registry, isDryRun: Bool = false, batchBytes: Int = 256 << 20, progress: (VerificationProgress) throws -> Void = { _ in }
  ) throws -> MergeReport {
    let other = theirs.path
    guard !Self.isSameFile(path, other) else { throw StoreError.mergeOntoItself(path: other) }
    var strayRuns: Set<Int64> = []
    func plan() throws -> MergePlan {
      if isBlank { return try MergePlan(ours: nil, theirs: theirs, strayRuns: strayRuns) }
      return try snapshot { try MergePlan(ours: self, theirs: theirs, strayRuns: strayRuns) }
    }
    let damage = try theirs.structureProblems()
    guard damage.isEmpty else { throw StoreError.unsoundSource(path: other, problems: damage) }
    let first = try theirs.snapshot { try plan() }
    guard !first.report.isEmpty else { return first.report }
    // It takes its time, and locks their writers out for no longer than a row: what they store meanwhile is checked as it is copied.
    let found = try theirs.verify(limit: 10, progress: progress)
    strayRuns = Set(found.strayRuns.map { Int64($0) })
    guard found.isSoundButForStrayRuns else { throw StoreError.unsoundSource(path: other, problems: found.problems) }
    // One state of theirs from the plan to the last row.
    return try theirs.snapshot {
      let plan = try plan()
      guard !isDryRun, !plan.report.isEmpty else { return plan.report }
      if plan.report.tensorBytes + plan.report.fileBytes > batchBytes {
        try copyTensors(plan, theirs, batchBytes: batchBytes / 4, progress)
        try copyFiles(plan, theirs, progress)
      }
      return try writing {
        // Planned anew, now that nobody else can change this file.
        let plan = try MergePlan(ours: self, theirs: theirs, strayRuns: strayRuns, before: plan)
        try MergeWriter(ours: self, theirs: theirs, plan: plan).write()
        return plan.report
      }
    }
  }

  /// Stores tensors in short transactions, ahead of what needs them.
  private func copyTensors(
    _ plan: MergePlan, _ theirs: Registry, batchBytes: Int, _ progress: (VerificationProgress) throws -> Void
  ) throws {
    var rest = plan.tensors[...]
    while let first = rest.first {
      if first.bytes > pieceSizes.largestRow {
        rest.removeFirst()
        _ = try copyTensor(first.digest, from: theirs, ownTransactions: true)
      } else {
        try writing {
          var bytes = 0
          repeat {
            guard let next = rest.first, next.bytes <= pieceSizes.largestRow else { break }
            rest.removeFirst()
            bytes += next.bytes
            _ = try copyTensor(next.digest, from: theirs)
          } while bytes < batchBytes
        }
      }
      try progress(VerificationProgress(step: "copying tensors", done: plan.tensors.count - rest.count, total: plan.tensors.count))
    }
  }

  /// Stores files, each in short transactions, ahead of what needs them.
  private func copyFiles(_ plan: MergePlan, _ theirs: Registry, _ progress: (VerificationProgress) throws -> Void) throws {
    for (index, file) in plan.files.enumerated() {
      // What gc takes meanwhile is copied again, in the transaction with its row.
      do { _ = try copyContents(file.digest, from: theirs, ownTransactions: true) } catch is CollectedContents {}
      try progress(VerificationProgress(step: "copying files", done: index + 1, total: plan.files.count))
    }
  }

  /// The id of a tensor here, which is copied where it isn't stored yet; what is copied is what its digest says.  Stands in a transaction,
  /// unless a large tensor comes in transactions of its own.
  func copyTensor(_ digest: String, from theirs: Registry, ownTransactions: Bool = false) throws -> Int64 {
    let title = "the tensor \(digest.prefix(12))"
    guard let digest = Digest(hex: digest) else { throw StoreError.rotten(what: title, path: theirs.path) }
    // One that comes in transactions of its own is looked for in the first: before that there may be no file.
    if !ownTransactions, let known = try tensorID(digest) { return known }
    let row = try theirs.storedTensor(digest, title: title)
    guard row.byteCount > pieceSizes.largestRow else {
      var store = try TensorStore(self)
      return try store.insert(theirs.verifiedTensor(row, title: title), digest)
    }
    return try storeInPieces(dtype: row.dtype, shape: row.shape, digest: digest, ownTransactions: ownTransactions) { append in
      try theirs.readTensor(row, title: title, append)
    }.id
  }
}
