internal import Files
internal import SQLite
internal import Tensors

// Invariants:
// 1. A file is read and hashed before the registry is locked; under the lock its contents are sealed together with the row that names them.
// 2. A small file waits in memory.  The bytes of a larger one are written ahead, piece by piece, in transactions of their own; until they are
//    sealed they are nobody's, and gc may take them: then they are written again.
// 3. Equal bytes are stored once, whatever they are called.

/// A file that is about to be stored.
struct StagedFile {
  let name: String
  let digest: Digest
  let byteCount: Int
  private let place: Place

  private enum Place {
    case memory([UInt8])
    /// Written, and not sealed.
    case pieces(ContentWriter)
    /// There were such contents when it was read.
    case stored
    case outside
  }

  /// Larger files aren't kept in memory.
  static let largestInMemory = 4 << 20
  /// Nor do those of one version together take more.
  static let largestInMemoryTogether = 64 << 20

  var bytesInMemory: Int { if case .memory(let bytes) = place { bytes.count } else { 0 } }

  private init(_ name: String, _ digest: Digest, _ byteCount: Int, _ place: Place) {
    self.name = name
    self.digest = digest
    self.byteCount = byteCount
    self.place = place
  }

  init(_ bytes: [UInt8], as name: String, in registry: Registry) throws {
    try Registry.checkFilePath(name, path: registry.path)
    var builder = DigestBuilder()
    builder.update(bytes)
    let digest = builder.finalize()
    let folder = try registry.fileFolder()
    try folder?.put(bytes, digest)
    self.init(name, digest, bytes.count, folder == nil ? .memory(bytes) : .outside)
  }

  /// Reads a file of the disk.  One that is larger than `inMemory` is written ahead.
  init(file: String, as name: String, in registry: Registry, inMemory: Int = largestInMemory) throws {
    let source = try SourceFile(file)
    if source.byteCount > min(inMemory, Self.largestInMemory) {
      try Registry.checkFilePath(name, path: registry.path)
      var builder = DigestBuilder()
      try source.read { part in unsafe builder.update(part) }
      let digest = builder.finalize()
      self.init(name, digest, source.byteCount, try Self.write(source, digest, in: registry))
    } else {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(source.byteCount)
      try source.read { part in unsafe bytes.append(contentsOf: part) }
      try self.init(bytes, as: name, in: registry)
    }
  }

  /// Writes a large file ahead.
  private static func write(_ source: SourceFile, _ digest: Digest, in registry: Registry) throws -> Place {
    if let folder = try registry.fileFolder() {
      try folder.put(source, digest)
      return .outside
    }
    if try registry.reading({ try registry.contents(digest) }) != nil { return .stored }
    var writer = try ContentWriter(registry, ownTransactions: true)
    do {
      try source.read { part in try unsafe writer.append(part) }
      guard try writer.finish() == digest else { throw source.changed }
    } catch {
      // What can't be removed now is gc's.
      try? registry.writing { try writer.discard() }
      throw error
    }
    return .pieces(writer)
  }

  /// The id of its contents, which are sealed where they are new.  Stands in a transaction, with the row that names them.  Throws
  /// `CollectedContents` where gc has taken what was written ahead.
  func seal(in registry: Registry) throws -> Int64 {
    if case .pieces(let writer) = place { return try writer.seal(digest) }
    if let known = try registry.contents(digest) { return known }
    switch place {
    case .memory(let bytes):
      var writer = try ContentWriter(registry, ownTransactions: false)
      try unsafe bytes.withUnsafeBytes { try unsafe writer.append($0) }
      let written = try writer.finish()
      return try writer.seal(written)
    case .outside:
      guard let folder = try registry.fileFolder() else { throw CollectedContents() }
      return try registry.insertOutside(digest, byteCount: byteCount, in: folder)
    case .pieces, .stored: throw CollectedContents()
    }
  }
}

extension Registry {
  /// Stages files of the disk; those that together would take too much memory are written ahead.
  func stage(_ files: [(file: String, name: String)]) throws -> [StagedFile] {
    var room = StagedFile.largestInMemoryTogether
    return try files.map { file in
      let staged = try StagedFile(file: file.file, as: file.name, in: self, inMemory: room)
      room -= staged.bytesInMemory
      return staged
    }
  }

  /// Stages files and stores what names them, in one transaction: again where gc took meanwhile what was written ahead.
  func staging<T>(_ stage: () throws -> [StagedFile], _ store: ([StagedFile]) throws -> T) throws -> T {
    for _ in 0..<Self.collectionsBorne {
      let files = try stage()
      do { return try writing { try store(files) } } catch is CollectedContents { continue }
    }
    throw StoreError.busy(path: path)
  }
}
