internal import Glibc
internal import SQLite
internal import Tensors

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
  init(target: String, replacing: Bool) throws(BackupError) {
    self.target = target
    isReplacing = replacing
    var status = stat()
    if lstat(target, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { throw .directory(path: target) }
      // What a link leads to counts: a link to a device is none either.
      if stat(target, &status) == 0, status.st_mode & S_IFMT != S_IFREG { throw .notRegular(path: target) }
      if !replacing { throw .exists(path: target) }
    }
    for suffix in ["-journal", "-wal"] where Glibc.access(target + suffix, F_OK) == 0 {
      throw .inUse(path: target, journal: target + suffix)
    }
    let random = String(UInt64.random(in: 0 ... .max), radix: 36)
    temporary = "\(target.pathFolder)/.\(target.pathName.prefix(64)).\(random).tmp"
  }

  /// Copies, has the copy checked under its temporary name, and makes it appear.
  func make(
    from source: borrowing Connection, progress: (CopyProgress) throws -> Void = { _ in }, check: (String) throws -> Void = { _ in }
  ) throws {
    defer { for suffix in ["", "-journal", "-wal", "-shm"] { unlink(temporary + suffix) } }
    let file = open(temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      let folder = target.pathFolder
      throw errno == ENOENT || errno == ENOTDIR ? BackupError.noFolder(path: target, folder: folder) : failure()
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
      if error.isFull { throw RegistryError.diskFull(path: target) }
      if error.isTooLarge { throw RegistryError.tooLarge(path: target) }
      throw BackupError.cannotWrite(
        path: target, problem: error.systemError == 0 ? error.message : String(cString: strerror(error.systemError)))
    }
    try check(temporary)
    var status = stat()
    // Some file systems have no permissions.
    if stat(source.path, &status) == 0 { chmod(temporary, status.st_mode & 0o777) }
    try appear()
  }

  private func appear() throws(BackupError) {
    try sync(temporary, O_RDONLY)
    guard (isReplacing ? rename(temporary, target) : renameExclusively()) == 0 else {
      throw errno == EEXIST ? .exists(path: target) : failure()
    }
    try sync(target.pathFolder, O_RDONLY | O_DIRECTORY)
  }

  /// A second link fails when the name is taken, even since we looked; a rename would replace.
  private func renameExclusively() -> Int32 {
    if link(temporary, target) == 0 { return unlink(temporary) }
    // Some file systems have no links: there, the look and the rename are two steps.
    guard [EPERM, ENOTSUP, ENOSYS, EMLINK].contains(errno) else { return -1 }
    if Glibc.access(target, F_OK) == 0 {
      errno = EEXIST
      return -1
    }
    return rename(temporary, target)
  }

  private func sync(_ path: String, _ flags: Int32) throws(BackupError) {
    let file = open(path, flags | O_CLOEXEC)
    guard file >= 0 else { throw failure() }
    defer { close(file) }
    // Some file systems can't sync a folder.
    guard fsync(file) == 0 || errno == EINVAL else { throw failure() }
  }

  private func failure() -> BackupError { .cannotWrite(path: target, problem: String(cString: strerror(errno))) }
}
