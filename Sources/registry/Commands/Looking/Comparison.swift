import ModelRegistry
import Tensors
import Training

/// Versions or runs side by side, for `compare`: all that was found, as JSON and CSV.
struct Comparison {
  /// A version's weights and predictions against those of the first.
  struct Pair {
    let reference: String
    let version: String
    let tensors: [TensorComparison]
    let files: [FileComparison]
    let agreement: AgreementResult
  }

  /// A file of a version against that of the first, by digest.
  struct FileComparison {
    enum Status: String { case equal, changed, added, removed }

    let path: String
    let first: VersionFile?
    let second: VersionFile?

    var status: Status {
      guard let first else { return .added }
      guard let second else { return .removed }
      return first.digest == second.digest ? .equal : .changed
    }

    /// Those of two versions, by path.
    static func all(_ first: VersionRecord, _ second: VersionRecord) -> [FileComparison] {
      let tables = [first, second].map { Dictionary($0.files.map { (Name($0.path), $0) }) { first, _ in first } }
      let paths = (first.files + second.files).map { Name($0.path) }
      return Set(paths).sorted().map { FileComparison(path: $0.text, first: tables[0][$0], second: tables[1][$0]) }
    }
  }

  /// A key with its value in each.
  struct Row {
    let key: String
    let values: [CellValue]

    var differs: Bool { values.dropFirst().contains { !$0.isSame(as: values[0]) } }
  }

  let titles: [String]
  let params: [Row]
  let metrics: [Row]
  /// Of runs: the best value of each metric whose name tells which direction is better, and the step of each.
  let best: [(row: Row, steps: [CellValue])]
  let pairs: [Pair]
  let curves: [LossCurves.Source]
  /// What of imported nets was guessed, a line each.
  var guesses: [String] = []
  private let subjects: (key: String, values: [JSONValue])

  /// Whether runs are compared: their metrics are the last that each logged.
  var isOfRuns: Bool { subjects.key == "runs" }

  init(versions: [(record: VersionRecord, run: Registry.RunRecord)], pairs: [Pair]) {
    titles = versions.map(\.record.title)
    params = Self.rows(versions.map { Self.told($0.run) })
    metrics = Self.rows(
      versions.map { record, run in
        // What a version itself says of its weights comes before the run's last values up to its step.
        let own: [(String, Double?)] =
          [("train_loss", record.trainLoss), ("test_loss", record.testLoss), ("accuracy", record.accuracy)]
          + record.metrics.map { ($0.key, $0.value) }
        return own.filter { $0.1 != nil }.map { ($0.0, CellValue($0.1)) } + Self.lastMetrics(run, upTo: record.step)
      })
    self.pairs = pairs
    best = []
    guesses = versions.compactMap { record, _ in record.architecture?.guessNote.map { "\(record.title): \($0)" } }
    curves = versions.map { LossCurves.Source(title: $0.record.title, run: $0.run) }
    subjects = (
      "versions",
      versions.map { record, run in
        .object([
          ("name", .string(record.title)), ("model", .string(record.model)), ("version", JSONValue(record.version)),
          ("aliases", .array(record.aliases.map { .string($0) })), ("run", JSONValue(record.run)), ("dataset", JSONValue(run.dataset)),
          ("parameters", JSONValue(record.parameterCount)), ("state_dict_digest", .string(record.stateDictDigest)),
          ("created_at", .string(record.createdAt)), ("step", record.step.map { JSONValue($0) } ?? .null),
          ("source", JSONValue(record.source)), ("description", JSONValue(record.description)),
          ("guessed", .array((record.architecture?.guessed ?? []).map { .string($0) })),
        ])
      }
    )
  }

  init(runs: [Registry.RunRecord]) {
    titles = runs.map { "run \($0.run)" }
    params = Self.rows(runs.map(Self.told))
    metrics = Self.rows(runs.map { Self.lastMetrics($0) })
    let found = runs.map { run in MetricSummary.all(run).filter { $0.count > 1 && $0.best != nil } }
    let values = Self.rows(found.map { $0.map { ($0.key, .real($0.best?.value ?? .nan)) } })
    let steps = Self.rows(found.map { $0.map { ($0.key, $0.best.map { CellValue($0.step) } ?? .null) } })
    best = zip(values, steps).map { (row: $0, steps: $1.values) }
    pairs = []
    curves = runs.map { LossCurves.Source(title: "run \($0.run)", run: $0) }
    subjects = ("runs", runs.map { .object(RunReport(run: $0).summary.map { ($0.0, JSONValue($0.1)) }) })
  }

