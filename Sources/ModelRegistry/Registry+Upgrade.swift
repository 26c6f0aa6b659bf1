internal import Glibc
internal import SQLite

/// A file that was brought up to this program's schema.
public struct Upgrade: Sendable, Hashable {
  /// The newest migration that the file had, and the one that it has now.
  public let from: Int
  public let to: Int
  /// The file as it was before; nil when there was nothing in it.
  public let copy: String?
}

extension Registry {
  /// Applies what is missing, all or nothing.  A file that holds anything is copied first, under the lock that keeps others from changing
  /// it: `registry.db.before-migration-2`.
  func migrate() throws(MigrationError) {
    var copy: String?
    var old: Int?
    do {
      try migrator.migrate(connection) { version throws(MigrationError) in
        old = version
        copy = try copyBeforeUpgrade(to: version + 1)
      }
    } catch {
      // The file is as it was, so the copy would only be one more.
      if let copy { unlink(copy) }
      throw error
    }
    if let old { upgrade = Upgrade(from: old, to: migrator.newest, copy: copy) }
  }

  private func copyBeforeUpgrade(to number: Int) throws(MigrationError) -> String? {
    // An earlier copy is never replaced: whoever put an old file back has two of them.
    let name = "\(path).before-migration-\(number)"
    let copy = (1...).lazy.map { $0 == 1 ? name : "\(name).\($0)" }.first { access($0, F_OK) != 0 } ?? name
    do {
      // SQLite doesn't copy from a connection that writes.
      let reader = try Connection(path: path, mode: .readOnly)
      let isEmpty = try reader.queryFirst("SELECT NOT EXISTS (SELECT 1 FROM models) AND NOT EXISTS (SELECT 1 FROM datasets)") { row in
        try row.int(0) == 1
      }
      if isEmpty == true { return nil }
      try AtomicCopy(target: copy, replacing: false).make(from: reader)
    } catch let error as SQLiteError {
      throw .database(error)
    } catch {
      throw .notCopied(copy: copy, problem: "\(error)")
    }
    return copy
  }
}

extension Registry {
  /// The number of the newest migration that this program knows.
  public static var newestMigration: Int { Schema.migrator.newest }
}
