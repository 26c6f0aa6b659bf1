internal import SQLite
internal import Tensors

extension Registry {
  /// Stores a tensor that isn't stored yet in pieces.  `read` is called with what takes the bytes, in order; `digest` is that of the tensor,
  /// and `contents` that of its bytes, where it is known: other bytes are refused by `changed`.
  ///
  /// With transactions of its own, a window is written at a time, and the tensor stands with the last: what gc takes meanwhile is written
  /// again, at the end in one transaction.  Else all of it stands in the caller's transaction.
  func storeInPieces(
    dtype: DType, shape: [Int], digest: Digest, contents: Digest? = nil, ownTransactions: Bool = false,
    changed: @autoclosure () -> any Error = CollectedContents(), read: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws -> (id: Int64, isNew: Bool) {
    func transaction<T>(_ body: () throws -> T) throws -> T { try ownTransactions ? writing(body) : body() }
    func store() throws -> (id: Int64, isNew: Bool) {
      let known: (id: Int64, isNew: Bool)? = try transaction {
        if let id = try tensorID(digest) { return (id, false) }
        return try contents.flatMap { try self.contents($0) }.map { (try insertTensor(dtype, shape, digest, contents: $0), true) }
      }
      if let known { return known }
      var writer = try ContentWriter(self, ownTransactions: ownTransactions)
      do {
        try read { try unsafe writer.append($0) }
      } catch {
        // What can't be removed now is gc's.
        if ownTransactions { try? transaction { try writer.discard() } }
        throw error
      }
      let found = try writer.finish()
      guard found == contents ?? found else {
        try transaction { try writer.discard() }
        throw changed()
      }
      return try transaction {
        let id = try writer.seal(found)
        if let known = try tensorID(digest) { return (known, false) }
        return (try insertTensor(dtype, shape, digest, contents: id), true)
      }
    }
    guard ownTransactions else { return try store() }
    for _ in 0..<Self.collectionsBorne {
      // The pieces aren't those that were written: gone, or refused by the schema.
      do { return try store() } catch is CollectedContents { continue } catch let error as StoreError where error.code == .ruleBroken {
        continue
      }
    }
    return try writing {
      try storeInPieces(dtype: dtype, shape: shape, digest: digest, contents: contents, changed: changed(), read: read)
    }
  }

  /// How often what is being stored may be collected before it is stored in one transaction: others wait for that, but it comes to an end
  /// however often gc runs.
  static let collectionsBorne = 3

  /// All bytes of a tensor in pieces; nil where there are fewer or more than it needs.
  func pieces(of row: StoredTensor) throws -> [UInt8]? {
    guard let content = row.content else { return nil }
    // Equal bytes were stored as a file before.
    if let outside = try outsideFile(content) {
      guard outside.byteCount == row.byteCount else { return nil }
      return row.byteCount == 0 ? [] : try outside.file.next(row.byteCount).flatMap { $0.count == row.byteCount ? $0 : nil }
    }
    // A crafted size takes no more memory than the file is long.
    guard row.byteCount <= (try fileSize().bytes) else { return nil }
    var find = try connection.prepare("SELECT id, length(data) FROM content_pieces WHERE content_id = ? AND position = ?")
    var isWhole = true
    let data = try unsafe [UInt8](unsafeUninitializedCapacity: row.byteCount) { buffer, initialized in
      var position: Int64 = 0
      while initialized < row.byteCount {
        try find.bind(content, position)
        guard let (id, size) = try find.first({ row in (try row.int64(0), try row.int(1)) }), 1...(row.byteCount - initialized) ~= size
        else {
          isWhole = false
          return
        }
        let rest = UnsafeMutableRawBufferPointer(buffer)[initialized..<initialized + size]
        try unsafe connection.readBlob("content_pieces", "data", row: id, into: UnsafeMutableRawBufferPointer(rebasing: rest))
        initialized += size
        position += 1
      }
    }
    return isWhole ? data : nil
  }

  func tensorID(_ digest: Digest) throws -> Int64? {
    try connection.queryFirst("SELECT id FROM tensors WHERE digest = ?", digest.hex) { row in try row.int64(0) }
  }

  private func insertTensor(_ dtype: DType, _ shape: [Int], _ digest: Digest, contents: Int64) throws -> Int64 {
    try connection.execute(
      "INSERT INTO tensors (digest, dtype, shape, data, content_id) VALUES (?, ?, ?, x'', ?)", digest.hex, dtype.rawValue,
      Tensor.shapeJSON(shape), contents)
    return connection.lastInsertRowID
  }
}
