internal import SQLite
internal import Tensors

extension Registry {
  /// A run with all that it was told and measured.
  public struct RunRecord: Sendable {
    public let run: Int
    public let uuid: String
    public let kind: RunKind
    /// Nil for a logged run that has no version yet.
    public let model: String?
    public let experiment: String
    public let name: String?
    public let user: String?
    /// The file or the command.
    public let source: String?
    /// The run that it is a part of, and those that are a part of it.
    public let parentRun: Int?
    public let childRuns: [Int]
    public let gitCommit: String?
    /// Whether files differed from that commit.
    public let isDirty: Bool?
    /// Of a command that was recorded.
    public let exitCode: Int?
    /// What it says it read.
    public let datasets: [RunDataset]
    public let files: [ArtifactRecord]
    public let notes: [NoteRecord]
    public let dataset: String?
    /// One whose process has gone counts as interrupted.
    public let status: RunStatus
    /// How many epochs were done at its newest checkpoint; nil where there is none.
    public let checkpointEpoch: Int?
    public let seed: Int?
    public let startedAt: String
    public let endedAt: String?
    public let error: String?
    public let note: String?
    public let deletedAt: String?
    public let programVersion: String?
    /// The versions that came of it.
    public let versions: [Int]
    /// `name/2` of the version that it was fine-tuned from.
    public let parent: String?
    /// By key, each with its spelling.
    public let writtenParams: [(key: String, value: ParamValue)]
    /// By key.
    public var params: [(key: String, value: CellValue)] { writtenParams.map { (key: $0.key, value: $0.value.value) } }
    public let tags: [(key: String, value: CellValue)]
    /// Each metric's values by step; of a step that was logged again, the newest.
    public let metrics: [(key: String, values: [(step: Int, value: Double)])]
  }

  /// Everything about a run.  Throws when there is none, or when its params or metrics aren't what was sealed.
  public func run(_ id: Int) throws -> RunRecord {
    try snapshot {
      let params = try params(run: id)
      let tags = try tags(run: id)
      let metrics = try metrics(run: id)
      let versions = try connection.query("SELECT version FROM model_versions WHERE run_id = ? ORDER BY id", id) { row in try row.int(0) }
      let children = try connection.query("SELECT id FROM runs WHERE parent_run_id = ? ORDER BY id", id) { row in try row.int(0) }
      let datasets = try datasets(readBy: id)
      let files = try artifacts(run: id)
      let notes = try notes(of: .run, id: Int64(id))
      let record = try connection.queryFirst(
        """
        SELECT r.uuid, r.kind, m.name, r.status, r.seed, r.started_at, r.ended_at, r.error, r.note, r.program_version, r.digest,
          coalesce((SELECT min(name) FROM dataset_names WHERE dataset_id = r.dataset_id),
            (SELECT substr(digest, 1, 12) FROM datasets WHERE id = r.dataset_id)),
          (SELECT pm.name || '/' || p.version FROM model_versions AS p JOIN models AS pm ON pm.id = p.model_id
            WHERE p.id = r.parent_version_id),
          (SELECT epoch FROM checkpoints WHERE run_id = r.id), r.deleted_at, \(RunProcess.columns),
          (SELECT name FROM experiments WHERE id = coalesce(r.experiment_id, 0)), r.name, r.user, r.source, r.parent_run_id, r.git_commit,
          r.is_dirty, r.exit_code
        FROM runs AS r LEFT JOIN models AS m ON m.id = r.model_id WHERE r.id = ?
        """, id
      ) { row in
        let status = try status(row.text(3), ofRun: id)
        let isGone = try status == .running && !RunLiveness.isAlive(try RunProcess(row, from: 15))
        return RunRecord(
          run: id, uuid: try row.text(0), kind: try kind(row.text(1), ofRun: id), model: try row.textOrNil(2),
          experiment: try row.textOrNil(22) ?? Self.defaultExperiment, name: try row.textOrNil(23), user: try row.textOrNil(24),
          source: try row.textOrNil(25), parentRun: try row.intOrNil(26), childRuns: children, gitCommit: try row.textOrNil(27),
          isDirty: try row.intOrNil(28).map { $0 == 1 }, exitCode: try row.intOrNil(29), datasets: datasets, files: files, notes: notes,
          dataset: try row.textOrNil(11),
          status: isGone ? .interrupted : status, checkpointEpoch: try row.intOrNil(13), seed: try row.intOrNil(4),
          startedAt: try row.text(5), endedAt: try row.textOrNil(6), error: try row.textOrNil(7), note: try row.textOrNil(8),
          deletedAt: try row.textOrNil(14), programVersion: try row.textOrNil(9), versions: versions,
          parent: try row.textOrNil(12), writtenParams: params, tags: tags, metrics: metrics)
      }
      guard let record else { throw try noSuchRun(id) }
      try checkSeal(ofRun: id)
      return record
    }
  }

