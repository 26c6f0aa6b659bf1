internal import SQLite
public import Tensors

/// A file of a run.
public struct ArtifactRecord: Sendable, Hashable {
  @Name public internal(set) var path: String
  public let byteCount: Int
  /// SHA-256 of its bytes, in lower-case hex.
  public let digest: String
  public let createdAt: String
}

extension Registry {
  /// The files of a run, by path.  Stands in a reading.
  func artifacts(run: Int) throws -> [ArtifactRecord] {
    var paths: Set<Name> = []
    return try connection.query(
      """
      SELECT f.path, c.byte_count, c.digest, f.created_at FROM run_files AS f JOIN contents AS c ON c.id = f.content_id
      WHERE f.run_id = ? ORDER BY f.path
      """, run
    ) { row in
      let path = try row.text(0)
      // In a damaged file a walk may come back to where it has been.
      guard paths.insert(Name(path)).inserted else { throw RegistryError.rotten(what: "the files of run \(run)", path: self.path) }
      return ArtifactRecord(path: path, byteCount: try row.int(1), digest: try row.text(2), createdAt: try row.text(3))
    }
  }

  /// Writes the files of a version whose row has just been stored, and says how many there are.  Without the trigger, which would count them
  /// at each: 10,000 files would take three seconds.  Stands in a transaction.
  func link(_ files: [(path: String, contents: Int64)], toVersion version: Int64) throws {
    try connection.withoutTriggers {
      var insert = try connection.prepare("INSERT INTO version_files (version_id, path, content_id) VALUES (?, ?, ?)")
      for file in files {
        try insert.bind(version, file.path, file.contents)
        try insert.run()
      }
    }
  }
}
