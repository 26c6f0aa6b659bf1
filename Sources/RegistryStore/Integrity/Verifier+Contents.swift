internal import SQLite
internal import Tensors

extension Verifier {
  /// All contents: their size, their digest, and those of the tensors that are in them.  Their pieces, or their file, are read once, each
  /// part in a transaction of its own.  Contents without a digest are being written, or were left behind: they are gc's.
  func checkContents() throws {
    guard isQuick else { return try eachRow(of: "contents", .content, ownTransactions: true, checkContents) }
    // How large a file is costs nothing to ask.
    guard try registry.fileFolder() != nil else { return }
    try eachRow(of: "contents", .content) { id in
      do {
        guard let file = try registry.outsideFile(id) else { return }
        let size = try connection.queryFirst("SELECT byte_count FROM contents WHERE id = ?", id) { row in try row.intOrNil(0) }
        if let size = size ?? nil, size != file.byteCount {
          report(.content, "its file has \(file.byteCount) bytes, not \(size)", at: try place(ofContents: id))
        }
      } catch let error as StoreError where error.code == .lostFile {
        report(.content, error.message, at: try place(ofContents: id))
      }
    }
  }

  private func checkContents(id: Int64) throws {
    let sealed = try registry.snapshot {
      try connection.queryFirst("SELECT digest, byte_count FROM contents WHERE id = ? AND digest IS NOT NULL", id) { row in
        (digest: try row.text(0), byteCount: try row.int(1))
      }
    }
    guard let sealed else { return }
    var tensors = try hashedTensors(in: id)
    var digest = DigestBuilder()
    var first = tensors.first?.digest ?? DigestBuilder()
    var reader = ContentReader(registry, id)
    var count = 0
    func place() throws -> String { try registry.snapshot { try self.place(ofContents: id) } }
    do {
      while count <= sealed.byteCount, let part = try reader.next() {
        count += part.count
        unsafe part.withUnsafeBytes { bytes in unsafe DigestBuilder.update(&digest, bytes, &first, bytes) }
        for other in tensors.indices.dropFirst() { tensors[other].digest.update(part) }
      }
    } catch let error as StoreError where error.code == .lostFile {
      // A gc may have taken it with its row.
      let isThere = try registry.snapshot {
        try connection.queryFirst("SELECT digest IS NOT NULL FROM contents WHERE id = ?", id) { row in try row.int(0) == 1 }
      }
      if isThere == true { report(.content, error.message, at: try place()) }
      return
    }
    if !tensors.isEmpty { tensors[0].digest = first }
    let pieces = try registry.snapshot {
      try connection.queryFirst(
        "SELECT (SELECT count(*) FROM content_pieces WHERE content_id = ?1) FROM contents WHERE id = ?1 AND digest IS NOT NULL", id
      ) { row in try row.int(0) }
    }
    // Nil: a gc took them meanwhile.
    guard let pieces else { return }
    guard count == sealed.byteCount, pieces == reader.pieceCount else {
      return report(.content, "its pieces are not the \(sealed.byteCount) bytes that were stored", at: try place())
    }
    if digest.finalize().hex != sealed.digest { report(.content, Self.otherDigest, at: try place()) }
    for tensor in tensors where tensor.digest.finalize() != tensor.expected {
      report(.tensor, Self.otherDigest, at: try registry.snapshot { try self.place(ofTensor: tensor.id) })
    }
  }

  /// The tensors in some contents; `checkTensors` tells of those whose rows make no sense.
  private func hashedTensors(in content: Int64) throws -> [(id: Int64, expected: Digest, digest: DigestBuilder)] {
    try registry.snapshot {
      try connection.query("SELECT id, digest, dtype, shape FROM tensors WHERE content_id = ? ORDER BY id", content) { row in
        (try row.int64(0), Digest(hex: try row.text(1)), DType(rawValue: try row.text(2)), Registry.shape(json: try row.text(3)))
      }
    }.compactMap { id, expected, dtype, shape in
      guard let expected, let dtype, let shape else { return nil }
      return (id, expected, DigestBuilder(dtype: dtype, shape: shape))
    }
  }
}
