internal import Files
internal import Glibc
internal import SQLite

// Invariants:
// 1. The target is what it was, or the whole copy: the pages go to a new file beside it, which is synced, checked and renamed.
// 2. The copy is one file in rollback-journal mode, whatever mode the source is in.
// 3. A journal beside the target is never taken for the copy's own: SQLite would roll a stranger's pages into it.
// 4. Nobody may read the copy who may not read the source: it is the owner's alone until it has the source's permissions.

/// A copy of a database that appears whole or not at all.
struct AtomicCopy {
  let target: String
  let isReplacing: Bool
  private let temporary: String

  /// Throws at once when the target is there and isn't to be replaced, or when it can't be the place of a copy.
  init(target: String, replacing: Bool) throws(StoreError) {
    self.target = target
    isReplacing = replacing
    var status = stat()
    if lstat(target, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { throw .targetIsDirectory(path: target) }
      // What a link leads to counts: a link to a device is none either.
      if stat(target, &status) == 0, status.st_mode & S_IFMT != S_IFREG { throw .targetNotRegular(path: target) }
      if !replacing { throw .targetExists(path: target) }
    }
    for suffix in ["-journal", "-wal"] where Glibc.access(target + suffix, F_OK) == 0 {
      throw .targetInUse(path: target, journal: target + suffix)
    }
    temporary = NewFile.temporaryPath(besides: target)
  }

  /// Copies, has the copy checked under its temporary name, and makes it appear.
  func make(
    from source: borrowing Connection, progress: (CopyProgress) throws -> Void = { _ in }, check: (String) throws -> Void = { _ in }
  ) throws {
    defer { for suffix in ["", "-journal", "-wal", "-shm"] { unlink(temporary + suffix) } }
    let file = open(temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      let folder = target.pathFolder
      throw errno == ENOENT || errno == ENOTDIR ? .noFolder(path: target, folder: folder) : failure()
    }
    close(file)
    do {
      do {
        let copy = try Connection(path: temporary, mode: .create)
        try source.copy(into: copy, progress: progress)
      }
      // Opening to write takes a copy of a database in WAL mode out of it.
      _ = try Connection(path: temporary, mode: .readWrite)
    } catch let error as SQLiteError where error.path == temporary {
      if error.isFull { throw StoreError.diskFull(path: target) }
      if error.isTooLarge { throw StoreError.tooLarge(path: target) }
      throw StoreError.cannotWrite(
        path: target, problem: error.systemError == 0 ? error.message : String(cString: strerror(error.systemError)))
    }
    try check(temporary)
    var status = stat()
    // Some file systems have no permissions.
    if stat(source.path, &status) == 0 { chmod(temporary, status.st_mode & 0o777) }
    try appear()
  }

  private func appear() throws(StoreError) {
    let file = open(temporary, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure() }
    defer { close(file) }
    guard fsync(file) == 0 || errno == EINVAL else { throw failure() }
    guard NewFile.place(temporary, at: target, replacing: isReplacing) == 0 else {
      throw errno == EEXIST ? .targetExists(path: target) : failure()
    }
    guard NewFile.syncFolder(of: target) == 0 else { throw failure() }
  }

  private func failure() -> StoreError {
    let code = errno
    return code == ENOSPC || code == EDQUOT ? .diskFull(path: target) : .cannotWrite(path: target, problem: String(cString: strerror(code)))
  }
}
