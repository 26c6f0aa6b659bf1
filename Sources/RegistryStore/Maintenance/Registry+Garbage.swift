internal import Glibc
internal import SQLite
internal import Tensors

// Invariants:
// 1. Each transaction leaves the file whole: what is removed in it was found unneeded under the write lock, whatever the plan said.
// 2. Transactions are short (about 50 ms, or one row with all that hangs on it), with a pause between them: other writers get their turn.
// 3. Ending in the middle loses nothing: the next collection goes on.
// 4. A file of the folder goes while the write lock is held, after what named it was unsealed and committed: a process that ends between
//    the two leaves a stray file, never a row without its file.  Whoever stores such a file looks for it under the same lock.
// 5. Nothing is removed from a damaged file: what a tensor is needed by may be in a page or an index that can't be read.

extension Registry {
  /// What `collectGarbage` would remove now.  Changes nothing; the registry may be open for reading.
  ///
  /// - Parameters:
  ///   - days: leaves alone what was deleted within so many days.
  ///   - includesNamed: whether datasets that have a name, but no run that stays, count as garbage too.
  public func garbage(olderThanDays days: Int = 0, includingNamedDatasets includesNamed: Bool = false) throws -> GarbageReport {
    try expectSoundStructure()
    return try snapshot {
      let plan = try garbagePlan(days, includesNamed)
      var report = GarbageReport()
      report.versions = plan.versions.count
      report.runs = plan.runs.count
      report.experiments = plan.experiments.count
      report.datasets = plan.datasets.count
      report.models = plan.models.count
      report.tensors = plan.tensors.count
      report.metrics = plan.runs.reduce(0) { $0 + $1.metrics }
      report.unfinished = plan.contents.count(where: \.isUnfinished)
      report.bytes = plan.runs.reduce(0) { $0 + $1.bytes } + plan.tensors.reduce(0) { $0 + $1.bytes }
      report.bytes += plan.pieces.reduce(0) { $0 + $1.bytes } + plan.contents.reduce(0) { $0 + $1.bytesOutside }
      let files = Set(plan.contents.filter(\.isFile).map(\.id))
      report.files = files.count
      report.fileBytes = plan.contents.reduce(0) { $0 + ($1.isFile ? $1.bytesOutside : 0) }
      report.fileBytes += plan.pieces.reduce(0) { $0 + (files.contains($1.content) ? $1.bytes : 0) }
      for stray in try strayFiles() { report.add(stray) }
      report.keptParents = plan.keptParents
      report.unusedDatasets = plan.unusedDatasets
      report.removedDatasets = Array(plan.datasetTitles.values).sortedByBytes()
      report.fileBytesBefore = try fileSize().bytes
      report.fileBytesAfter = report.fileBytesBefore
      return report
    }
  }

  /// Removes for good what is deleted and nothing living needs: versions, runs with their metrics, datasets without a name and a run,
  /// tensors, contents that were never finished.  Then, unless `compacting` is false, shrinks the file when over a tenth of it is free.
  ///
  /// The parents of fine-tuned versions stay, the history of aliases stays, and so does a model that ever had a version, so that no
  /// number is given twice.  An import of a large file that is going on in another process may have to store tensors again.
  public func collectGarbage(
    olderThanDays days: Int = 0, compacting: Bool = true, includingNamedDatasets includesNamed: Bool = false
  ) throws -> GarbageReport {
    try expectSoundStructure()
    let plan = try snapshot { try garbagePlan(days, includesNamed) }
    let sizeBefore = try reading { try fileSize().bytes }
    var report = try remove(plan)
    report.fileBytesBefore = sizeBefore
    report.compaction = try compacting ? compact() : .none
    report.fileBytesAfter = try reading { try fileSize().bytes }
    return report
  }

  /// Stands in a reading.
  private func garbagePlan(_ days: Int, _ includesNamed: Bool) throws -> GarbagePlan {
    let deleted = try connection.query(
      "SELECT id, \(RunProcess.columns) FROM runs WHERE status = 'running' AND deleted_at IS NOT NULL"
    ) { row in (id: try row.int64(0), process: try RunProcess(row, from: 1)) }
    return try GarbagePlan(
      connection, deletedUpTo: deletionLimit(days), includingNamedDatasets: includesNamed,
      living: deleted.filter { RunLiveness.isAlive($0.process) }.map(\.id))
  }

  private func expectSoundStructure() throws {
    guard let problem = try structureProblems().first else { return }
    throw StoreError.corrupt(path: path, problem: "\(problem.place): \(problem.what)")
  }