  /// What a run was told: its params, and what stands beside them in the run's row.
  private static func told(_ run: Registry.RunRecord) -> [(String, CellValue)] {
    [("dataset", CellValue(run.dataset)), ("seed", run.seed.map { CellValue($0) } ?? .null), ("parent", CellValue(run.parent))]
      .filter { $0.1 != .null } + run.params.map { ($0.key, $0.value) }
  }

  /// What makes numbers of the same name different things; nil where nothing does.
  var note: String? {
    guard let weights = params.first(where: { $0.key == "class_weight" && $0.differs }) else { return nil }
    let weighted = titles.indices.filter { weights.values[$0] != .null }.map { titles[$0] }
    let shown = weighted.prefix(5).joined(separator: ", ") + (weighted.count > 5 ? " and \(weighted.count - 5) more" : "")
    return "train_loss of \(shown) is weighted by class (class_weight), the others' isn't: compare test_loss, which never is."
  }

  private static func lastMetrics(_ run: Registry.RunRecord, upTo step: Int? = nil) -> [(String, CellValue)] {
    run.lastMetrics(upTo: step).map { ($0.key, .real($0.value)) }
  }

  /// The keys of all in the order that they come in; a key's first value in each, null where it has none.
  private static func rows(_ columns: [[(String, CellValue)]]) -> [Row] {
    let tables = columns.map { Dictionary($0.map { (Name($0.0), $0.1) }) { first, _ in first } }
    return Self.distinct(columns.joined().map(\.0)).map { key in Row(key: key.text, values: tables.map { $0[key] ?? .null }) }
  }

  /// Each name once, in the order that they come in.
  private static func distinct(_ names: [String]) -> [Name] {
    var seen: Set<Name> = []
    return names.map { Name($0) }.filter { seen.insert($0).inserted }
  }

  var json: JSONValue {
    func object(_ rows: [Row]) -> JSONValue { .object(rows.map { ($0.key, .array($0.values.map { JSONValue($0) })) }) }
    var result: [(String, JSONValue)] = [
      (subjects.key, .array(subjects.values)), ("params", object(params)), ("metrics", object(metrics)),
      ("differing_params", .array(params.filter(\.differs).map { .string($0.key) })),
    ]
    if subjects.key == "versions" {
      let agreements = pairs.map { JSONValue($0.agreement.share) }
      result += [
        ("tensors", .array(pairs.flatMap { pair in pair.tensors.map { Self.json($0, pair) } })),
        ("files", .array(pairs.flatMap { pair in pair.files.map { Self.json($0, pair) } })),
        ("agreement", agreements.count == 1 ? agreements[0] : .array(agreements)),
        ("agreement_details", .array(pairs.map { .object([("version", .string($0.version))] + $0.agreement.json) })),
      ]
    }
    if isOfRuns {
      let pairs = best.map { row, steps in
        let values = zip(row.values, steps).map { JSONValue.object([("value", JSONValue($0)), ("step", JSONValue($1))]) }
        return (row.key, JSONValue.array(values))
      }
      result.append(("best_metrics", .object(pairs)))
    }
    if let note { result.append(("note", .string(note))) }
    result.append(
      (
        "curves",
        .array(
          curves.map { source in
            .object([
              ("name", .string(source.title)), ("train_loss", .array(source.values("train_loss").map { .real($0.value) })),
              (
                "test_loss",
                .array(source.values("test_loss").map { .object([("epoch", JSONValue($0.step)), ("value", .real($0.value))]) })
              ), ("metrics", .object(source.run.metrics.map { ($0.key, RunReport.json($0.values)) })),
            ])
          })
      ))
    return .object(result)
  }