  /// Throws unless what a run is, its params and its metrics are what was sealed at its end.  Only a run that may go on has no seal.
  func checkSeal(ofRun id: Int) throws {
    let found = try connection.queryFirst("SELECT status, digest, kind FROM runs WHERE id = ?", id) { row in
      _ = try kind(row.text(2), ofRun: id)
      return (status: try status(row.text(0), ofRun: id), digest: try row.textOrNil(1))
    }
    guard let found else { return }
    let isSound =
      switch (found.status, found.digest) {
      case (.scheduled, nil), (.running, nil), (.interrupted, nil), (.failed, nil), (.killed, nil): true
      case (.finished, let digest?), (.failed, let digest?), (.killed, let digest?), (.interrupted, let digest?):
        try runDigest(id) == digest
      case (.finished, nil): throw StoreError.unsealedRun(id: id, path: path)
      case (.scheduled, _?), (.running, _?): false
      }
    guard isSound else { throw rotten(run: id) }
  }

  /// The status of a run's row.  Throws for a word that this program doesn't know.
  func status(_ text: String, ofRun id: Int) throws -> RunStatus {
    guard let status = RunStatus(rawValue: text) else { throw rotten(run: id) }
    return status
  }

  /// The kind of a run's row.  Throws for a word that this program doesn't know.
  func kind(_ text: String, ofRun id: Int) throws -> RunKind {
    guard let kind = RunKind(rawValue: text) else { throw rotten(run: id) }
    return kind
  }

  private func rotten(run id: Int) -> StoreError { .rotten(what: "the record of run \(id)", path: path) }

  // Rows come in the order of their keys, each once.  In a damaged file a walk may come back to where it has been, and never end.

  private func tags(run: Int) throws -> [(key: String, value: CellValue)] {
    var keys: Set<Name> = []
    return try connection.query("SELECT key, value FROM tags WHERE run_id = ? ORDER BY key", run) { row in
      let key = try row.text(0)
      guard keys.insert(Name(key)).inserted else { throw rotten(run: run) }
      return (key: key, value: CellValue(try row.value(1)))
    }
  }

  /// The params of a run by key, each with its spelling.
  func params(run: Int) throws -> [(key: String, value: ParamValue)] {
    var keys: Set<Name> = []
    return try connection.query("SELECT key, value, text FROM params WHERE run_id = ? ORDER BY key", run) { row in
      let key = try row.text(0)
      guard keys.insert(Name(key)).inserted else { throw rotten(run: run) }
      return (key: key, value: ParamValue(stored: CellValue(try row.value(1)), spelling: try row.textOrNil(2)))
    }
  }

  private func metrics(run: Int) throws -> [(key: String, values: [(step: Int, value: Double)])] {
    var result: [(key: String, values: [(step: Int, value: Double)])] = []
    // In key order, and within a step the newest last: it replaces the one before.
    var statement = try connection.prepare("SELECT key, step, value, seq FROM metrics WHERE run_id = ? ORDER BY key, step, seq")
    try statement.bind(run)
    var order = MetricOrder()
    while try statement.step() {
      let key = try statement.text(0)
      let point = (step: try statement.int(1), value: try statement.doubleOrNil(2) ?? .nan)
      let isNewKey = result.last.map { !$0.key.hasSameBytes(as: key) } ?? true
      if isNewKey { result.append((key, [])) }
      guard order.goesOn(isNewKey ? key : nil, Int64(point.step), try statement.int64(3)) else { throw rotten(run: run) }
      let last = result.count - 1
      if result[last].values.last?.step == point.step { result[last].values.removeLast() }
      result[last].values.append(point)
    }
    return result
  }

