@_exported public import RegistryStore

extension Registry {
  /// Opens a registry.  Throws when there is no file (unless `access` is create), it isn't a registry, its schema is newer than
  /// this program or was tampered with, or the system refuses.
  ///
  /// A file of an older schema is upgraded for writing, and what it was before is kept beside it.  For reading it stays as it is, and a copy
  /// of it is upgraded and read; one that is too large for that is refused.
  public convenience init(path: String, access: Access = .read) throws {
    try self.init(path: path, access: access, interpreter: NetInterpreter())
  }
}

extension RegistryPool {
  /// A registry that tasks share.  The file is opened with the first use of it.
  ///
  /// - Parameter readers: how many read at once, at most.
  public convenience init(path: String, readers: Int = 4) {
    self.init(path: path, readers: readers) { NetInterpreter() }
  }
}
