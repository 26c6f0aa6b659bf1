internal import Glibc
internal import SQLite
internal import Tensors

extension Registry {
  /// They are unsealed first, so that nobody takes them for whole while their pieces go, in as many transactions as it takes.
  func removeContents(_ plan: GarbagePlan, _ report: inout GarbageReport) throws {
    try inBatches(plan.contents) { content in
      try connection.execute(
        """
        UPDATE contents SET digest = NULL, byte_count = NULL
        WHERE id = ?1 AND digest IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tensors WHERE content_id = ?1)
          AND NOT EXISTS (SELECT 1 FROM run_files WHERE content_id = ?1) AND NOT EXISTS (SELECT 1 FROM version_files WHERE content_id = ?1)
        """, content.id)
    }
    let files = Set(plan.contents.filter(\.isFile).map(\.id))
    try inBatches(plan.pieces) { piece in
      // An id may have been given again meanwhile, to a piece of what another process is storing.
      let isNeeded = "content_id <> \(piece.content) OR (SELECT digest FROM contents WHERE id = content_id) IS NOT NULL"
      guard try remove("content_pieces", piece.id, unless: isNeeded) else { return }
      report.bytes += piece.bytes
      if files.contains(piece.content) { report.fileBytes += piece.bytes }
    }
    let folder = try ownFileFolder(&report)
    try inBatches(plan.contents) { content in
      guard try remove("contents", content.id, unless: "digest IS NOT NULL") else { return }
      if content.isUnfinished { report.unfinished += 1 }
      if content.isFile { report.files += 1 }
      guard content.isOutside, let folder, let digest = content.digest.flatMap({ Digest(hex: $0) }) else { return }
      report.bytes += content.bytesOutside
      if content.isFile { report.fileBytes += content.bytesOutside }
      // Somebody may have stored the same bytes again.
      if try contents(digest) == nil { try folder.remove(digest) }
    }
  }

  /// A file that was written or touched within this time may be about to be stored.
  static let strayFileSeconds = 3600

  /// Files in the folder of this registry that no contents are, and that nobody has touched for an hour.  Stands in a reading.
  func strayFiles() throws -> [FileFolder.Entry] {
    guard let folder = try fileFolder(), folder.otherOwner() == nil else { return [] }
    return try folder.files(before: time(nil) - Self.strayFileSeconds).filter { entry in
      try entry.digest.map { try !isFileNeeded($0) } ?? true
    }
  }

  /// The folder of this registry's files if it may remove any; who may is reported otherwise.
  func ownFileFolder(_ report: inout GarbageReport) throws -> FileFolder? {
    guard let folder = try fileFolder() else { return nil }
    report.folderOwner = folder.otherOwner()
    guard report.folderOwner == nil else { return nil }
    if access(folder.path, F_OK) == 0 { try folder.claim() }
    return folder
  }

  private func isFileNeeded(_ digest: Digest) throws -> Bool {
    try connection.queryFirst("SELECT is_outside FROM contents WHERE digest = ?", digest.hex) { row in try row.int(0) == 1 } ?? false
  }

  /// Stands in a transaction.
  func remove(_ stray: FileFolder.Entry) throws -> Bool {
    if let digest = stray.digest, try isFileNeeded(digest) { return false }
    var status = stat()
    // Touched since it was found.
    guard lstat(stray.file, &status) == 0, Int(status.st_mtim.tv_sec) < time(nil) - Self.strayFileSeconds else { return false }
    return unlink(stray.file) == 0
  }
}

extension GarbageReport {
  mutating func add(_ stray: FileFolder.Entry) {
    strayFiles += 1
    bytes += stray.bytes
    fileBytes += stray.bytes
  }
}
