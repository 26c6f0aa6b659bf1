internal import SQLite
internal import Tensors

extension Registry {
  /// The id of contents here, which are copied through a window where they aren't stored yet; what is copied is what its digest says.
  /// Stands in a transaction, unless they come in transactions of their own: then gc may take them before anything needs them.
  @discardableResult
  func copyContents(_ hex: String, from theirs: Registry, ownTransactions: Bool = false) throws -> Int64 {
    func transaction<T>(_ body: () throws -> T) throws -> T { try ownTransactions ? writing(body) : body() }
    let damage = StoreError.rotten(what: "the contents \(hex.prefix(12))", path: theirs.path)
    guard let digest = Digest(hex: hex) else { throw damage }
    if let known = try transaction({ try contents(digest) }) { return known }
    let source = try theirs.snapshot {
      try theirs.connection.queryFirst("SELECT id, byte_count FROM contents WHERE digest = ?", hex) { row in
        (id: try row.int64(0), byteCount: try row.int(1))
      }
    }
    guard let source else { throw damage }
    var reader = ContentReader(theirs, source.id)
    if let folder = try fileFolder() {
      var builder = DigestBuilder()
      try folder.put(digest, byteCount: source.byteCount) { write in
        while let part = try reader.next() {
          builder.update(part)
          try unsafe part.withUnsafeBytes { try unsafe write($0) }
        }
        guard builder.finalize() == digest else { throw damage }
      }
      return try transaction { try insertOutside(digest, byteCount: source.byteCount, in: folder) }
    }
    var writer = try ContentWriter(self, ownTransactions: ownTransactions)
    while let part = try reader.next() { try unsafe part.withUnsafeBytes { try unsafe writer.append($0) } }
    let found = try writer.finish()
    return try transaction {
      guard found == digest else {
        try writer.discard()
        throw damage
      }
      return try writer.seal(digest)
    }
  }

  /// The id of contents whose bytes are a file of the folder.  Throws `CollectedContents` where gc has taken it.  Stands in a transaction.
  func insertOutside(_ digest: Digest, byteCount: Int, in folder: FileFolder) throws -> Int64 {
    if let known = try contents(digest) { return known }
    guard folder.contains(digest) else { throw CollectedContents() }
    try connection.execute("INSERT INTO contents (is_outside) VALUES (1)")
    let id = connection.lastInsertRowID
    try connection.execute("UPDATE contents SET digest = ?, byte_count = ? WHERE id = ?", digest.hex, byteCount, id)
    return id
  }
}
