internal import Files
internal import Glibc
internal import SQLite
internal import Tensors

/// The folder that files stand in beside a registry, where that was chosen when it was made: each is named by its digest.
///
/// The seam for other places: bytes are put, opened, found and removed by their digest, and nothing else is asked of the folder.
struct FileFolder {
  let path: String
  /// The path of the registry, for errors.
  let registry: String
  /// The file whose permissions its files have at most: the registry's own, or of a copy that is being made the original's.
  private let model: String

  /// `folder` as the setting of a registry has it: a relative one stands beside the registry.
  init(_ folder: String, of registry: String, readableAs model: String? = nil) {
    self.registry = registry
    self.model = model ?? registry
    // Where a link leads to the registry, the folder stands beside the registry: SQLite's journal does.
    let place = Registry.isLink(registry) ? Registry.wholePath(registry) : registry
    path = folder.hasPrefix("/") ? folder : place.contains("/") ? "\(place.pathFolder)/\(folder)" : folder
  }

  /// `ab/abcd…`, so that no folder has too many.
  func file(_ digest: Digest) -> String { "\(path)/\(digest.hex.prefix(2))/\(digest.hex)" }

  func contains(_ digest: Digest) -> Bool { byteCount(digest) != nil }

  /// The size of a file; nil where there is none.
  func byteCount(_ digest: Digest) -> Int? {
    var status = stat()
    guard stat(file(digest), &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  func put(_ bytes: [UInt8], _ digest: Digest) throws {
    try put(digest, byteCount: bytes.count) { write in try unsafe bytes.withUnsafeBytes { try unsafe write($0) } }
  }

  func put(_ source: SourceFile, _ digest: Digest) throws {
    var builder = DigestBuilder()
    try put(digest, byteCount: source.byteCount) { write in
      try source.read { part in
        unsafe builder.update(part)
        try unsafe write(part)
      }
      guard builder.finalize() == digest else { throw source.changed }
    }
  }

  /// Writes a file beside its place, and moves it there once all of it is on the disk.  One that is there is touched: a file that nothing
  /// names yet stays as long as one that was just written.
  func put(_ digest: Digest, byteCount: Int, _ body: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void) throws {
    let target = file(digest)
    try expectOwn()
    if self.byteCount(digest) == byteCount, unsafe utimensat(AT_FDCWD, target, nil, 0) == 0 { return }
    try make(path)
    try make(target.pathFolder)
    let temporary = "\(target).\(makeUUID()).tmp"
    let descriptor = Glibc.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw failure(temporary) }
    do {
      defer { close(descriptor) }
      try body { part in try unsafe write(part, to: descriptor, temporary) }
      guard fsync(descriptor) == 0 else { throw failure(temporary) }
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, target) == 0 else {
      defer { unlink(temporary) }
      throw failure(target)
    }
    guard NewFile.syncFolder(of: target) == 0 else { throw failure(target.pathFolder) }
  }

  private func write(_ part: UnsafeRawBufferPointer, to descriptor: Int32, _ name: String) throws {
    var rest = unsafe part
    while !rest.isEmpty {
      let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(name) }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// What a new file may be at most: the registry's owner may have closed it to others.
  var mode: mode_t {
    var status = stat()
    return stat(model, &status) == 0 ? status.st_mode & 0o666 | 0o600 : 0o600
  }

  /// Makes a folder that who may read the registry can look into.
  func make(_ folder: String) throws {
    let mode = mode
    if mkdir(folder, mode | (mode & 0o444) >> 2) != 0 {
      guard errno == EEXIST else { throw failure(folder) }
    } else {
      guard NewFile.syncFolder(of: folder) == 0 else { throw failure(folder.pathFolder) }
    }
  }

  func failure(_ name: String) -> StoreError {
    errno == ENOSPC || errno == EDQUOT
      ? .diskFull(path: name) : .inputOutput(path: name, problem: String(cString: strerror(errno)))
  }
}

extension Registry {
  /// The folder of this registry's files; nil where they stand in the registry itself.  A relative one stands beside the registry.
  func fileFolder() throws -> FileFolder? {
    if isBlank { return nil }
    return try reading { try storedFileFolder() }.map { FileFolder($0, of: path) }
  }
}