  /// Who and what a run came of, as its digest has it.  What a run hasn't leaves its digest what it was before there was such.
  private func provenance(run: Int) throws -> [String] {
    let columns = ["user", "source", "git_commit", "is_dirty"]
    let found = try connection.queryFirst("SELECT user, source, git_commit, CAST(is_dirty AS TEXT) FROM runs WHERE id = ?", run) { row in
      try (0..<4).map { try row.textOrNil($0) }
    }
    return zip(columns, found ?? []).compactMap { name, value in value.map { "\(name) \($0)" } }
  }

  /// SHA-256 over what a run is (uuid, kind, seed, start, dataset, parent, user, source, commit), its params by key, and its metrics by key, step and seq:
  /// what seals it at its end.
  func runDigest(_ run: Int) throws -> String {
    var builder = DigestBuilder()
    let identity = try connection.queryFirst(
      """
      SELECT uuid, kind, coalesce(CAST(seed AS TEXT), '-'), started_at, coalesce((SELECT digest FROM datasets WHERE id = dataset_id), '-'),
        coalesce((SELECT uuid FROM model_versions WHERE id = parent_version_id), '-')
      FROM runs WHERE id = ?
      """, run
    ) { row in try (0..<6).map { try row.text($0) } }
    for part in identity ?? [] { builder.update(netstring: part) }
    for part in try provenance(run: run) { builder.update(netstring: part) }
    for param in try params(run: run) {
      builder.update(netstring: param.key)
      switch param.value.value {
      case .integer(let number): builder.update(netstring: "i\(number)")
      case .real(let number): builder.update(netstring: "r\(String(number.bitPattern, radix: 16))")
      case .text(let text): builder.update(netstring: "t\(text)")
      case .null, .blob: builder.update(netstring: "-")
      }
      if let spelling = param.value.spelling { builder.update(netstring: "s\(spelling)") }
    }
    var statement = try connection.prepare(
      "SELECT key, step, seq, value, time FROM metrics WHERE run_id = ? ORDER BY key, step, seq")
    try statement.bind(run)
    var key: String?
    var order = MetricOrder()
    var block: [UInt64] = []
    func hashBlock() {
      unsafe block.withUnsafeBytes { unsafe builder.update($0) }
      block.removeAll(keepingCapacity: true)
    }
    while try statement.step() {
      let isNewKey = try key.map { try !statement.isText(0, $0) } ?? true
      if isNewKey {
        hashBlock()
        let next = try statement.text(0)
        builder.update(netstring: next)
        key = next
      }
      let (step, seq) = (try statement.int64(1), try statement.int64(2))
      guard order.goesOn(isNewKey ? key : nil, step, seq) else { throw rotten(run: run) }
      // step, seq, bits (NaN as 0x7ff8…), time: 32 bytes a row, little-endian.
      let bits = (try statement.doubleOrNil(3) ?? .nan).bitPattern
      block.append(UInt64(bitPattern: step).littleEndian)
      block.append(UInt64(bitPattern: seq).littleEndian)
      block.append(bits.littleEndian)
      block.append(UInt64(bitPattern: try statement.int64(4)).littleEndian)
      if block.count > 1 << 13 { hashBlock() }
    }
    hashBlock()
    return builder.finalize().hex
  }
}

/// How far a walk over the metrics of a run is.
private struct MetricOrder {
  private var keys: Set<Name> = []
  private var last: (step: Int64, seq: Int64) = (.min, .min)

  /// Whether a row, the first of a key if that is given, is none that came before.
  mutating func goesOn(_ newKey: String?, _ step: Int64, _ seq: Int64) -> Bool {
    if let newKey {
      guard keys.insert(Name(newKey)).inserted else { return false }
    } else if (step, seq) <= last {
      return false
    }
    last = (step, seq)
    return true
  }
}
