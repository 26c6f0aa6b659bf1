internal import Files
internal import Glibc
internal import SQLite
internal import Tensors

/// A registry: models, versions, runs, datasets and aliases in one SQLite file.
///
///     let registry = try Registry(path: "registry.db")
///     let net = try registry.loadNeuralNet(version: 3)
///     net([-1, 1])
///
/// It belongs to one thread at a time.  Every method throws `StoreError`, and what it reads it checks by digest.
public final class Registry {
  /// What may be done with the file.
  public enum Access: Sendable {
    /// Reads a file that exists, and never changes it.
    case read
    /// Reads and writes a file that exists.
    case write
    /// Reads and writes; makes the file where there is none.
    case create
  }

  internal var connection: Connection
  /// The path as it was given.
  public let path: String

  /// What makes nets and datasets of texts and tensors; nil where nobody asks for that.
  package let interpreter: (any Interpreter)?

  /// Whether there is nothing in the file yet: its schema is written with the first thing that is stored, in one commit.
  private var isNew = false
  /// Whether there isn't even a file: it is made with the first thing that is stored, so what fails before leaves none behind.
  private var isMissing = false

  /// How often the runs that are trained here are written.
  package var recordingPace = RecordingPace()

  /// What each transaction that writes a part of something large ahead does besides.
  var whileStoring: (() throws -> Void)?

  /// From what size on tensors are stored in pieces, and how they are read; less in tests.
  package var pieceSizes = PieceSizes()

  /// The SQL functions, once `query` has added them.
  internal var functions: SQLFunctions?

  /// Whether it is used by functions within another's statement, which holds the read lock already.
  private let isWithinStatement: Bool
  /// Whether writes are parts of one transaction: see `together`.
  private var isTogether = false
  /// Whether nothing is stored yet, not even the schema.
  var isBlank: Bool { isNew }

  /// A locked file is waited for for so long, unless a write says less.
  static let busyLimit = Duration.seconds(30)

  /// The model that a version is looked for in when none is named.
  public static let defaultModel = "neural-net"

  /// What opening did to a file of an older schema; nil when it did nothing.
  public internal(set) var upgrade: Upgrade?
  let migrator: Migrator

  /// Opens a registry, as the public initializer of the room above says.
  package convenience init(path: String, access: Access, interpreter: (any Interpreter)?) throws {
    try self.init(path: path, access: access, interpreter: interpreter, migrator: Schema.migrator)
  }

  /// `largestCopy`: in bytes, the largest file of an older schema that is copied to be read.
  init(path: String, access: Access, interpreter: (any Interpreter)?, migrator: Migrator, largestCopy: Int = 256 << 20) throws {
    self.path = path
    self.interpreter = interpreter
    isWithinStatement = false
    self.migrator = migrator
    try Self.checkLength(ofPath: path)
    do {
      if access == .create, Glibc.access(path, F_OK) != 0, errno == ENOENT {
        guard Glibc.access(path.pathFolder, W_OK | X_OK) == 0 else { throw Self.cannotCreate(path) }
        connection = try Connection(path: path, mode: .memory)
        isMissing = true
        isNew = true
        return
      }
      // What is no file at all swallows what is written (/dev/null), or keeps its reader waiting (a pipe): that is to be heard at once.
      guard Self.isFileOrFolder(path) else { throw StoreError.notADatabase(path: path) }
      // SQLite's journal stands beside the file.
      if access != .read, Glibc.access(path, W_OK) == 0, Glibc.access(path.pathFolder, W_OK | X_OK) != 0 {
        throw StoreError.readOnly(path: path.pathFolder)
      }
      let mode: Connection.Mode =
        switch access {
        case .read: .readOnly
        case .write: .readWrite
        case .create: .create
        }
      connection = try Connection(path: path, mode: mode)
      isNew = try access == .create && migrator.prepareNew(connection)
      guard !isNew else { return }
      if access == .read { try checkOrCopy(atMost: largestCopy) } else { try migrate() }
      try Schema.check(connection, path: path, migrator: migrator)
    } catch let error as SQLiteError {
      throw access == .create && error.isMissingFile ? Self.cannotCreate(path) : StoreError(error)
    } catch let error as MigrationError {
      throw StoreError(error, path: path)
    }
  }

