internal import Files
internal import Glibc
internal import Tensors

extension Registry {
  /// A file of the disk, or all files below a folder, and what each is called in the registry: `name`, or its own name; a file of a folder
  /// stands below that.  The registry's own files are no files of a folder.  Throws for what isn't there, and for what is neither file nor folder.
  func filesOnDisk(_ file: String, as name: String?) throws -> [(file: String, name: String)] {
    var status = stat()
    guard stat(file, &status) == 0 else {
      throw StoreError(
        errno == ENOENT ? .noSource : .unreadableSource, "file '\(file)'",
        errno == ENOENT ? "there is no such file" : String(cString: strerror(errno)), path: "")
    }
    var trimmed = Substring(file)
    while trimmed.utf8.count > 1, trimmed.utf8.last == 0x2f { trimmed = trimmed.dropLast() }
    let own = String(trimmed).pathName
    guard status.st_mode & S_IFMT == S_IFDIR else { return [(file, name ?? own)] }
    var found: [(file: String, name: String)] = []
    // `.` and `/` have no name of their own: what is in them stands at the top.
    let prefix = name ?? ([".", "..", "/"].contains(named: own) ? "" : own)
    try collectFiles(String(trimmed), prefix, depth: 0, besides: try ownFiles(), &found)
    guard !found.isEmpty else {
      let problem = holdsItself(file) ? "there is no file in it but the registry's own" : "there is no file in it"
      throw StoreError(.emptyFolder, "folder '\(file)'", problem, path: "")
    }
    return found
  }

  private func collectFiles(
    _ folder: String, _ prefix: String, depth: Int, besides own: OwnFiles, _ found: inout [(file: String, name: String)]
  ) throws {
    guard !own.isFileFolder(folder) else { return }
    guard depth < 64 else {
      throw StoreError(.illegalFolder, "folder '\(folder)'", "its folders stand in one another more than 64 deep", path: "")
    }
    guard let directory = unsafe opendir(folder) else {
      throw StoreError(.unreadableSource, "folder '\(folder)'", String(cString: strerror(errno)), path: "")
    }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let bytes = unsafe withUnsafeBytes(of: entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
      let name = String(decoding: bytes, as: UTF8.self)
      guard !name.hasSameBytes(as: "."), !name.hasSameBytes(as: "..") else { continue }
      guard name.utf8.elementsEqual(bytes) else {
        throw StoreError(.illegalFilePath, "file '\(folder)/\(name)'", "its name is no UTF-8", path: "")
      }
      names.append(name)
    }
    let isOwn = own.names(in: folder)
    for name in names.sortedByBytes() where !isOwn(name) {
      let file = "\(folder)/\(name)"
      let stored = prefix.isEmpty ? name : "\(prefix)/\(name)"
      var status = stat()
      // A link is followed to a file, never to a folder: that could lead back here.
      guard lstat(file, &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try collectFiles(file, stored, depth: depth + 1, besides: own, &found)
      case S_IFREG: if !own.isDatabase(status) { found.append((file, stored)) }
      case S_IFLNK:
        if stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, !own.isDatabase(status) {
          found.append((file, stored))
        }
      default: break
      }
    }
  }
}