  /// Removes what a plan names and nothing needs still.
  func remove(_ plan: GarbagePlan) throws -> GarbageReport {
    var report = GarbageReport()
    report.keptParents = plan.keptParents
    report.unusedDatasets = plan.unusedDatasets
    // Runs without a version first, then version by version from the newest: a run goes with the last of its versions, so when a
    // version is reached the runs that were fine-tuned from it are gone.
    let runs = Dictionary(uniqueKeysWithValues: plan.runs.map { ($0.id, $0) })
    func removeRun(_ run: GarbagePlan.Run) throws {
      guard try remove("runs", run.id, unless: "deleted_at IS NULL OR EXISTS (SELECT 1 FROM model_versions WHERE run_id = ?1)") else {
        return
      }
      report.runs += 1
      report.metrics += run.metrics
      report.bytes += run.bytes
    }
    try inBatches(plan.runs, removeRun)
    try inBatches(plan.versions) { version in
      let isNeeded = "deleted_at IS NULL OR EXISTS (SELECT 1 FROM runs WHERE parent_version_id = ?1)"
      if try remove("model_versions", version.id, unless: isNeeded) { report.versions += 1 }
      if let run = runs[version.run] { try removeRun(run) }
    }
    try inBatches(plan.experiments) { experiment in
      if try remove("experiments", experiment, unless: "deleted_at IS NULL OR EXISTS (SELECT 1 FROM runs WHERE experiment_id = ?1)") {
        report.experiments += 1
      }
    }
    try inBatches(plan.datasets) { dataset in
      let isUsed = "EXISTS (SELECT 1 FROM runs WHERE dataset_id = ?1)"
      if plan.includesNamed { try connection.execute("DELETE FROM dataset_names WHERE dataset_id = ?1 AND NOT \(isUsed)", dataset) }
      if try remove("datasets", dataset, unless: "EXISTS (SELECT 1 FROM dataset_names WHERE dataset_id = ?1) OR \(isUsed)") {
        report.datasets += 1
        report.removedDatasets.append(plan.datasetTitles[dataset] ?? "")
      }
    }
    report.removedDatasets = report.removedDatasets.sortedByBytes()
    try inBatches(plan.tensors) { tensor in
      let isNeeded = """
        EXISTS (SELECT 1 FROM version_tensors WHERE tensor_id = ?1) OR EXISTS (SELECT 1 FROM dataset_tensors WHERE tensor_id = ?1)
        """
      guard try remove("tensors", tensor.id, unless: isNeeded) else { return }
      report.tensors += 1
      report.bytes += tensor.bytes
    }
    try removeContents(plan, &report)
    try inBatches(try reading { try strayFiles() }) { stray in if try remove(stray) { report.add(stray) } }
    try inBatches(plan.models) { model in
      let isNeeded = """
        next_version > 1 OR note IS NOT NULL OR EXISTS (SELECT 1 FROM model_tags WHERE model_id = ?1)
          OR EXISTS (SELECT 1 FROM runs WHERE model_id = ?1)
        """
      if try remove("models", model, unless: isNeeded) { report.models += 1 }
    }
    return report
  }

  func remove(_ table: String, _ id: Int64, unless isNeeded: String) throws -> Bool {
    try connection.execute("DELETE FROM \(table) WHERE id = ?1 AND NOT (\(isNeeded))", id)
    return connection.changes > 0
  }

  private static let batchDuration = Duration.milliseconds(50)

  /// Longer than the sleeps of whoever waits for the lock.
  private static let pauseMicroseconds: UInt32 = 5000

  func inBatches<T>(_ items: [T], _ body: (T) throws -> Void) throws {
    var rest = items[...]
    while !rest.isEmpty {
      rest = try writing {
        let start = ContinuousClock.now
        var rest = rest
        repeat { try body(rest.removeFirst()) } while !rest.isEmpty && ContinuousClock.now - start < Self.batchDuration
        return rest
      }
      if !rest.isEmpty { usleep(Self.pauseMicroseconds) }
    }
  }

  /// The time until which something must have been deleted to be removed.
  private func deletionLimit(_ days: Int) throws -> String {
    let limit = try connection.queryFirst("SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ?)", "-\(days) days") { row in try row.textOrNil(0)
    }
    // No registry is as old as what SQLite can't compute; and a clock that was set back makes nothing indelible.
    return days == 0 ? "9999-12-31T23:59:59.999Z" : (limit ?? nil) ?? ""
  }
}
