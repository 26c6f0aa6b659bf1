internal import Files
internal import Glibc
internal import SQLite
internal import Tensors

// A backup has its files in a folder of its own, `backup.db.files` beside it, which the copy names as its folder.  Not in the folder of the
// original: gc removes there what the original doesn't need any more, and the backup would lose it.

extension Registry {
  /// The folder that the files of a backup stand in.
  static func folder(ofBackup target: String) -> String { "\(target.pathName).files" }

  /// Copies the files that stand outside, each as its digest says, and has the copy of the registry name their new folder.  Gives their
  /// number.  What was copied is removed where `body` or the copying throws.
  func copyFiles(
    to copy: String, target: String, progress: (BackupProgress) throws -> Void, _ body: () throws -> Void
  ) throws -> Int {
    var files: [(digest: Digest, byteCount: Int)] = []
    let folder = FileFolder(Self.folder(ofBackup: target), of: target, readableAs: path)
    do {
      let connection = try Connection(path: copy, mode: .readWrite)
      let hasFolder = try connection.queryFirst("SELECT 1 FROM registry_settings WHERE key = 'artifacts'") { _ in true } ?? false
      guard hasFolder else {
        try body()
        return 0
      }
      files = try connection.query("SELECT digest, byte_count FROM contents WHERE is_outside = 1 AND digest IS NOT NULL ORDER BY id") {
        row in
        (Digest(hex: try row.text(0)), try row.int(1))
      }.compactMap { digest, count in digest.map { ($0, count) } }
      try connection.execute("UPDATE registry_settings SET value = ? WHERE key = 'artifacts'", Self.folder(ofBackup: target))
    }
    var made: [Digest] = []
    do {
      guard let source = try fileFolder() else { throw RegistryError.rotten(what: "the folder of files", path: path) }
      for (index, (digest, byteCount)) in files.enumerated() {
        try progress(.copyingFiles(done: index, total: files.count))
        let wasThere = folder.byteCount(digest) == byteCount
        let file = try source.open(digest)
        var builder = DigestBuilder()
        if !wasThere { made.append(digest) }
        try folder.put(digest, byteCount: byteCount) { write in
          while let part = try file.next(1 << 20) {
            builder.update(part)
            try unsafe part.withUnsafeBytes { try unsafe write($0) }
          }
          guard builder.finalize() == digest else { throw source.damaged(digest) }
        }
      }
      try body()
    } catch {
      for digest in made { try? folder.remove(digest) }
      // They are empty where nothing was in them before.
      for digest in made { rmdir(folder.file(digest).pathFolder) }
      if !made.isEmpty { rmdir(folder.path) }
      throw error
    }
    return files.count
  }
}

extension FileFolder {
  func damaged(_ digest: Digest) -> StoreError {
    StoreError(
      .changed, "the file '\(file(digest))'", "it isn't what was stored: its digest is another", path: registry,
      suggestions: ["put the file back from a backup"])
  }
}
