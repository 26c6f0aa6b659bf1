internal import Files
internal import Glibc
internal import SQLite
internal import Tensors

extension Registry {
  /// Chooses the folder that the files of a new registry stand in, each named by its digest; a relative one stands beside the registry.
  ///
  /// Throws `StoreError` where the registry holds anything already and its files stand elsewhere, and for a folder of another registry.  The
  /// same folder again is fine.
  public func useFileFolder(_ folder: String) throws {
    var chosen = Substring(folder)
    while chosen.utf8.count > 1, chosen.utf8.last == 0x2f { chosen = chosen.dropLast() }
    let value = String(chosen)
    guard !value.isEmpty, !value.utf8.contains(0), value.utf8.count <= 4096 else {
      throw StoreError(.illegalFolder, "the folder of files '\(value.prefix(200))'", "it is no name of a folder", path: path)
    }
    // What is refused leaves no file behind.  Where another process has made the file meanwhile, the folder is looked at under the lock.
    if isBlank {
      do { try expectFree(FileFolder(value, of: path)) } catch  where access(path, F_OK) != 0 { throw error } catch {}
    }
    try writing {
      if let known = try storedFileFolder() {
        if isSame(FileFolder(value, of: path), FileFolder(known, of: path)) { return }
        throw StoreError(
          .folderFixed, "the folder of files", "it is '\(known)' since the registry was made (given: '\(value)')", path: path,
          suggestions: [known])
      }
      let isEmpty = try connection.queryFirst(
        """
        SELECT NOT EXISTS (SELECT 1 FROM runs) AND NOT EXISTS (SELECT 1 FROM models) AND NOT EXISTS (SELECT 1 FROM datasets)
          AND NOT EXISTS (SELECT 1 FROM contents)
        """
      ) { row in try row.int(0) == 1 }
      guard isEmpty == true else {
        throw StoreError(
          .folderTooLate, "the folder of files", "a registry has one from its beginning, and files of this one stand in it itself",
          path: path,
          suggestions: ["make a new registry with a folder, and merge this one into it"])
      }
      let folder = FileFolder(value, of: path)
      try expectFree(folder)
      try folder.make(folder.path)
      try folder.claim()
      try connection.execute("INSERT INTO registry_settings (key, value) VALUES ('artifacts', ?)", value)
    }
  }

  /// The folder that the files of this registry stand in; nil where they stand in it itself.
  public func fileFolderPath() throws -> String? { try fileFolder()?.path }

  /// As the setting has it.  Stands in a reading.
  func storedFileFolder() throws -> String? {
    try connection.queryFirst("SELECT value FROM registry_settings WHERE key = 'artifacts'") { row in try row.text(0) }
  }

  /// Throws for a folder of another registry.
  private func expectFree(_ folder: FileFolder) throws {
    func refused(_ problem: String) -> StoreError {
      StoreError(
        .folderOfAnother, "the folder of files '\(folder.path)'", problem, path: path, suggestions: ["a folder for this registry alone"])
    }
    if let owner = folder.otherOwner() { throw refused("it belongs to '\(owner)'") }
    guard folder.files(before: .max).isEmpty else { throw refused("files of a registry that isn't there stand in it") }
  }

  private func isSame(_ a: FileFolder, _ b: FileFolder) -> Bool { a.path.hasSameBytes(as: b.path) || Self.isSameFile(a.path, b.path) }
}
