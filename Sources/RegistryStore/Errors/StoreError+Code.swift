extension StoreError {
  /// What has happened: one for each kind of failure, so that a caller can act on it.
  public enum Code: String, Sendable, CaseIterable {
    // The file of the registry.
    case missingFile, noFolder, cannotCreate, directory, forbidden, emptyFile, notADatabase, foreignDatabase
    case newerSchema, olderSchema
    /// A migration that was applied with other SQL, or a record that contradicts the file.
    case changedMigration
    /// One of our tables, indexes, views or triggers was changed or removed, or a trigger was added to our tables.
    case changedSchema
    /// Something that people added has the name of what an upgrade adds.
    case schemaNameTaken
    case corrupt, readOnly, needsRecovery, busy, diskFull
    /// A limit of the process (`ulimit -f`) or of the file system keeps the file from growing.
    case tooLarge
    /// The file was moved, replaced or removed after it was opened.
    case moved
    /// SQLite opens no file whose whole path has more bytes.
    case longPath
    case inputOutput, outOfMemory
    /// A rule of the schema refused.
    case ruleBroken
    /// SQLite failed in a way that has no code of its own.
    case databaseFailed
    /// What was read is not what was written.
    case rotten
    /// A run that is finished and that nothing seals: plain SQL made it.
    case unsealedRun

    // Names.
    case illegalName, illegalVersionName, illegalTimestamp
    /// A metric, a param or a tag without a name.
    case emptyName
    case noSuchModel, noSuchVersion, noSuchAlias, noSuchRun, noSuchDataset, noSuchExperiment, noSuchFile, noSuchTag
    case noVersions, deletedVersion, deletedRun, deletedExperiment
    /// gc has removed the version: there is nothing to restore.
    case removedVersion
    /// A name without a model, such as 4 or champion, that several models have, or none of several.
    case ambiguousName, noModelHas
    /// The beginning of a digest of a dataset that has more than one name.
    case ambiguousDataset
    /// Two names in one request mean different models.
    case otherModel
    /// What was looked up as an alias is a model.
    case modelForAlias
    case modelNameTaken, datasetNameTaken, experimentNameTaken

    // What can't be done as things are.
    case datasetInUse, aliased, runHasVersions, experimentHasVersions, defaultExperiment
    /// Every move of the alias has been undone.
    case nothingToRollBack
    case rollbackTargetDeleted, rollbackTargetRemoved

    // Nets.
    /// A version that was imported without an architecture.
    case noArchitecture
    /// A version that can't be run as a net.
    case noNet
    /// A version that could be a net, if one knew what stands between its layers.
    case unknownActivation

    // Runs.
    /// Another process resumed the run: this one may not write it any more.
    case takenOver
    /// The result of a run could not be stored because the file was locked all the time.
    case locked
    case stillRunning, alreadyFinished, hasFailed, isImport
    /// The stored params aren't what this program trains by.
    case foreignParams
    /// An imported version: there is no training to repeat.
    case nothingToReproduce
    /// A run that another program logged can neither be resumed nor reproduced.
    case notTrainedHere
    /// A training or an import of this program: nothing is logged to it.
    case notLogged
    case runEnded, illegalEnd, emptyVersion, valueTaken

    // Files and tensors that are taken in.
    case illegalFilePath, illegalFolder, duplicateFile, notAFile, noSource, unreadableSource, emptyFolder
    /// A file that was read twice, or while somebody wrote it.
    case changedFile
    case noTensors
    case folderFixed, folderTooLate, folderOfAnother
    /// A file of the registry's folder, or the folder, that isn't there any more.
    case lostFile
    case damagedFile

    // Copies.
    case targetExists, targetIsDirectory, targetNotRegular
    /// A journal stands beside the place of the copy: someone writes there, or was killed while doing so.
    case targetInUse
    case cannotWrite
    /// The copy, or what would be merged, is the registry itself.
    case sameFile
    case unsoundCopy, unsoundSource

    // Queries that people write.
    case badExpression, emptyExpression
    /// A text in double quotes, which are SQL's for names, and no column has this one.
    case doubleQuoted
    /// A function that takes many rows, where an expression is about one.
    case aboutManyRows
    /// A function that only SQL queries have: predict and its like.
    case onlyInSQL
    case repeatedColumn, noSuchKey, columnAsKey, noSuchKind
    case badSQL, noStatement, severalStatements, notReadOnly, queryFailed, outOfTime
  }

  /// What a door makes an exit code or a status of.
  public enum Category: String, Sendable, CaseIterable {
    /// The request makes no sense, whatever is stored.
    case illegalRequest
    /// A value that can't be stored: an empty name, a path with `..`.
    case illegalValue
    case notFound
    /// A file or folder of the disk isn't there.
    case notOnDisk
    /// Something else has the name, or another value stands there.
    case conflict
    /// It can't be done in the state that things are in.
    case refused
    /// What is read became something else meanwhile.
    case changed
    /// The run that it is about is over, or another process's.
    case over
    /// Something stands where a file should be made.
    case occupied
    /// A file that isn't a registry, or not one of this program's schema.
    case unsupported
    case damaged
    /// Another process writes: later it may succeed.
    case busy
    /// The disk is full, or a limit is reached.
    case full
    case inputOutput
    /// It took longer than it may.
    case outOfTime
    case failed
  }

  public var category: Category { code.category }
}

