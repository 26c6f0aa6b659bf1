internal import SQLite
internal import Tensors

// A logged run may go on after its end, in a copy of the registry too.  Where one of the two has all that the other has, it is the longer one,
// and both are the longer one after a merge.

extension MergePlan {
  /// A run of theirs as it is here.
  struct KnownRun {
    let id: Int64
    let kind: RunKind?
    let digest: String?
    let status: RunStatus?
    let endedAt: String?
    let isDeleted: Bool
    let isAlive: Bool
  }

  enum Side {
    case ours
    case theirs
  }

  func knownRun(_ uuid: String) throws -> KnownRun? {
    try ask(
      "SELECT id, kind, digest, status, ended_at, deleted_at IS NOT NULL, \(RunProcess.columns) FROM runs WHERE uuid = ?", uuid
    ) { row in
      let status = RunStatus(rawValue: try row.text(3))
      return KnownRun(
        id: try row.int64(0), kind: RunKind(rawValue: try row.text(1)), digest: try row.textOrNil(2), status: status,
        endedAt: try row.textOrNil(4), isDeleted: try row.int(5) == 1,
        isAlive: try status == .running && RunLiveness.isAlive(try RunProcess(row, from: 6)))
    }
  }

  /// Which of two logged runs of one uuid is the other one gone on; nil where each has something that the other hasn't, where somebody
  /// writes ours, and for runs that aren't logged.
  func longer(_ run: MergeSource.Run, here: KnownRun) throws -> Side? {
    guard let ours, run.kind == .log, here.kind == .log, !here.isAlive else { return nil }
    // Deleted here: it stays as it is.
    if here.isDeleted { return .ours }
    let isPart = try Self.isPart(ours, here.id, of: theirs, run.id)
    let contains = try Self.isPart(theirs, run.id, of: ours, here.id)
    switch (isPart, contains) {
    case (true, true): return here.endedAt.map { $0 < run.endedAt ?? "" } ?? true ? .theirs : .ours
    case (true, false): return .theirs
    case (false, true): return .ours
    case (false, false): return nil
    }
  }

  /// Whether a run has every param and every value of a metric of another one.
  private static func isPart(_ part: Registry, _ partID: Int64, of whole: Registry, _ wholeID: Int64) throws -> Bool {
    let queries = [
      "SELECT key, value, text FROM params WHERE run_id = ? ORDER BY key",
      "SELECT key, step, seq, value, time FROM metrics WHERE run_id = ? ORDER BY key, step, seq",
    ]
    for sql in queries {
      var rows = try part.connection.prepare(sql)
      try rows.bind(partID)
      var others = try whole.connection.prepare(sql)
      try others.bind(wholeID)
      while try rows.step() {
        // Both come in one order.
        repeat { guard try others.step() else { return false } } while try !isSame(rows, others)
      }
    }
    return true
  }

  private static func isSame(_ a: borrowing Statement, _ b: borrowing Statement) throws -> Bool {
    for column in 0..<a.columnCount where try a.value(column) != b.value(column) { return false }
    return true
  }

  // MARK: Files

  /// What a run that is here has as files there: those that ours lacks come in; of those that both have, ours stay.
  mutating func planAddedFiles(_ run: MergeSource.Run, here: KnownRun) throws {
    guard let ours, !here.isDeleted else { return }
    let sql = "SELECT f.path, c.digest FROM run_files AS f JOIN contents AS c ON c.id = f.content_id WHERE f.run_id = ? ORDER BY f.path"
    let theirFiles = try theirs.connection.query(sql, run.id) { row in (path: try row.text(0), digest: try row.text(1)) }
    guard !theirFiles.isEmpty else { return }
    let known = Dictionary(try ours.connection.query(sql, here.id) { row in (Name(try row.text(0)), try row.text(1)) }) { a, _ in a }
    for (path, digest) in theirFiles {
      guard let own = known[Name(path)] else {
        addedFiles.append((run, path))
        continue
      }
      guard own != digest else { continue }
      report.keptFiles.append(
        MergeReport.Conflict(name: "file \(path) of run \(here.id)", ours: String(own.prefix(12)), theirs: String(digest.prefix(12))))
    }
    report.addedFiles = addedFiles.count
  }

  /// The contents of what is new.
  mutating func planFiles() throws {
    var seen: Set<Name> = []
    func add(_ table: String, _ condition: String, _ values: (any ValueConvertible)?...) throws {
      var statement = try theirs.connection.prepare(
        "SELECT c.digest, c.byte_count FROM \(table) AS f JOIN contents AS c ON c.id = f.content_id WHERE \(condition) ORDER BY f.path")
      try statement.bind(values)
      let found = try statement.all { row in (digest: try row.text(0), bytes: try row.int(1)) }
      for (digest, bytes) in found where seen.insert(Name(digest)).inserted {
        guard try ask("SELECT 1 FROM contents WHERE digest = ?", digest, row: { _ in true }) == nil else { continue }
        files.append((digest, bytes))
      }
    }
    for step in steps {
      switch step {
      case .run(let run), .continued(let run): try add("run_files", "run_id = ?", run.id)
      case .version(let version): try add("version_files", "version_id = ?", version.id)
      }
    }
    for file in addedFiles { try add("run_files", "run_id = ? AND path = ?", file.run.id, file.path) }
    report.files = files.count
    report.fileBytes = files.reduce(0) { $0 + $1.bytes }
  }
}
