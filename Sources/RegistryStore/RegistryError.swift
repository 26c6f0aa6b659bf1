internal import SQLite

/// What can go wrong with a registry.  The program words these; see its `ErrorReport`.
public enum RegistryError: Error, Equatable {
  // The file.
  case missingFile(path: String)
  /// The file can't be made: the folder that it should be in isn't there, or may not be written to.
  case cannotCreate(path: String, folder: String, isMissing: Bool)
  case directory(path: String)
  case forbidden(path: String)
  case emptyFile(path: String)
  case notADatabase(path: String)
  case foreignDatabase(path: String)
  case newerSchema(path: String, found: Int, known: Int)
  case olderSchema(path: String, found: Int, known: Int)
  /// A migration that was applied with other SQL, or a record that contradicts the file.
  case changedMigration(path: String, problem: String)
  /// One of our tables, indexes, views or triggers was changed or removed, or a trigger was added to our tables.
  case changedSchema(path: String, object: String, isAdded: Bool)
  case corrupt(path: String, problem: String)
  case readOnly(path: String)
  case needsRecovery(path: String)
  case busy(path: String)
  case diskFull(path: String)
  /// A limit of the process (`ulimit -f`) or of the file system keeps the file from growing.
  case tooLarge(path: String)
  /// The file was moved, replaced or removed after it was opened.
  case moved(path: String)
  /// SQLite opens no file whose whole path has more bytes.
  case longPath(path: String, bytes: Int, limit: Int)
  case inputOutput(path: String, problem: String)
  /// A rule of the schema refused.
  case refused(path: String, rule: String)
  case database(path: String, problem: String)

  // What is in it.  `known` are some of those that there are, the one with the nearest spelling among them.
  case noSuchModel(name: String, known: [String], path: String)
  case noSuchVersion(model: String, version: Int, newest: Int?, isDeleted: Bool, path: String)
  case noSuchAlias(model: String, alias: String, known: [String], path: String)
  case noVersions(model: String, path: String)
  /// A name without a model, such as 4 or champion, that several models have, or none of several.
  case severalModelsHave(name: String, models: [String], path: String)
  case noModelHas(name: String, models: [String], path: String)
  case noSuchRun(id: Int, newest: Int?, path: String)
  case noSuchDataset(name: String, known: [String], path: String)
  /// Other content has the name.
  case datasetNameTaken(name: String, path: String)
  /// Runs need the dataset.
  case datasetInUse(name: String, runs: [Int], path: String)
  /// The beginning of a digest of a dataset that has more than one name.
  case severalNames(digest: String, names: [String], path: String)
  case illegalVersionName(String)
  case illegalName(kind: String, name: String, rule: String)
  /// A version that was imported without an architecture.
  case noArchitecture(model: String, version: Int)
  /// A version that can't be run as a net, and why; what an import has to say for it to be one, where that is it.
  case noNet(model: String, version: Int, reason: String, option: String? = nil)
  /// A version that could be a net, if one knew what stands between its layers.  `wasGuessed`: an earlier release took it for ReLU.
  /// `option`: what an import has to say besides.
  case unknownActivation(model: String, version: Int, wasGuessed: Bool, option: String? = nil)
  /// A run that is finished and that nothing seals: plain SQL made it.
  case unsealedRun(id: Int, path: String)
  /// What was read is not what was written.
  case rotten(what: String, path: String)

  init(_ error: SQLiteError) {
    let path = error.path
    if error.isMissingFile {
      self = .missingFile(path: path)
    } else if error.isOutOfMemory {
      self = .database(path: path, problem: "out of memory")
    } else if error.isDirectory {
      self = .directory(path: path)
    } else if error.isForbidden {
      self = .forbidden(path: path)
    } else if error.isNotADatabase {
      self = .notADatabase(path: path)
    } else if error.needsRecovery {
      self = .needsRecovery(path: path)
    } else if error.isMoved {
      self = .moved(path: path)
    } else if error.isReadOnly {
      self = .readOnly(path: path)
    } else if error.isBusy {
      self = .busy(path: path)
    } else if error.isTooLarge {
      self = .tooLarge(path: path)
    } else if error.isFull {
      self = .diskFull(path: path)
    } else if error.isCorrupt {
      self = .corrupt(path: path, problem: error.message)
    } else if error.isConstraint || error.isForeignKeyMismatch {
      self = .refused(path: path, rule: error.message)
    } else {
      switch error.reason {
      case .storageClass, .malformedText: self = .corrupt(path: path, problem: error.message)
      default: self = error.isIOError ? .inputOutput(path: path, problem: error.message) : .database(path: path, problem: error.message)
      }
    }
  }

  init(_ error: MigrationError, path: String) {
    switch error {
    case .foreignDatabase: self = .foreignDatabase(path: path)
    case .emptyDatabase: self = .emptyFile(path: path)
    case .newerSchema(let found, let known): self = .newerSchema(path: path, found: found, known: known)
    case .olderSchema(let found, let known): self = .olderSchema(path: path, found: found, known: known)
    case .changedMigration, .inconsistentRecord, .missingRecord: self = .changedMigration(path: path, problem: error.description)
    case .notCopied: self = .inputOutput(path: path, problem: String(error.description.dropLast()))
    case .database(let error): self.init(error)
    }
  }
}
