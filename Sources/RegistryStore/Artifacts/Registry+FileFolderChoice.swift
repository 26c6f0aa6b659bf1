internal import Files
internal import Glibc
internal import SQLite
internal import Tensors

extension Registry {
  /// Chooses the folder that the files of a new registry stand in, each named by its digest; a relative one stands beside the registry.
  ///
  /// Throws `StoreError` where the registry holds anything already and its files stand elsewhere.  The same folder again is fine.
  public func useFileFolder(_ folder: String) throws {
    var chosen = Substring(folder)
    while chosen.utf8.count > 1, chosen.utf8.last == 0x2f { chosen = chosen.dropLast() }
    let value = String(chosen)
    guard !value.isEmpty, !value.utf8.contains(0), value.utf8.count <= 4096 else {
      throw StoreError(.illegalValue, "the folder of files '\(value.prefix(200))'", "it is no name of a folder", path: path)
    }
    try writing {
      if let known = try storedFileFolder() {
        if isSame(FileFolder(value, of: path), FileFolder(known, of: path)) { return }
        throw StoreError(
          .conflict, "the folder of files", "it is '\(known)' since the registry was made (given: '\(value)')", path: path,
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
          .refused, "the folder of files", "a registry has one from its beginning, and files of this one stand in it itself", path: path,
          suggestions: ["make a new registry with a folder, and merge this one into it"])
      }
      let folder = FileFolder(value, of: path)
      try folder.make(folder.path)
      try connection.execute("INSERT INTO registry_settings (key, value) VALUES ('artifacts', ?)", value)
    }
  }

  /// The folder that the files of this registry stand in; nil where they stand in it itself.
  public func fileFolderPath() throws -> String? { try fileFolder()?.path }

  /// As the setting has it.  Stands in a reading.
  func storedFileFolder() throws -> String? {
    try connection.queryFirst("SELECT value FROM registry_settings WHERE key = 'artifacts'") { row in try row.text(0) }
  }

  private func isSame(_ a: FileFolder, _ b: FileFolder) -> Bool { a.path.hasSameBytes(as: b.path) || Self.isSameFile(a.path, b.path) }
}