  private static func json(_ tensor: TensorComparison, _ pair: Pair) -> JSONValue {
    func shape(_ kind: TensorComparison.Kind?) -> JSONValue { kind.map { .array($0.shape.map { JSONValue($0) }) } ?? .null }
    return .object([
      ("name", .string(tensor.name)), ("reference", .string(pair.reference)), ("version", .string(pair.version)),
      ("status", .string(tensor.status.rawValue)), ("l2", JSONValue(tensor.difference?.l2)),
      ("max_abs", JSONValue(tensor.difference?.maxAbs)), ("cosine", JSONValue(tensor.difference?.cosine)),
      ("changed", JSONValue(tensor.difference?.changed)),
      ("dtypes", .array([JSONValue(tensor.first?.dtype), JSONValue(tensor.second?.dtype)])),
      ("shapes", .array([shape(tensor.first), shape(tensor.second)])),
      ("digests", .array([JSONValue(tensor.first?.digest), JSONValue(tensor.second?.digest)])),
    ])
  }

  private static func json(_ file: FileComparison, _ pair: Pair) -> JSONValue {
    .object([
      ("path", .string(file.path)), ("reference", .string(pair.reference)), ("version", .string(pair.version)),
      ("status", .string(file.status.rawValue)),
      ("bytes", .array([file.first, file.second].map { $0.map { JSONValue($0.byteCount) } ?? .null })),
      ("digests", .array([JSONValue(file.first?.digest), JSONValue(file.second?.digest)])),
    ])
  }

  /// A row for each thing compared, a column for each version or run; what is measured against the first has no value there.
  var csv: String {
    var rows = params.map { [.text("param"), .text($0.key)] + $0.values } + metrics.map { [.text("metric"), .text($0.key)] + $0.values }
    for (row, steps) in best { rows += [[.text("best"), .text(row.key)] + row.values, [.text("best step"), .text(row.key)] + steps] }
    func append(_ kind: String, _ name: String, _ value: (Pair) -> CellValue) {
      rows.append([.text(kind), .text(name), .null] + pairs.map(value))
    }
    for name in Self.distinct(pairs.flatMap(\.tensors).map(\.name)).map(\.text) {
      func tensor(_ pair: Pair) -> TensorComparison? { pair.tensors.first { $0.name.hasSameBytes(as: name) } }
      append("tensor status", name) { CellValue(tensor($0)?.status.rawValue) }
      append("tensor l2", name) { CellValue(tensor($0)?.difference?.l2) }
      append("tensor max_abs", name) { CellValue(tensor($0)?.difference?.maxAbs) }
      append("tensor cosine", name) { CellValue(tensor($0)?.difference?.cosine) }
      append("tensor changed", name) { CellValue(tensor($0)?.difference?.changed) }
    }
    for path in Self.distinct(pairs.flatMap(\.files).map(\.path)).map(\.text) {
      append("file status", path) { CellValue($0.files.first { $0.path.hasSameBytes(as: path) }?.status.rawValue) }
    }
    if !pairs.isEmpty { append("agreement", "") { CellValue($0.agreement.share) } }
    return csvText(columns: ["kind", "name"] + titles, rows: rows)
  }
}

extension AgreementResult {
  /// The share of rows with one class; nil for regression, and where there is nothing to compare.
  var share: Double? {
    if case .found(let agreement, _) = self { agreement.share } else { nil }
  }

  fileprivate var json: [(String, JSONValue)] {
    switch self {
    case .found(let agreement, let dataset):
      [
        ("agreement", JSONValue(agreement.share)), ("dataset", .string(dataset)), ("part", .string("test")),
        ("rows", JSONValue(agreement.rows)), ("mean_abs", JSONValue(agreement.meanAbsoluteDifference)),
        ("max_abs", JSONValue(agreement.maxAbsoluteDifference)),
        ("note", agreement.share == nil ? .string("numbers are predicted: see mean_abs and max_abs") : .null),
      ]
    case .none(let problem): [("agreement", .null), ("note", .string(problem.description))]
    }
  }
}

extension CellValue {
  /// Equal as people see it: 1 and 1.0 are, and NaN is itself.
  fileprivate func isSame(as other: CellValue) -> Bool {
    switch (self, other) {
    case (.integer(let a), .real(let b)), (.real(let b), .integer(let a)): Double(a) == b
    case (.real(let a), .real(let b)): a == b || (a.isNaN && b.isNaN)
    default: self == other
    }
  }
}
