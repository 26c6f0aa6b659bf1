internal import SQLite
internal import Tensors

// Invariants:
// 1. Contents that are being written belong to one writer: nothing reads them, and their id is never given again.
// 2. They are sealed by the digest of what was handed to SQLite, in one transaction with the first row that needs them.
// 3. What a killed writer leaves is contents without a digest, for gc.

/// How bytes that are too many for one row are cut and read.
package struct PieceSizes: Sendable {
  /// A tensor with more bytes than this is stored in pieces.
  package var largestRow: Int
  /// The bytes of a piece.
  package var piece: Int
  /// So many bytes are read, or written in one transaction, at once.
  package var window: Int

  package init(largestRow: Int = 64 << 20, piece: Int = 4 << 20, window: Int = 32 << 20) {
    self.largestRow = largestRow
    self.piece = piece
    self.window = window
  }
}

/// Writes bytes of any size as contents, piece by piece.
struct ContentWriter {
  private let registry: Registry
  private let id: Int64
  private let hasOwnTransactions: Bool
  private var count = 0
  private var byteCount = 0
  private var digest = DigestBuilder()
  /// What isn't written yet: less than `flushSize`.
  private var rest: [UInt8] = []

  /// Begins new contents.  With transactions of their own the pieces are written a window at a time, and no lock is held while the
  /// source is read; without, all of it stands in the caller's transaction.
  init(_ registry: Registry, ownTransactions: Bool) throws {
    self.registry = registry
    hasOwnTransactions = ownTransactions
    id = try ownTransactions ? registry.writing { try Self.begin(registry) } : Self.begin(registry)
  }

  private static func begin(_ registry: Registry) throws -> Int64 {
    try registry.connection.execute("INSERT INTO contents DEFAULT VALUES")
    return registry.connection.lastInsertRowID
  }

  private var flushSize: Int {
    let sizes = registry.pieceSizes
    return hasOwnTransactions ? max(sizes.window / sizes.piece, 1) * sizes.piece : sizes.piece
  }

  /// Takes the next bytes.  Throws `CollectedContents` when gc has taken what was written.
  mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
    unsafe digest.update(bytes)
    byteCount += bytes.count
    let size = flushSize
    var next = unsafe bytes
    if !rest.isEmpty {
      let head = min(size - rest.count, next.count)
      unsafe rest.append(contentsOf: next[..<head])
      unsafe next = UnsafeRawBufferPointer(rebasing: next[head...])
      guard rest.count == size else { return }
      try flushRest()
    }
    while next.count >= size {
      try unsafe write(UnsafeRawBufferPointer(rebasing: next[..<size]))
      unsafe next = UnsafeRawBufferPointer(rebasing: next[size...])
    }
    unsafe rest.append(contentsOf: next)
  }

  private mutating func flushRest() throws {
    var bytes: [UInt8] = []
    swap(&bytes, &rest)
    try unsafe bytes.withUnsafeBytes { try unsafe write($0) }
    bytes.removeAll(keepingCapacity: true)
    swap(&bytes, &rest)
  }

  private mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    let before = count
    func pieces() throws -> Int {
      try expectPieces(before)
      let size = registry.pieceSizes.piece
      var insert = try registry.connection.prepare("INSERT INTO content_pieces (content_id, position, data) VALUES (?, ?, ?)")
      var position = before
      for start in stride(from: 0, to: bytes.count, by: size) {
        try insert.bind(id, at: 0)
        try insert.bind(Int64(position), at: 1)
        let piece = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + size, bytes.count)])
        try unsafe insert.bind(static: piece, at: 2)
        try insert.run()
        position += 1
      }
      // The bytes stay only as long as this call.
      try insert.bind(.null, at: 2)
      return position
    }
    count =
      try hasOwnTransactions
      ? registry.writing {
        try registry.whileStoring?()
        return try pieces()
      } : pieces()
  }

  /// Throws unless all pieces so far are still there.
  private func expectPieces(_ count: Int) throws {
    let found = try registry.connection.queryFirst(
      """
      SELECT (SELECT count(*) FROM content_pieces WHERE content_id = ?1),
        (SELECT coalesce(max(position) + 1, 0) FROM content_pieces WHERE content_id = ?1)
      FROM contents WHERE id = ?1 AND digest IS NULL
      """, id
    ) { row in (count: try row.int(0), end: try row.int(1)) }
    guard let found, found.count == count, found.end == count else { throw CollectedContents() }
  }

  /// The digest of all bytes, once they are written.
  mutating func finish() throws -> Digest {
    if !rest.isEmpty { try flushRest() }
    return digest.finalize()
  }

  /// Seals what was finished, and gives the id of the contents with these bytes: when there were such already, what was written goes.
  /// Stands in a transaction, with the row that needs them.
  func seal(_ digest: Digest) throws -> Int64 {
    try expectPieces(count)
    if let known = try registry.contents(digest) {
      try discard()
      return known
    }
    // A trigger holds the pieces against this size.
    try registry.connection.execute("UPDATE contents SET digest = ?, byte_count = ? WHERE id = ?", digest.hex, byteCount, id)
    return id
  }

  /// Removes what was written.  Stands in a transaction.
  func discard() throws { try registry.connection.execute("DELETE FROM contents WHERE id = ? AND digest IS NULL", id) }
}

/// What was being written is gone: another process has collected it as garbage.
struct CollectedContents: Error, CustomStringConvertible {
  var description: String { "the bytes of a tensor were removed by another process while they were stored" }
}

extension Registry {
  /// The contents of a digest.
  func contents(_ digest: Digest) throws -> Int64? {
    try connection.queryFirst("SELECT id FROM contents WHERE digest = ?", digest.hex) { row in try row.int64(0) }
  }
}
