internal import Files
internal import Glibc
internal import SQLite
internal import Tensors

// A folder of files belongs to one registry, whose path stands in its file `.registry`.  What one registry doesn't know is garbage to its gc:
// if two had one folder, each would remove the other's files.  A registry that was moved takes its folder along: the path leads nowhere then,
// and whoever asks has the folder.  A file that was copied (`cp a.db b.db`) names the same folder and isn't its owner: it reads there, and
// neither writes nor removes.

extension FileFolder {
  private var mark: String { "\(path)/.registry" }

  /// The path of the other registry that the folder belongs to; nil where it is this one's, or nobody's that is still there.
  func otherOwner() -> String? {
    guard let owner = markedPath(), !owner.hasSameBytes(as: wholeRegistryPath), !Registry.isSameFile(owner, registry),
      let other = try? Registry(path: owner, access: .read, interpreter: nil), let folder = try? other.fileFolderPath(),
      Registry.isSameFile(folder, path)
    else { return nil }
    return owner
  }

  /// Throws where the folder belongs to another registry.
  func expectOwn() throws {
    guard let owner = otherOwner() else { return }
    throw StoreError(
      .folderOfAnother, "the folder of files '\(path)'",
      "it belongs to '\(owner)', which would remove what another registry stores there", path: registry,
      suggestions: ["a copy with files of its own is made by backup"])
  }

  /// Makes the folder this registry's own, if it isn't yet.
  func claim() throws {
    try expectOwn()
    let own = wholeRegistryPath
    if let marked = markedPath(), marked.hasSameBytes(as: own) { return }
    let temporary = NewFile.temporaryPath(besides: mark)
    let descriptor = Glibc.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0, let file = unsafe fdopen(descriptor, "w") else { throw failure(temporary) }
    let isWritten = unsafe own.utf8.withContiguousStorageIfAvailable { unsafe fwrite($0.baseAddress, 1, $0.count, file) } == own.utf8.count
    let isSynced = unsafe fflush(file) == 0 && fsync(fileno(file)) == 0
    unsafe fclose(file)
    guard isWritten, isSynced, NewFile.place(temporary, at: mark, replacing: true) == 0, NewFile.syncFolder(of: mark) == 0 else {
      defer { unlink(temporary) }
      throw failure(mark)
    }
  }

  /// Removes the mark of a folder that is to go.
  func unclaim() { unlink(mark) }

  private func markedPath() -> String? {
    guard let file = unsafe fopen(mark, "re") else { return nil }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4097)
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    guard (1...4096).contains(count), !bytes[..<count].contains(0) else { return nil }
    return String(validating: bytes[..<count], as: UTF8.self)
  }

  private var wholeRegistryPath: String { Registry.wholePath(registry) }
}
