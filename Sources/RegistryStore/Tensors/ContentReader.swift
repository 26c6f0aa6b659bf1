internal import SQLite

/// Reads the bytes of contents in order, through a window: their pieces, or their file where they stand outside.  Each part is read in a
/// transaction of its own, unless there is one already.
struct ContentReader {
  private let registry: Registry
  private let content: Int64
  /// Of the piece that is read, as is what follows.
  private(set) var pieceCount = 0
  private var row: Int64 = 0
  private var size = 0
  private var offset = 0
  private var hasBegun = false
  private var file: FolderFile?

  init(_ registry: Registry, _ content: Int64) {
    self.registry = registry
    self.content = content
  }

  /// The next part; nil when there is no further one.  Throws `StoreError` where a file isn't there.
  mutating func next() throws -> [UInt8]? {
    if !hasBegun {
      hasBegun = true
      file = try registry.snapshot { try registry.outsideFile(content) }?.file
    }
    if let file { return try file.next(registry.pieceSizes.window) }
    return try registry.snapshot { try read() }
  }

  private mutating func read() throws -> [UInt8]? {
    if offset == size {
      let piece = try registry.connection.queryFirst(
        "SELECT id, length(data) FROM content_pieces WHERE content_id = ? AND position = ?", content, pieceCount
      ) { row in (try row.int64(0), try row.int(1)) }
      guard let piece else { return nil }
      (row, size) = piece
      offset = 0
      pieceCount += 1
    }
    // A piece of ours is less than a window; a crafted one may be anything.
    let count = min(size - offset, registry.pieceSizes.window)
    defer { offset += count }
    return try registry.connection.readBlob("content_pieces", "data", row: row, from: offset, count: count)
  }
}
