internal import SQLite
internal import Tensors

/// What this program needs of an MLflow database, and what it finds there.
///
/// MLflow 2.x and 3.x differ in tables that came later and in the workspaces of 3.x; a table that is there must have the columns that are
/// read.
struct MLflowSchema {
  let hasWorkspaces: Bool
  let hasAliases: Bool
  let hasDatasets: Bool
  let hasLoggedModels: Bool
  let hasLoggedModelMetrics: Bool
  let hasStorageLocation: Bool

  private struct Table {
    let name: String
    let columns: [String]
  }

  private static let needed = [
    Table(name: "experiments", columns: ["experiment_id", "name", "artifact_location", "lifecycle_stage", "creation_time"]),
    Table(name: "experiment_tags", columns: ["experiment_id", "key", "value"]),
    Table(
      name: "runs",
      columns: [
        "run_uuid", "name", "source_name", "source_version", "user_id", "status", "start_time", "end_time", "lifecycle_stage",
        "artifact_uri", "experiment_id",
      ]),
    Table(name: "metrics", columns: ["run_uuid", "key", "value", "timestamp", "step", "is_nan"]),
    Table(name: "params", columns: ["run_uuid", "key", "value"]),
    Table(name: "tags", columns: ["run_uuid", "key", "value"]),
    Table(name: "registered_models", columns: ["name", "description"]),
    Table(name: "registered_model_tags", columns: ["name", "key", "value"]),
    Table(name: "model_versions", columns: ["name", "version", "creation_time", "description", "current_stage", "source", "run_id"]),
    Table(name: "model_version_tags", columns: ["name", "version", "key", "value"]),
  ]
  private static let aliases = [Table(name: "registered_model_aliases", columns: ["name", "alias", "version"])]
  private static let datasets = [
    Table(
      name: "datasets",
      columns: [
        "dataset_uuid", "name", "digest", "dataset_source_type", "dataset_source", "dataset_schema", "dataset_profile",
      ]),
    Table(name: "inputs", columns: ["input_uuid", "source_type", "source_id", "destination_type", "destination_id"]),
    Table(name: "input_tags", columns: ["input_uuid", "name", "value"]),
  ]
  private static let loggedModels = [
    Table(name: "logged_models", columns: ["model_id", "name", "artifact_location", "source_run_id"])
  ]
  private static let loggedModelMetrics = [
    Table(name: "logged_model_metrics", columns: ["model_id", "metric_name", "metric_timestamp_ms", "metric_step", "metric_value"])
  ]

  init(_ connection: borrowing Connection, path: String) throws {
    let tables = Set(
      try connection.query("SELECT name FROM sqlite_schema WHERE type = 'table'") { row in Name(try row.text(0)) })
    // A view of that name could be anything.
    guard tables.contains("alembic_version") else { throw ForeignError(file: path, .notMLflow(missing: "table 'alembic_version'")) }
    guard tables.contains("runs") else { throw ForeignError(file: path, .notMLflow(missing: "table 'runs'")) }
    let versions = try connection.query("SELECT version_num FROM alembic_version LIMIT 9") { row in try row.text(0) }
    guard versions.count == 1 else { throw ForeignError(file: path, .severalSchemas(versions)) }

    var missing: [String] = []
    func columns(_ table: Table) throws -> Set<Name> {
      Set(try connection.query("SELECT name FROM pragma_table_xinfo(?)", table.name) { row in Name(try row.text(0)) })
    }
    /// Whether all of them are there; those that are must have their columns.
    func check(_ group: [Table], isNeeded: Bool = false) throws -> Bool {
      let isThere = group.contains { tables.contains(Name($0.name)) }
      guard isThere || isNeeded else { return false }
      for table in group {
        guard tables.contains(Name(table.name)) else {
          missing.append(table.name)
          continue
        }
        let found = try columns(table)
        missing += table.columns.filter { !found.contains(Name($0)) }.map { "\(table.name).\($0)" }
      }
      return true
    }
    _ = try check(Self.needed, isNeeded: true)
    hasAliases = try check(Self.aliases)
    hasDatasets = try check(Self.datasets)
    hasLoggedModels = try check(Self.loggedModels)
    hasLoggedModelMetrics = try check(Self.loggedModelMetrics)
    let versionColumns = try columns(Table(name: "model_versions", columns: []))
    hasStorageLocation = versionColumns.contains("storage_location")
    hasWorkspaces = versionColumns.contains("workspace")
    if hasWorkspaces {
      for table in ["experiments", "registered_models", "registered_model_tags", "model_version_tags", "registered_model_aliases"] {
        if !(try columns(Table(name: table, columns: [])).contains("workspace")) { missing.append("\(table).workspace") }
      }
    }
    guard missing.isEmpty else { throw ForeignError(file: path, .unknownSchema(version: versions[0], missing: missing)) }
  }
}
