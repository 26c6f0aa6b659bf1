internal import SQLite
internal import Tensors

extension Registry {
  /// Reads a file of a run or a version in parts, in order.  Throws at the end unless the whole is what its digest says; what was given
  /// until then is to be thrown away.
  public func read(_ file: ArtifactRecord, of owner: FileOwner, _ body: ([UInt8]) throws -> Void) throws {
    let rotten = StoreError.rotten(what: "file '\(file.path)' of \(owner.title)", path: path)
    let found = try snapshot {
      try connection.queryFirst("SELECT id, is_outside FROM contents WHERE digest = ?", file.digest) { row in
        (id: try row.int64(0), isOutside: try row.int(1) == 1)
      }
    }
    guard let found, let digest = Digest(hex: file.digest) else { throw rotten }
    var builder = DigestBuilder()
    var count = 0
    func take(_ part: [UInt8]) throws {
      count += part.count
      guard count <= file.byteCount else { throw rotten }
      builder.update(part)
      try body(part)
    }
    if found.isOutside {
      guard let folder = try fileFolder() else { throw rotten }
      guard folder.contains(digest) else { throw folder.missing(digest) }
      try SourceFile(folder.file(digest)).read { part in try take(unsafe Array(part)) }
    } else {
      var reader = ContentReader(self, found.id)
      while let part = try reader.next() { try take(part) }
    }
    guard count == file.byteCount, builder.finalize() == digest else { throw rotten }
  }

  /// Throws unless a file is what its digest says.
  public func check(_ file: ArtifactRecord, of owner: FileOwner) throws { try read(file, of: owner) { _ in } }
}
