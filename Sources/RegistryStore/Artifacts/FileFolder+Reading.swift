internal import Glibc
internal import SQLite
internal import Tensors

/// A file of a folder, read from its beginning to its end.
final class FolderFile {
  private let descriptor: Int32
  private let failure: (String) -> StoreError
  private let name: String

  fileprivate init(descriptor: Int32, name: String, failure: @escaping (String) -> StoreError) {
    (self.descriptor, self.name, self.failure) = (descriptor, name, failure)
  }

  deinit { close(descriptor) }

  /// At most so many of the next bytes; nil at the end.
  func next(_ count: Int) throws -> [UInt8]? {
    let bytes = try unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = unsafe read(descriptor, buffer.baseAddress! + filled, count - filled)
        if got < 0, errno == EINTR { continue }
        guard got >= 0 else { throw failure(name) }
        guard got > 0 else { break }
        filled += got
      }
    }
    return bytes.isEmpty ? nil : bytes
  }
}

extension FileFolder {
  /// Throws `StoreError` for one that isn't there.
  func open(_ digest: Digest) throws -> FolderFile {
    let name = file(digest)
    let descriptor = Glibc.open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw errno == ENOENT || errno == ENOTDIR ? missing(digest) : failure(name) }
    return FolderFile(descriptor: descriptor, name: name, failure: failure)
  }

  /// What is said where a file isn't there, or the folder as a whole.
  func missing(_ digest: Digest) -> StoreError {
    guard access(path, F_OK) == 0 else {
      return StoreError(
        .lostFile, "the folder '\(path)'", "it isn't there, and files of this registry stand in it", path: registry,
        suggestions: ["put the folder back"])
    }
    return StoreError(
      .lostFile, "the file '\(file(digest))'", "it isn't there, and this registry needs it", path: registry,
      suggestions: ["put the file back from a backup"])
  }

  /// Removes a file, if it is there.
  func remove(_ digest: Digest) throws {
    let name = file(digest)
    guard unlink(name) == 0 || errno == ENOENT || errno == ENOTDIR else { throw failure(name) }
  }

  /// A file of the folder, which nothing may name.
  struct Entry {
    let file: String
    /// Nil for one that was being written when its writer ended.
    let digest: Digest?
    let bytes: Int
  }

  /// The files that were last written or touched before a moment, in seconds since 1970: of those that this program has put there alone.
  func files(before moment: Int) -> [Entry] {
    var found: [Entry] = []
    for part in names(in: path) where part.utf8.count == 2 {
      for name in names(in: "\(path)/\(part)") where name.hasPrefix(part) {
        let file = "\(path)/\(part)/\(name)"
        var status = stat()
        guard lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, Int(status.st_mtim.tv_sec) < moment else { continue }
        let digest = Digest(hex: name)
        let isTemporary = name.hasSuffix(".tmp") && Digest(hex: String(name.prefix(64))) != nil
        guard digest != nil || isTemporary else { continue }
        found.append(Entry(file: file, digest: digest, bytes: Int(status.st_size)))
      }
    }
    return found
  }

  private func names(in folder: String) -> [String] {
    guard let directory = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let bytes = unsafe withUnsafeBytes(of: entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
      names.append(String(decoding: bytes, as: UTF8.self))
    }
    return names.sortedByBytes()
  }
}

extension Registry {
  /// The file of contents that stand outside, opened; nil for those in pieces.  Stands in a reading.
  func outsideFile(_ contents: Int64) throws -> (file: FolderFile, byteCount: Int)? {
    let digest = try connection.queryFirst("SELECT digest FROM contents WHERE id = ? AND is_outside = 1", contents) { row in
      try row.textOrNil(0)
    }
    guard let digest else { return nil }
    guard let folder = try fileFolder(), let digest = digest.flatMap({ Digest(hex: $0) }) else {
      throw StoreError.rotten(what: "the place of the contents \(contents)", path: path)
    }
    let file = try folder.open(digest)
    return (file, folder.byteCount(digest) ?? 0)
  }
}