  /// What SQL functions read the registry by.  `connection` is borrowed from the one whose statements call them; its schema isn't
  /// checked, as it may hold anything: what is read is, by digest.
  internal init(within connection: consuming Connection, path: String, interpreter: (any Interpreter)?) {
    self.path = path
    self.interpreter = interpreter
    self.connection = connection
    isWithinStatement = true
    migrator = Schema.migrator
  }

  /// Why a file that was to be made is missing: SQLite tries to make it, then to read it, and tells of the second failure alone.
  private static func cannotCreate(_ path: String) -> StoreError {
    let folder = path.pathFolder
    return .cannotCreate(path: path, folder: folder, isMissing: Glibc.access(folder, F_OK) != 0)
  }

  /// Runs `body` on a registry that has something in it; SQLite's errors leave as ours.  It may be run twice: see `recovering`.
  package func reading<T>(_ body: () throws -> T) throws -> T {
    // Another process may have made it meanwhile.
    if isNew, !isMissing || Glibc.access(path, F_OK) == 0 { try translating { try openIfMade() } }
    guard !isNew else { throw isMissing ? StoreError.missingFile(path: path) : .emptyFile(path: path) }
    return try translating { try recovering(body) }
  }

  /// Runs `body`, and once more after a recovery when a writer was killed since the last read.  SQLite says so when the file is locked for
  /// reading, so `body` has read nothing yet in a transaction that it began.
  private func recovering<T>(_ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as SQLiteError where error.needsRecovery && error.path == path && !isWithinStatement && !connection.isInTransaction {
      try connection.recover()
      return try body()
    }
  }

  /// The same within a read transaction: all that is read belongs together.
  package func snapshot<T>(_ body: () throws -> T) throws -> T {
    try reading { isWithinStatement || connection.isInTransaction ? try body() : try connection.transaction(.deferred, body) }
  }

  /// Runs `body` within a transaction that holds the write lock: all of it is stored, or nothing.  A locked file is waited for as long
  /// as SQLite's connections do unless `busyLimit` is less.
  ///
  /// Within `together` it is a part of that transaction.
  package func writing<T>(busyLimit: Duration = Registry.busyLimit, _ body: () throws -> T) throws -> T {
    if isTogether { return try translating(isWriting: true, body) }
    return try translating(isWriting: true) {
      if isMissing {
        connection = try Connection(path: path, mode: .create)
        _ = try migrator.prepareNew(connection)
        isMissing = false
      }
      connection.setBusyLimit(busyLimit)
      // The limit is this write's alone.
      defer { connection.setBusyLimit(Self.busyLimit) }
      let result = try connection.transaction(.immediate) {
        // Another process may have made the file meanwhile: the migrator looks again, now that it can't change.
        if isNew, try !migrator.migrate(connection) { try Schema.check(connection, path: path, migrator: migrator) }
        return try body()
      }
      isNew = false
      return result
    }
  }

  /// Runs several writes as one transaction: all of them are stored, or nothing.
  package func together<T>(_ body: () throws -> T) throws -> T {
    try writing {
      isTogether = true
      defer { isTogether = false }
      return try body()
    }
  }

  /// Another connection may have made the file that was missing: it is opened by the next use.
  func openIfMade() throws {
    guard isNew else { return }
    if isMissing {
      connection = try Connection(path: path, mode: .create)
      isMissing = false
    }
    isNew = try migrator.prepareNew(connection)
  }

  private func translating<T>(isWriting: Bool = false, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as SQLiteError {
      // It was there when it was opened, or its folder was.
      throw isWriting && error.isMissingFile && error.path == path ? StoreError.moved(path: path) : StoreError(error)
    } catch let error as MigrationError {
      throw StoreError(error, path: path)
    }
  }
}
