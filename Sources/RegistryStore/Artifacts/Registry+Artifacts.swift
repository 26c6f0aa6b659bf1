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

/// Whose files are meant.
public enum FileOwner: Sendable {
  case run(Int)
  case version(VersionRecord)

  /// `run 7` or `name/3`.
  public var title: String {
    switch self {
    case .run(let run): "run \(run)"
    case .version(let record): record.title
    }
  }
}

extension Registry {
  /// The files of a run or a version, by path; those of a version have its date.  Throws when there is no such run.
  public func files(of owner: FileOwner) throws -> [ArtifactRecord] {
    switch owner {
    case .run(let run):
      return try snapshot {
        _ = try existingRun(run)
        return try artifacts(run: run)
      }
    case .version(let record):
      return record.files.map {
        ArtifactRecord(path: $0.path, byteCount: $0.byteCount, digest: $0.digest, createdAt: record.createdAt)
      }
    }
  }

  /// A file by its path.  Throws when there is none; then the path that is spelt most like it is suggested.
  public func file(_ name: String, of owner: FileOwner) throws -> ArtifactRecord {
    let files = try files(of: owner)
    if let file = files.first(where: { $0.path.hasSameBytes(as: name) }) { return file }
    let below = files.count { $0.path.utf8.starts(with: "\(name)/".utf8) }
    let names = files.map(\.path)
    let problem =
      if below > 0 {
        "it is a folder of \(below) file\(below == 1 ? "" : "s"), not a file"
      } else if names.isEmpty {
        "\(owner.title) has no files"
      } else {
        "there is none of this name (there is \(examples(of: names, near: name, atMost: 8).map { "'\($0)'" }.joined(separator: ", ")))"
      }
    throw StoreError(
      .noSuchFile, "file '\(name)' of \(owner.title)", problem, path: path, name: name, names: names,
      suggestions: nearest(to: name, among: names).map { [$0] } ?? [])
  }

  /// Stores files of the disk, or all files of folders, with a run of any kind, ended or not; one that has the name already is replaced.
  ///
  /// - Parameter files: each with what it is called in the registry; nil is its own name.
  /// - Returns: what is stored of them.
  @discardableResult
  public func add(files: [(file: String, name: String?)], toRun run: Int) throws -> [ArtifactRecord] {
    let found = try files.flatMap { try filesOnDisk($0.file, as: $0.name) }
    if let name = found.map(\.name).firstRepeatedName() {
      throw StoreError(.duplicateFile, "file '\(name)'", "two of the files would have this name", path: path)
    }
    for (_, name) in found { try Self.checkFilePath(name, path: path) }
    try Self.checkFileTree(found.map(\.name), of: "run \(run)", path: path)
    try reading {
      try expectLive(run)
      for (_, name) in found { try checkFileTree(name, ofRun: Int64(run)) }
    }
    // Each by itself: a folder may hold more than one transaction should.
    for file in found {
      try staging({ [try StagedFile(file: file.file, as: file.name, in: self)] }) { staged in
        try expectLive(run)
        for file in staged { try insertArtifact(file, run: Int64(run)) }
      }
    }
    let names = Set(found.map { Name($0.name) })
    return try self.files(of: .run(run)).filter { names.contains(Name($0.path)) }
  }

  /// Throws for a run that isn't there, and for one that is deleted.
  private func expectLive(_ run: Int) throws {
    let id = try existingRun(run)
    let isDeleted = try connection.queryFirst("SELECT 1 FROM runs WHERE id = ? AND deleted_at IS NOT NULL", id) { _ in true } ?? false
    if isDeleted { throw StoreError.deletedRun(run, path: path) }
  }

  /// The row of a run's file.  Throws where its path is a folder of the run, or stands in a file of it.  Stands in a transaction.
  func insertArtifact(_ file: StagedFile, run: Int64) throws {
    try checkFileTree(file.name, ofRun: run)
    try connection.execute(
      """
      INSERT INTO run_files (run_id, path, content_id, created_at) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET content_id = excluded.content_id, created_at = excluded.created_at
      """, run, file.name, try file.seal(in: self), Timestamp.now.text)
  }

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
      guard paths.insert(Name(path)).inserted else { throw StoreError.rotten(what: "the files of run \(run)", path: self.path) }
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
