internal import Files
internal import Glibc
internal import Tensors

/// What a folder has in it.
enum FolderListing {
  enum Kind: Equatable {
    case file(size: Int)
    case folder
    /// A link, a device, a pipe.
    case other
  }

  struct Entry {
    let name: String
    let kind: Kind
  }

  /// Below so many folders nothing is looked at.
  static let deepest = 64
  /// So many files are no artifacts of a run.
  static let most = 1_000_000

  /// What a path is; links are followed when `following`.
  static func kind(of path: String, following: Bool = false) -> Kind? {
    var status = stat()
    guard unsafe (following ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file(size: Int(status.st_size))
    case S_IFDIR: .folder
    default: .other
    }
  }

  /// When a file was last written to, in milliseconds since 1970.
  static func modified(_ path: String) -> Int64? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec / 1_000_000)
  }

  /// The path without links and dots; nil where there is nothing.
  static func realPath(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return unsafe String(cString: real)
  }

  /// The entries in the order of their names.  Names that aren't UTF-8 are passed over.
  static func entries(of folder: String) throws(ForeignError) -> [Entry] {
    guard let stream = opendir(folder) else {
      throw errno == ENOTDIR ? ForeignError(file: folder, .notAFolder) : ForeignError(errno: errno, folder)
    }
    defer { closedir(stream) }
    var entries: [Entry] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(validatingCString: $0) }
      }
      guard let name, name != ".", name != "..", let kind = kind(of: "\(folder)/\(name)") else { continue }
      entries.append(Entry(name: name, kind: kind))
    }
    return entries.sorted { $0.name.precedesByBytes($1.name) }
  }

  /// Every file below a folder by its path there, in the order of the names; what is neither a file nor a folder stands in `skipped`.
  static func files(below folder: String) throws(ForeignError) -> ForeignFiles {
    var found = ForeignFiles()
    var open = [""]
    while let prefix = open.popLast() {
      let isDeepest = prefix.utf8.count { $0 == 0x2f } >= deepest
      for entry in try entries(of: prefix.isEmpty ? folder : "\(folder)/\(prefix)") {
        let name = prefix + entry.name
        switch entry.kind {
        case .file(let size): found.files.append(ForeignFile(name: name, path: "\(folder)/\(name)", size: size))
        case .folder where !isDeepest: open.append("\(name)/")
        case .folder, .other: found.skipped.append(name)
        }
        guard found.files.count <= most else { throw ForeignError(file: folder, .message("more than \(most) files")) }
      }
    }
    found.files.sort { $0.name.precedesByBytes($1.name) }
    return found
  }
}
