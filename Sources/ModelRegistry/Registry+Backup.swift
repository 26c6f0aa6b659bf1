internal import Glibc
internal import SQLite
internal import Tensors

extension Registry {
  /// Copies the registry into one file while others go on using it, and verifies the copy (as `verify` does) before it appears.
  ///
  /// Page by page: a writer that comes between makes SQLite begin again, and after a few times the rest is copied under one read lock.
  /// - Parameters:
  ///   - replacing: whether a file of that name may be replaced.
  ///   - progress: hears of each step of the copying, then of the verification.
  /// - Returns: what was checked in the copy; runs that nothing depends on and that don't verify are copied as they are, and named there.
  /// - Throws: `BackupError`, or `RegistryError` when the registry can't be read.
  @discardableResult
  public func backup(
    to target: String, replacing: Bool = false, progress: (BackupProgress) throws -> Void = { _ in }
  ) throws -> Verification {
    try reading {
      try Self.checkLength(ofPath: target)
      // What is read isn't the file.
      if let upgrade, !upgrade.isOfFile { throw RegistryError.olderSchema(path: path, found: upgrade.from, known: upgrade.to) }
      guard !Self.isSameFile(path, target) else { throw BackupError.ontoItself(path: target) }
      var verification: Verification?
      try AtomicCopy(target: target, replacing: replacing).make(from: connection) {
        try progress(.copying(done: $0.done, total: $0.total))
      } check: { copy in
        let found = try Registry(path: copy).verify { try progress(.verifying($0)) }
        guard found.isSoundButForStrayRuns else { throw BackupError.unsound(source: path, problems: found.problems) }
        verification = found
      }
      return verification ?? Verification()
    }
  }

  /// Whether a path leads to a file that SQLite could open: it begins as each of its databases does.
  public static func isDatabase(_ path: String) -> Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return false }
    defer { close(file) }
    var start = [UInt8](repeating: 0, count: 16)
    return pread(file, &start, 16, 0) == 16 && start.elementsEqual("SQLite format 3\0".utf8)
  }

  /// The names of the databases in a folder (empty: the current one), sorted, as far as a look at a thousand entries shows them.
  public static func databases(inFolder folder: String) -> [String] {
    FileSystem.names(inFolder: folder.isEmpty ? "." : folder, atMost: 1000)
      .filter { $0.first != "." && $0.hasSuffix(".db") && isDatabase(folder + $0) }.sortedByBytes()
  }

  /// Whether two paths lead to one file.
  static func isSameFile(_ first: String, _ second: String) -> Bool {
    var (a, b) = (stat(), stat())
    return stat(first, &a) == 0 && stat(second, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino
  }
}

/// How far a backup is.
public enum BackupProgress: Sendable, Hashable {
  /// So many pages of so many are copied.
  case copying(done: Int, total: Int)
  case verifying(VerificationProgress)
}