extension StoreError.Code {
  public var category: StoreError.Category {
    switch self {
    case .missingFile, .noFolder, .noSource, .emptyFolder, .lostFile: .notOnDisk
    case .directory, .emptyFile, .notADatabase, .foreignDatabase, .newerSchema, .olderSchema: .unsupported
    case .changedMigration, .changedSchema, .corrupt, .rotten, .unsealedRun, .damagedFile, .unsoundCopy, .unsoundSource: .damaged
    case .busy, .locked, .stillRunning: .busy
    case .diskFull, .tooLarge: .full
    case .cannotCreate, .forbidden, .readOnly, .needsRecovery, .moved, .longPath, .inputOutput, .targetInUse, .cannotWrite: .inputOutput
    case .outOfMemory, .databaseFailed: .failed
    case .illegalName, .illegalVersionName, .illegalTimestamp, .ambiguousName, .ambiguousDataset, .otherModel, .modelForAlias, .sameFile,
      .badExpression, .emptyExpression, .doubleQuoted, .aboutManyRows, .onlyInSQL, .repeatedColumn, .noSuchKey, .columnAsKey, .noSuchKind,
      .badSQL, .noStatement, .severalStatements, .notReadOnly:
      .illegalRequest
    case .emptyName, .illegalEnd, .emptyVersion, .illegalFilePath, .illegalFolder, .notAFile, .noTensors, .queryFailed: .illegalValue
    case .noSuchModel, .noSuchVersion, .noSuchAlias, .noSuchRun, .noSuchDataset, .noSuchExperiment, .noSuchFile, .noSuchTag, .noVersions,
      .deletedVersion, .deletedRun, .removedVersion, .noModelHas, .nothingToRollBack, .rollbackTargetDeleted, .rollbackTargetRemoved:
      .notFound
    case .schemaNameTaken, .modelNameTaken, .datasetNameTaken, .experimentNameTaken, .valueTaken, .duplicateFile, .folderFixed,
      .folderOfAnother:
      .conflict
    case .ruleBroken, .deletedExperiment, .datasetInUse, .aliased, .runHasVersions, .experimentHasVersions, .defaultExperiment,
      .noArchitecture, .noNet, .unknownActivation, .foreignParams, .nothingToReproduce, .notTrainedHere, .notLogged, .runEnded,
      .unreadableSource,
      .folderTooLate:
      .refused
    case .changedFile: .changed
    case .takenOver, .alreadyFinished, .hasFailed, .isImport: .over
    case .targetExists, .targetIsDirectory, .targetNotRegular: .occupied
    case .outOfTime: .outOfTime
    }
  }
}
