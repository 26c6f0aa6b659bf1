import ModelRegistry
import Tensors

/// Everything about a run, for `show`: as JSON, and the line of CSV.
struct RunReport {
  let run: Registry.RunRecord
  /// The versions that came of it, with their models and steps.
  var versions: [RunVersion] = []

  init(run: Registry.RunRecord, versions: [RunVersion] = []) {
    self.run = run
    self.versions = versions
  }

  init(run number: Int, in registry: Registry) throws {
    self.init(run: try registry.run(number), versions: try registry.versions(ofRun: number))
  }

  private var trainLoss: [Double] { run.metrics.first { $0.key == "train_loss" }?.values.map(\.value) ?? [] }

  /// The last value of each metric.
  private var lastMetrics: [(String, Double)] {
    run.metrics.compactMap { metric in metric.values.last.map { (metric.key, $0.value) } }
  }

  var summary: [(String, CellValue)] {
    [
      ("run", CellValue(run.run)), ("model", CellValue(run.model)), ("status", .text(run.status.rawValue)),
      ("kind", .text(run.kind.rawValue)),
      ("version", run.versions.last.map { CellValue($0) } ?? .null), ("dataset", CellValue(run.dataset)),
      ("seed", run.seed.map { CellValue($0) } ?? .null), ("started_at", .text(run.startedAt)), ("ended_at", CellValue(run.endedAt)),
      ("error", CellValue(run.error)), ("note", CellValue(run.note)), ("deleted_at", CellValue(run.deletedAt)),
      ("program_version", CellValue(run.programVersion)),
      ("parent", CellValue(run.parent)), ("uuid", .text(run.uuid)), ("experiment", .text(run.experiment)), ("name", CellValue(run.name)),
      ("user", CellValue(run.user)), ("source", CellValue(run.source)), ("parent_run", run.parentRun.map { CellValue($0) } ?? .null),
      ("git_commit", CellValue(run.gitCommit)), ("is_dirty", run.isDirty.map { CellValue($0) } ?? .null),
      ("exit_code", run.exitCode.map { CellValue($0) } ?? .null),
    ]
  }

  var json: JSONValue {
    var pairs = summary.map { ($0.0, JSONValue($0.1)) }
    pairs.append(("params", paramsJSON))
    pairs.append(("written_params", .object(run.writtenParams.map { ($0.key, .string($0.value.text)) })))
    pairs.append(("tags", .object(run.tags.map { ($0.key, JSONValue($0.value)) })))
    pairs.append(("metrics", .object(lastMetrics.map { ($0.0, .real($0.1)) })))
    pairs.append(("metric_details", .object(MetricSummary.all(run).map { ($0.key, $0.json) })))
    // Curves as arrays over their steps; the test loss only where it was measured.
    pairs.append(("train_loss", .array(trainLoss.map { .real($0) })))
    let test = run.metrics.first { $0.key == "test_loss" }?.values ?? []
    pairs.append(("test_loss", .array(test.map { .object([("epoch", JSONValue($0.step)), ("value", .real($0.value))]) })))
    pairs.append(("history", .object(run.metrics.map { ($0.key, Self.json($0.values)) })))
    pairs.append(("child_runs", .array(run.childRuns.map { JSONValue($0) })))
    pairs.append(("versions", .array(versions.map(Self.json))))
    pairs.append(("datasets", .array(run.datasets.map(Self.json))))
    pairs.append(("files", .array(run.files.map { .object(zip(ArtifactList.columns, ArtifactList.row($0)).map { ($0, JSONValue($1)) }) })))
    pairs.append(("notes", .array(run.notes.map(\.json))))
    return .object(pairs)
  }

  var paramsJSON: JSONValue { .object(run.params.map { ($0.key, JSONValue($0.value)) }) }

  static func json(_ values: [(step: Int, value: Double)]) -> JSONValue {
    .object([("steps", .array(values.map { JSONValue($0.step) })), ("values", .array(values.map { .real($0.value) }))])
  }

  private static func json(_ version: RunVersion) -> JSONValue {
    .object([
      ("model", .string(version.model)), ("version", JSONValue(version.version)), ("step", version.step.map { JSONValue($0) } ?? .null),
      ("created_at", .string(version.createdAt)), ("deleted", .bool(version.isDeleted)),
    ])
  }

  private static func json(_ dataset: RunDataset) -> JSONValue {
    .object([
      ("name", .string(dataset.name)), ("digest", .string(dataset.digest)), ("context", JSONValue(dataset.context)),
      ("source_type", JSONValue(dataset.sourceType)), ("source", JSONValue(dataset.source)), ("schema", JSONValue(dataset.schema)),
      ("profile", JSONValue(dataset.profile)),
    ])
  }
}
