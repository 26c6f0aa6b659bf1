internal import SQLite
internal import Tensors

extension MLflowDatabase {
  /// What names a registered model: its name is unique within its workspace.
  private struct ModelKey: Hashable {
    let workspace: Name
    let name: Name
  }

  private struct Logged {
    let location: String
    let run: String?
  }

  public func models() throws -> [ForeignModel] {
    try reading {
      let workspace = schema.hasWorkspaces ? "workspace" : "'\(Self.defaultWorkspace)'"
      var models: [ForeignModel] = []
      var places: [ModelKey: Int] = [:]
      let stored = try connection.query("SELECT \(workspace), name, description FROM registered_models ORDER BY 1, 2") { row in
        (workspace: try row.text(0), name: try row.text(1), note: try row.textOrNil(2))
      }
      for (workspace, name, note) in stored {
        var model = ForeignModel(name: Self.name(name, workspace: workspace, separator: "."))
        model.note = note.flatMap { $0.isEmpty ? nil : $0 }
        model.tags = try pairs("SELECT key, value FROM registered_model_tags WHERE name = ?\(scope(workspace)) ORDER BY key", name)
        model.versions = try versions(name, workspace: workspace)
        places[ModelKey(workspace: Name(workspace), name: Name(name))] = models.count
        models.append(model)
      }
      guard schema.hasAliases else { return models }
      let aliases = try connection.query("SELECT \(workspace), name, alias, version FROM registered_model_aliases ORDER BY 1, 2, 3") {
        row in
        (
          key: ModelKey(workspace: Name(try row.text(0)), name: Name(try row.text(1))), alias: try row.text(2), version: try row.int64(3)
        )
      }
      for (key, alias, version) in aliases {
        if let place = places[key] { models[place].aliases.append((alias, version)) }
      }
      return models
    }
  }

  /// A condition for one workspace; its name is quoted, as it comes from the file.
  private func scope(_ workspace: String) -> String {
    guard schema.hasWorkspaces else { return "" }
    let quoted = workspace.unicodeScalars.reduce(into: "") { $0 += $1 == "'" ? "''" : String($1) }
    return " AND workspace = '\(quoted)'"
  }

  private func versions(_ name: String, workspace: String) throws -> [ForeignVersion] {
    let stored = try connection.query(
      """
      SELECT version, creation_time, description, current_stage, source, run_id, \(schema.hasStorageLocation ? "storage_location" : "NULL")
      FROM model_versions WHERE name = ?\(scope(workspace)) AND coalesce(current_stage, '') <> 'Deleted_Internal' ORDER BY version
      """, name
    ) { row in
      let number = try row.int64(0)
      let createdAt = try row.int64OrNil(1)
      let uuid = SourceUUID.derived(from: "mlflow version", workspace, name, String(number), String(createdAt ?? 0))
      var version = ForeignVersion(uuid: uuid, number: number)
      version.createdAt = createdAt
      version.note = try row.textUnlessEmpty(2)
      version.stage = ForeignVersion.stage(try row.textUnlessEmpty(3))
      version.source = try row.textUnlessEmpty(4)
      return (version: version, run: try row.textUnlessEmpty(5), storage: try row.textUnlessEmpty(6))
    }
    return try stored.map { item in
      var version = item.version
      version.tags = try pairs(
        "SELECT key, value FROM model_version_tags WHERE name = ? AND version = ?\(scope(workspace)) ORDER BY key", name, version.number)
      try locate(&version, run: item.run, storage: item.storage)
      return version
    }
  }

  /// Finds out where a version's files stand: of a logged model, of a run, or at a location of their own.
  private func locate(_ version: inout ForeignVersion, run: String?, storage: String?) throws {
    let source = version.source.map(MLflowSource.init)
    version.run = run.map(SourceUUID.ofMLflow)
    version.artifactOwner = run
    switch source {
    case .loggedModel(let id)?:
      guard let logged = try logged(id) else { break }
      if version.run == nil { version.run = logged.run.map(SourceUUID.ofMLflow) }
      (version.artifactLocation, version.artifactOwner) = (logged.location, id)
      version.metrics = try metrics(ofLogged: id)
      return
    case .run(let id, let subfolder)?:
      // MLflow 3 keeps what a run logged as a model elsewhere, by the name that it was logged under.
      if let (model, logged) = try logged(of: id, name: subfolder) {
        (version.artifactLocation, version.artifactOwner) = (logged.location, model)
        version.metrics = try metrics(ofLogged: model)
      } else if let location = try connection.queryFirst(
        "SELECT artifact_uri FROM runs WHERE run_uuid = ?", id, row: { row in try row.textOrNil(0) }) ?? nil
      {
        (version.artifactLocation, version.artifactOwner) = (MLflowSource.join(location, subfolder), id)
      }
      return
    case .location(let location)?:
      version.artifactLocation = location
      return
    case nil: break
    }
    version.artifactLocation = storage
  }

  private func logged(_ id: String) throws -> Logged? {
    guard schema.hasLoggedModels else { return nil }
    return try connection.queryFirst("SELECT artifact_location, source_run_id FROM logged_models WHERE model_id = ?", id) { row in
      Logged(location: try row.text(0), run: try row.textOrNil(1))
    }
  }

  private func logged(of run: String, name: String) throws -> (id: String, model: Logged)? {
    guard schema.hasLoggedModels else { return nil }
    return try connection.queryFirst(
      "SELECT model_id, artifact_location FROM logged_models WHERE source_run_id = ? AND name = ? ORDER BY creation_timestamp_ms DESC",
      run, name
    ) { row in (try row.text(0), Logged(location: try row.text(1), run: run)) }
  }

  /// The newest value of each.
  private func metrics(ofLogged id: String) throws -> [(key: String, value: Double)] {
    guard schema.hasLoggedModelMetrics else { return [] }
    var metrics: [(key: String, value: Double)] = []
    let stored = try connection.query(
      """
      SELECT metric_name, metric_value FROM logged_model_metrics WHERE model_id = ? ORDER BY metric_name, metric_step, metric_timestamp_ms
      """, id
    ) { row in (key: try row.text(0), value: try row.doubleOrNil(1).map(Self.value) ?? .nan) }
    for (key, value) in stored {
      if metrics.last?.key.hasSameBytes(as: key) == true { metrics.removeLast() }
      metrics.append((key, value))
    }
    return metrics
  }
}

/// What the source of a version names.
enum MLflowSource {
  /// `models:/m-0123…`
  case loggedModel(String)
  /// `runs:/0123…/model`
  case run(String, subfolder: String)
  case location(String)

  init(_ text: String) {
    if let id = Self.rest(of: text, after: "models:/"), id.hasPrefix("m-") {
      self = .loggedModel(id)
    } else if let rest = Self.rest(of: text, after: "runs:/") {
      let parts = rest.utf8.split(separator: 0x2f, maxSplits: 1).map { String(Substring($0)) }
      self = .run(parts.first ?? "", subfolder: parts.count > 1 ? parts[1] : "")
    } else {
      self = .location(text)
    }
  }

  private static func rest(of text: String, after prefix: String) -> String? {
    guard text.utf8.starts(with: prefix.utf8) else { return nil }
    return String(Substring(text.utf8.dropFirst(prefix.utf8.count).drop { $0 == 0x2f }))
  }

  static func join(_ location: String, _ subfolder: String) -> String {
    subfolder.isEmpty ? location : location + (location.hasSuffix("/") ? "" : "/") + subfolder
  }
}
