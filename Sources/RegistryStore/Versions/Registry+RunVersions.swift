internal import SQLite
public import Tensors

/// A version that came of a run, as the run's own report names it.
public struct RunVersion: Sendable, Hashable {
  @Name public private(set) var model: String
  public let version: Int
  /// Of a logged run: the step that it was saved at.
  public let step: Int?
  public let createdAt: String
  public let isDeleted: Bool

  init(model: String, version: Int, step: Int?, createdAt: String, isDeleted: Bool) {
    self.model = model
    self.version = version
    self.step = step
    self.createdAt = createdAt
    self.isDeleted = isDeleted
  }

  /// `name/3`.
  public var title: String { "\(model)/\(version)" }
}

extension Registry {
  /// The versions that came of a run, in the order that they were stored, deleted ones included.
  public func versions(ofRun run: Int) throws -> [RunVersion] {
    try snapshot {
      try connection.query(
        """
        SELECT m.name, v.version, v.step, v.created_at, v.deleted_at IS NOT NULL FROM model_versions AS v JOIN models AS m ON m.id = v.model_id
        WHERE v.run_id = ? ORDER BY v.id
        """, run
      ) { row in
        RunVersion(
          model: try row.text(0), version: try row.int(1), step: try row.intOrNil(2), createdAt: try row.text(3),
          isDeleted: try row.int(4) == 1)
      }
    }
  }
}
