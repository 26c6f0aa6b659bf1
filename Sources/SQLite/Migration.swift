/// One numbered change of the schema, never altered once it has been applied anywhere.
public struct Migration: Sendable {
  /// Where it stands in the order; what `user_version` says when it is the last one applied.
  public let number: Int
  /// What it does, in a word or two; for errors and the record.
  public let name: String
  /// Of the SQL text; the migrator only compares it.
  public let digest: String
  /// The statements, without BEGIN and COMMIT.
  public var sql: String { text() }
  private let text: @Sendable () -> String

  /// A migration; nothing is checked before it is applied, and the SQL isn't read before.
  public init(number: Int, name: String, sql: @autoclosure @escaping @Sendable () -> String, digest: String) {
    self.number = number
    self.name = name
    self.digest = digest
    text = sql
  }
}

/// Why a file's schema is not, or cannot become, the one this program knows.
public enum MigrationError: Error, Hashable, Sendable {
  /// A database of another program: `applicationID` is what it says (0: it says nothing, and has tables).
  case foreignDatabase(applicationID: Int32)
  /// A database with nothing in it, opened to read.
  case emptyDatabase
  /// A newer program has changed the file.
  case newerSchema(found: Int, known: Int)
  /// The file must be migrated first, and was opened to read.
  case olderSchema(found: Int, known: Int)
  /// A migration was applied to the file that had this number, and other SQL.
  case changedMigration(number: Int, name: String)
  /// `user_version` and the table `migrations` disagree: someone changed one by hand.
  case inconsistentRecord(userVersion: Int, newestRecord: Int)
  /// The file is marked as this program's, and there is no record of a migration, or no table of them.
  case missingRecord(userVersion: Int)
  /// The file could not be copied before it was to be changed.
  case notCopied(copy: String, problem: String)
  /// SQLite failed.
  case database(SQLiteError)
}

extension MigrationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .foreignDatabase(0): "the database is not empty, and not this program's."
    case .foreignDatabase(let id): "the database belongs to another program (application_id \(id))."
    case .emptyDatabase: "the database is empty."
    case .newerSchema(let found, let known): "the database has migration \(found), this program knows \(known)."
    case .olderSchema(let found, let known): "the database has migration \(found), this program needs \(known)."
    case .changedMigration(let number, let name): "migration \(number), '\(name)', was applied with other SQL than this program has."
    case .inconsistentRecord(let version, let newest): "user_version is \(version), but the newest recorded migration is \(newest)."
    case .missingRecord(let version): "user_version is \(version), but there is no record of any migration."
    case .notCopied(let copy, let problem): "it could not be copied to '\(copy)' before the upgrade: \(problem)."
    case .database(let error): error.description
    }
  }
}
