internal import Glibc
internal import SQLite
internal import Tensors

extension Registry {
  /// Copies the registry into one file while others go on using it, and verifies the copy (as `verify` does) before it appears.
  ///
  /// Files that stand outside of it are copied, too, into a folder beside the copy: `backup.db.files`.
  ///
  /// Page by page: a writer that comes between makes SQLite begin again, and after a few times the rest is copied under one read lock.
  /// - Parameters:
  ///   - replacing: whether a file of that name may be replaced.
  ///   - progress: hears of each step of the copying, then of the verification.
  /// - Returns: what was checked in the copy; runs that nothing depends on and that don't verify are copied as they are, and named there.
  /// - Throws: `StoreError`: the place of the copy can't be one, or the registry can't be read.
  @discardableResult
  public func backup(
    to target: String, replacing: Bool = false, progress: (BackupProgress) throws -> Void = { _ in }
  ) throws -> Verification {
    try reading {
      try Self.checkLength(ofPath: target)
      // What is read isn't the file.
      if let upgrade, !upgrade.isOfFile { throw StoreError.olderSchema(path: path, found: upgrade.from, known: upgrade.to) }
      guard !Self.isSameFile(path, target) else { throw StoreError.backupOntoItself(path: target) }
      var verification: Verification?
      try AtomicCopy(target: target, replacing: replacing).make(from: connection) {
        try progress(.copying(done: $0.done, total: $0.total))
      } check: { copy in
        _ = try copyFiles(to: copy, target: target, progress: progress) {
          let found = try Registry(path: copy, access: .read, interpreter: interpreter).verify { try progress(.verifying($0)) }
          guard found.isSoundButForStrayRuns else { throw StoreError.unsoundCopy(source: path, problems: found.problems) }
          verification = found
        }
      }
      return verification ?? Verification()
    }
  }
}

/// How far a backup is.
public enum BackupProgress: Sendable, Hashable {
  /// So many pages of so many are copied.
  case copying(done: Int, total: Int)
  /// So many of the files that stand outside are copied.
  case copyingFiles(done: Int, total: Int)
  case verifying(VerificationProgress)
}
