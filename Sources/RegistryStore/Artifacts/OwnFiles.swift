internal import Files
internal import Glibc
internal import Tensors

/// The files that a registry consists of: its database with what SQLite and a running command keep beside it, and the folder of its files.
/// Stored in itself it would double each time.
struct OwnFiles {
  /// A file or a folder, by whatever name.
  private struct Identity: Equatable {
    let device: UInt
    let inode: UInt

    init(_ status: stat) { (device, inode) = (UInt(status.st_dev), UInt(status.st_ino)) }

    init?(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      self.init(status)
    }
  }

  private let database: Identity?
  /// The folder of the database.
  private let folder: Identity?
  private let fileFolder: Identity?
  private let name: String

  fileprivate init(database path: String, fileFolder: String?) {
    database = Identity(path)
    folder = Identity(path.pathFolder)
    name = path.pathName
    self.fileFolder = fileFolder.flatMap { Identity($0) }
  }

  func isDatabase(_ status: stat) -> Bool { database == Identity(status) }

  func isFileFolder(_ path: String) -> Bool { fileFolder.map { $0 == Identity(path) } ?? false }

  /// Whether a name in this folder is one of the registry's: its journals come and go, so they are known by their names.
  func names(in path: String) -> (String) -> Bool {
    guard let folder, folder == Identity(path) else { return { _ in false } }
    let own = ["", "-journal", "-wal", "-shm"].map { name + $0 }
    return { [name] found in own.contains(named: found) || found.utf8.starts(with: "\(name)-run-".utf8) }
  }
}

extension Registry {
  func ownFiles() throws -> OwnFiles { OwnFiles(database: Self.whole(path) ?? path, fileFolder: try fileFolder()?.path) }

  /// Whether a folder has files of the registry in it, which are left out where all of the folder is stored.
  package func holdsItself(_ folder: String) -> Bool {
    var status = stat()
    guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, let folder = Self.whole(folder) else { return false }
    let prefix = folder.hasSuffix("/") ? folder : "\(folder)/"
    let own = [path, (try? fileFolder())?.path].compactMap { $0.flatMap(Self.whole) }
    return own.contains { "\($0)/".utf8.starts(with: prefix.utf8) }
  }

  /// A path from the root, with links followed; nil where nothing is there.
  private static func whole(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { unsafe free(found) }
    return unsafe String(cString: found)
  }
}
