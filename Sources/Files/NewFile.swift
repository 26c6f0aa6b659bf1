internal import Glibc

/// How a file appears whole or not at all: it is written under a name of its own in the same folder, and takes its place at the end.
/// What fails gives -1 and says why in `errno`, as the system's calls do.
package enum NewFile {
  /// A name beside a path that no other writer has.
  package static func temporaryPath(besides path: String) -> String {
    let name = String(decoding: path.pathName.utf8.prefix(64), as: UTF8.self)
    return "\(path.pathFolder)/.\(name).\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
  }

  /// Gives the file at `temporary` the path.  Where it isn't to replace another, one that is there is EEXIST.
  package static func place(_ temporary: String, at path: String, replacing: Bool) -> Int32 {
    if replacing { return rename(temporary, path) }
    // A second link fails when the name is taken, even since we looked; a rename would replace.
    if link(temporary, path) == 0 { return unlink(temporary) }
    // Some file systems have no links: there, the look and the rename are two steps.
    guard [EPERM, ENOTSUP, ENOSYS, EMLINK].contains(errno) else { return -1 }
    if access(path, F_OK) == 0 {
      errno = EEXIST
      return -1
    }
    return rename(temporary, path)
  }

  /// Syncs the folder of a path, which keeps a new name in it.
  package static func syncFolder(of path: String) -> Int32 {
    let folder = open(path.pathFolder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // In a folder that may be written but not read there is nothing to sync by, and the file is there.
    if folder < 0 { return errno == EACCES ? 0 : -1 }
    defer { close(folder) }
    // Some file systems can't sync a folder.
    return fsync(folder) == 0 || errno == EINVAL ? 0 : -1
  }
}
