internal import Files
internal import SQLite
internal import Tensors

/// A database of MLflow 2.x or 3.x on SQLite.
///
/// It is only read, and by short statements: a server that writes to it meanwhile waits for none of them.
public final class MLflowDatabase: ForeignSource {
  public let format = "mlflow"
  let connection: Connection
  let path: String
  let schema: MLflowSchema
  private let places: ArtifactPlaces

  /// The default workspace of MLflow 3, whose names stand alone.
  static let defaultWorkspace = "default"

  /// `artifacts` is the folder in which a server kept them, or to which they were moved; else they are looked for beside the database.
  public init(_ path: String, artifacts: String? = nil) throws {
    do throws(SQLiteError) { connection = try Connection(path: path, mode: .readOnly) } catch { throw ForeignError(error, path) }
    self.path = path
    do { schema = try MLflowSchema(connection, path: path) } catch let error as SQLiteError { throw ForeignError(error, path) }
    places = try ArtifactPlaces(given: artifacts, besides: path.pathFolder)
  }

  /// SQLite's errors as this room's.
  func reading<T>(_ body: () throws -> T) throws -> T {
    do { return try body() } catch let error as SQLiteError { throw ForeignError(error, path) }
  }

  public func experiments() throws -> [ForeignExperiment] {
    try reading {
      var tags: [Int64: [ForeignPair]] = [:]
      let stored = try connection.query("SELECT experiment_id, key, value FROM experiment_tags ORDER BY experiment_id, key") { row in
        (id: try row.int64(0), pair: ForeignPair(try row.text(1), try row.textOrNil(2) ?? ""))
      }
      for (id, pair) in stored { tags[id, default: []].append(pair) }
      return try connection.query(
        """
        SELECT experiment_id, name, artifact_location, lifecycle_stage, creation_time, \(schema.hasWorkspaces ? "workspace" : "NULL")
        FROM experiments ORDER BY experiment_id
        """
      ) { row in
        let id = try row.int64(0)
        var experiment = ForeignExperiment(
          id: String(id), name: Self.name(try row.text(1), workspace: try row.textOrNil(5), separator: "/"))
        experiment.artifactLocation = try row.textOrNil(2)
        experiment.isDeleted = try row.textOrNil(3) == "deleted"
        experiment.createdAt = try row.int64OrNil(4)
        experiment.tags = tags[id] ?? []
        experiment.readMLflowTags()
        return experiment
      }
    }
  }

  /// Of other workspaces than the default one the names have the workspace before them.
  static func name(_ name: String, workspace: String?, separator: String) -> String {
    guard let workspace, workspace != defaultWorkspace else { return name }
    return workspace + separator + name
  }

  public func files(of run: ForeignRun) throws -> ForeignFiles {
    guard let location = run.artifactLocation else { return ForeignFiles() }
    return try places.files(at: location, owner: run.id)
  }

  public func files(of version: ForeignVersion) throws -> ForeignFiles {
    guard let location = version.artifactLocation else { return ForeignFiles() }
    return try places.files(at: location, owner: version.artifactOwner)
  }

  public var remarks: [ForeignRemark] { [] }
}

extension ForeignError {
  init(_ error: SQLiteError, _ path: String) {
    if error.isMissingFile {
      self.init(file: path, .noSuchFile)
    } else if error.isDirectory {
      self.init(file: path, .notAFile)
    } else if error.isNotADatabase {
      self.init(file: path, .notMLflow(missing: "header of SQLite"))
    } else {
      self.init(file: path, .database(error.message))
    }
  }
}

extension Statement {
  /// A text; nil for NULL and for an empty one, which MLflow writes for the same.
  func textUnlessEmpty(_ column: Int) throws(SQLiteError) -> String? { try textOrNil(column).flatMap { $0.isEmpty ? nil : $0 } }
}
