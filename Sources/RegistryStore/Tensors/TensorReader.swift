internal import SQLite
internal import Tensors

/// Reads the bytes of a stored tensor in order, through a window, and hashes them on the way.
///
/// Each part is read in a transaction of its own, so a slow reader locks nobody out.  What was given is what the digest says once `next`
/// has given nil: until then it may be damaged.
struct TensorReader {
  private let registry: Registry
  private let row: StoredTensor
  private let title: String
  private var digest: DigestBuilder
  /// Nil for a tensor in a row of its own.
  private var content: ContentReader?
  private var position = 0
  /// What was read; up to `given` it was given too.
  private var rest: [UInt8] = []
  private var given = 0

  init(_ registry: Registry, _ row: StoredTensor, title: String) {
    self.registry = registry
    self.row = row
    self.title = title
    digest = DigestBuilder(dtype: row.dtype, shape: row.shape)
    content = row.content.map { ContentReader(registry, $0) }
  }

  /// The next part; nil after the last.  Throws when the bytes aren't those of the digest.
  mutating func next() throws -> [UInt8]? {
    guard position < row.byteCount else {
      guard digest.finalize() == row.digest else { throw registry.rotten(row, title) }
      return nil
    }
    let bytes = try content == nil ? nextOfRow() : content?.next()
    guard let bytes, !bytes.isEmpty, bytes.count <= row.byteCount - position else { throw registry.rotten(row, title) }
    position += bytes.count
    digest.update(bytes)
    return bytes
  }

  private func nextOfRow() throws -> [UInt8] {
    let count = min(row.byteCount - position, registry.pieceSizes.window)
    return try registry.snapshot { try registry.connection.readBlob("tensors", "data", row: row.id, from: position, count: count) }
  }

  /// The next so many bytes, or what is left; nil after the last.
  mutating func next(_ count: Int) throws -> [UInt8]? {
    while rest.count - given < count, let part = try next() {
      // Only what is left moves, and a window moves once.
      rest.removeFirst(given)
      given = 0
      rest += part
    }
    guard given < rest.count else { return nil }
    let bytes = Array(rest[given...].prefix(count))
    given += bytes.count
    return bytes
  }
}

extension Registry {
  /// Calls `body` with the bytes of one of `storedTensors`, in order and in parts: so a version of any size takes no more memory than a
  /// window.  They are what the digest says once this returns; it throws when they aren't.
  public func readTensor(_ tensor: StoredTensor, of record: VersionRecord, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try readTensor(tensor, title: record.title, body)
  }

  func readTensor(_ row: StoredTensor, title: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    guard isLarge(row) else {
      // One that is read as a whole is checked before anybody sees it.
      let tensor = try snapshot { try verifiedTensor(row, title: title) }
      return try unsafe tensor.data.withUnsafeBytes { try unsafe body($0) }
    }
    var reader = TensorReader(self, row, title: title)
    while let part = try reader.next() { try unsafe part.withUnsafeBytes { try unsafe body($0) } }
  }

  /// Whether a tensor is read through a window rather than as a whole.
  func isLarge(_ row: StoredTensor) -> Bool { row.content != nil || row.byteCount > pieceSizes.largestRow }
}
