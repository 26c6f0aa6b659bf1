internal import SQLite

// What can go wrong with the file of a registry.

extension StoreError {
  /// About a file: the sentence names it.
  private init(_ code: Code, file path: String, names: [String] = [], _ sentence: String) {
    self.init(code, about: "'\(path)'", path: path, name: path, names: names) { _ in sentence }
  }

  package static func missingFile(path: String) -> StoreError { StoreError(.missingFile, file: path, "there is no registry '\(path)'") }

  /// The file can't be made: the folder that it should be in isn't there, or may not be written to.
  package static func cannotCreate(path: String, folder: String, isMissing: Bool) -> StoreError {
    isMissing
      ? noFolder(path: path, folder: folder)
      : StoreError(.cannotCreate, file: path, names: [folder], "cannot create '\(path)': permission denied")
  }

  package static func noFolder(path: String, folder: String) -> StoreError {
    StoreError(.noFolder, file: path, names: [folder], "cannot create '\(path)': there is no folder '\(folder)'")
  }

  package static func directory(path: String) -> StoreError {
    StoreError(.directory, file: path, "'\(path)' is a directory, not a registry")
  }

  package static func forbidden(path: String) -> StoreError {
    StoreError(.forbidden, file: path, "'\(path)' may not be opened: permission denied")
  }

  package static func emptyFile(path: String) -> StoreError {
    StoreError(.emptyFile, file: path, "'\(path)' is empty: it holds no registry yet")
  }

  package static func notADatabase(path: String) -> StoreError {
    StoreError(.notADatabase, file: path, "'\(path)' is not a registry: it isn't a SQLite database")
  }

  package static func foreignDatabase(path: String) -> StoreError {
    StoreError(.foreignDatabase, file: path, "'\(path)' is a database of another program, not a registry")
  }

  package static func newerSchema(path: String, found: Int, known: Int) -> StoreError {
    StoreError(.newerSchema, file: path, "\(path) has migration \(found), this program knows \(known)")
  }

  package static func olderSchema(path: String, found: Int, known: Int) -> StoreError {
    StoreError(.olderSchema, file: path, "\(path) has migration \(found), this program needs \(known)")
  }

  /// `problem` is a whole sentence.
  package static func changedMigration(path: String, problem: String) -> StoreError {
    StoreError(.changedMigration, file: path, "\(path): \(problem.hasSuffix(".") ? problem.dropLast() : problem[...])")
  }

  package static func changedSchema(path: String, object: String, isAdded: Bool) -> StoreError {
    let what = isAdded ? "\(object) was added to the registry's own tables" : "\(object) was changed or removed"
    return StoreError(.changedSchema, file: path, "\(path) has been tampered with: \(what)")
  }

  /// `problem` is the one in `names`.
  package static func corrupt(path: String, problem: String) -> StoreError {
    StoreError(.corrupt, file: path, names: [problem], "\(path) is damaged: \(problem)")
  }

  package static func readOnly(path: String) -> StoreError { StoreError(.readOnly, file: path, "'\(path)' can only be read") }

  package static func needsRecovery(path: String) -> StoreError {
    StoreError(
      .needsRecovery, file: path, "'\(path)' was left in the middle of a write and must be recovered, but it can only be read")
  }

  package static func busy(path: String) -> StoreError {
    StoreError(.busy, file: path, "\(path) has been locked by another process for 30 s")
  }

  package static func diskFull(path: String) -> StoreError {
    StoreError(.diskFull, file: path, "the disk is full: nothing was stored in \(path)")
  }

  package static func tooLarge(path: String) -> StoreError {
    StoreError(.tooLarge, file: path, "\(path) may not grow any more: nothing was stored in it")
  }

  package static func moved(path: String) -> StoreError {
    StoreError(.moved, file: path, "\(path) was moved or removed while it was in use")
  }

  package static func longPath(path: String, bytes: Int, limit: Int) -> StoreError {
    StoreError(.longPath, file: path, "'\(path)' can't be a registry: its whole path has \(bytes) bytes, SQLite takes \(limit)")
  }

  package static func inputOutput(path: String, problem: String) -> StoreError {
    StoreError(.inputOutput, file: path, "\(path): \(problem)")
  }

  package static func outOfMemory(path: String) -> StoreError { StoreError(.outOfMemory, file: path, "\(path): out of memory") }

  package static func ruleBroken(path: String, rule: String) -> StoreError { StoreError(.ruleBroken, file: path, "\(path): \(rule)") }

  package static func databaseFailed(path: String, problem: String) -> StoreError {
    StoreError(.databaseFailed, file: path, "\(path): \(problem)")
  }

  /// What was read is not what was written.  `what` is its subject.
  package static func rotten(what: String, path: String) -> StoreError {
    StoreError(.rotten, about: what, path: path) { "\(what)\($0) is not what was stored" }
  }

  // MARK: SQLite's errors

  init(_ error: SQLiteError) {
    let path = error.path
    if error.isMissingFile {
      self = .missingFile(path: path)
    } else if error.isOutOfMemory {
      self = .outOfMemory(path: path)
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
      self = .ruleBroken(path: path, rule: error.message)
    } else {
      switch error.reason {
      case .storageClass, .malformedText: self = .corrupt(path: path, problem: error.message)
      default:
        self = error.isIOError ? .inputOutput(path: path, problem: error.message) : .databaseFailed(path: path, problem: error.message)
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
