internal import Glibc
internal import SQLite

/// A file that was brought up to this program's schema.
public struct Upgrade: Sendable, Hashable {
  /// The newest migration that the file had, and the one that it has now.
  public let from: Int
  public let to: Int
  /// The file as it was before; nil when there was nothing in it.
  public let copy: String?
  /// False where the file stays as it is, and only the copy that is read was upgraded.
  public internal(set) var isOfFile = true
}

extension Registry {
  /// Applies what is missing, all or nothing.  A file that holds anything is copied first, under the lock that keeps others from changing
  /// it: `registry.db.before-migration-2`.  A file whose tables, indexes, views or triggers aren't those of its migrations stays as it is: a
  /// migration may change the text of what stands there.
  func migrate() throws {
    var copy: String?
    var old: Int?
    var refusal: (any Error)?
    do {
      try migrator.migrate(connection) { version throws(MigrationError) in
        do { try checkSchema(ofMigration: version) } catch {
          refusal = error
          throw .olderSchema(found: version, known: migrator.newest)
        }
        old = version
        copy = try copyBeforeUpgrade(to: version + 1)
      }
    } catch {
      // The file is as it was, so the copy would only be one more.
      if let copy { unlink(copy) }
      throw refusal ?? error
    }
    if let old { upgrade = Upgrade(from: old, to: migrator.newest, copy: copy) }
  }

  /// Throws for a file of an older schema whose tables, indexes, views or triggers aren't those of its migrations, and for one in which
  /// people have something of a name that an upgrade adds.
  private func checkSchema(ofMigration number: Int) throws {
    try Schema.check(connection, path: path, migrator: migrator.upTo(number))
    try Schema.checkNames(connection, path: path, from: migrator.upTo(number), to: migrator)
  }

  private func copyBeforeUpgrade(to number: Int) throws(MigrationError) -> String? {
    // An earlier copy is never replaced: whoever put an old file back has two of them.
    let name = "\(path).before-migration-\(number)"
    let copy = (1...).lazy.map { $0 == 1 ? name : "\(name).\($0)" }.first { access($0, F_OK) != 0 } ?? name
    do {
      // SQLite doesn't copy from a connection that writes.
      let reader = try Connection(path: path, mode: .readOnly)
      let isEmpty = try reader.queryFirst(
        "SELECT NOT EXISTS (SELECT 1 FROM models) AND NOT EXISTS (SELECT 1 FROM datasets) AND NOT EXISTS (SELECT 1 FROM runs)"
      ) { row in try row.int(0) == 1 }
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
  /// Throws for a file that isn't of this program's schema, unless it is of an older one and has at most so many bytes: then a private copy
  /// of it is upgraded and read from now on, which goes with the connection.
  func checkOrCopy(atMost largest: Int) throws {
    do throws(MigrationError) {
      try migrator.check(connection)
    } catch .olderSchema(let found, let known) {
      // What people changed about our tables and views isn't to go unseen with what the migrations replace.
      try checkSchema(ofMigration: found)
      let size = try connection.queryFirst("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size") { row in try row.int(0)
      }
      guard let size, size <= largest else { throw MigrationError.olderSchema(found: found, known: known) }
      let copyPath = "a copy of \(path)"
      let copy = try Connection(path: copyPath, mode: .temporary)
      do {
        try connection.copy(into: copy)
        try migrator.migrate(copy)
      } catch let error where Self.isOutOfRoom(error, copyPath) {
        // The file itself has to be upgraded.
        throw MigrationError.olderSchema(found: found, known: known)
      }
      connection = copy
      upgrade = Upgrade(from: found, to: known, copy: nil, isOfFile: false)
    }
  }

  /// Whether there is no place for a temporary file, or not enough.
  private static func isOutOfRoom(_ error: any Error, _ copyPath: String) -> Bool {
    switch error {
    case let error as SQLiteError: error.path == copyPath && (error.isFull || error.isIOError || error.isMissingFile)
    case MigrationError.database(let error): isOutOfRoom(error, copyPath)
    default: false
    }
  }

  /// The number of the newest migration that this program knows.
  public static var newestMigration: Int { Schema.migrator.newest }
}
