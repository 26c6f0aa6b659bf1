import Testing

@testable import RegistryStore

/// One error of each code, in words.
struct StoreErrorTests {
  private static let problem = [Verification.Problem(kind: .run, what: "it is a part of itself", place: "runs id 1 (m)")]
  private static let path = "r.db"

  /// What names the registry in its own sentence.
  static let ofFiles: [(StoreError, String)] = [
    (.missingFile(path: path), "there is no registry 'r.db'"),
    (.cannotCreate(path: "f/r.db", folder: "f", isMissing: true), "cannot create 'f/r.db': there is no folder 'f'"),
    (.cannotCreate(path: "f/r.db", folder: "f", isMissing: false), "cannot create 'f/r.db': permission denied"),
    (.directory(path: path), "'r.db' is a directory, not a registry"),
    (.forbidden(path: path), "'r.db' may not be opened: permission denied"),
    (.emptyFile(path: path), "'r.db' is empty: it holds no registry yet"),
    (.notADatabase(path: path), "'r.db' is not a registry: it isn't a SQLite database"),
    (.foreignDatabase(path: path), "'r.db' is a database of another program, not a registry"),
    (.newerSchema(path: path, found: 3, known: 2), "r.db has migration 3, this program knows 2"),
    (.olderSchema(path: path, found: 1, known: 2), "r.db has migration 1, this program needs 2"),
    (.changedMigration(path: path, problem: "migration 1 was changed."), "r.db: migration 1 was changed"),
    (.changedSchema(path: path, object: "view 'v'", isAdded: false), "r.db has been tampered with: view 'v' was changed or removed"),
    (.corrupt(path: path, problem: "a page is torn"), "r.db is damaged: a page is torn"),
    (.readOnly(path: path), "'r.db' can only be read"),
    (.needsRecovery(path: path), "'r.db' was left in the middle of a write and must be recovered, but it can only be read"),
    (.busy(path: path), "r.db has been locked by another process for 30 s"),
    (.diskFull(path: path), "the disk is full: nothing was stored in r.db"),
    (.tooLarge(path: path), "r.db may not grow any more: nothing was stored in it"),
    (.moved(path: path), "r.db was moved or removed while it was in use"),
    (.longPath(path: path, bytes: 600, limit: 500), "'r.db' can't be a registry: its whole path has 600 bytes, SQLite takes 500"),
    (.inputOutput(path: path, problem: "Input/output error"), "r.db: Input/output error"),
    (.outOfMemory(path: path), "r.db: out of memory"),
    (.ruleBroken(path: path, rule: "a run is sealed"), "r.db: a run is sealed"),
    (.databaseFailed(path: path, problem: "interrupted"), "r.db: interrupted"),
    (.locked(run: nil, seconds: 30, path: path), "r.db has been locked by another process for 30 s: nothing was stored"),
    (.targetExists(path: "c.db"), "'c.db' exists already"),
    (.targetIsDirectory(path: "c.db"), "'c.db' is a directory"),
    (.targetNotRegular(path: "c.db"), "'c.db' isn't a regular file"),
    (
      .targetInUse(path: "c.db", journal: "c.db-wal"), "beside 'c.db' stands 'c.db-wal': someone writes there, or was stopped while writing"
    ),
    (.cannotWrite(path: "c.db", problem: "No such device"), "cannot write 'c.db': No such device"),
    (.backupOntoItself(path: path), "'r.db' is the registry itself: a copy needs a name of its own"),
    (
      .unsoundCopy(source: path, problems: problem),
      "the copy of r.db doesn't verify, so it was not kept: runs id 1 (m): it is a part of itself"
    ),
    (.unsoundSource(path: path, problems: problem), "r.db doesn't verify, so nothing was merged: runs id 1 (m): it is a part of itself"),
  ]

  /// What is in a registry: `IN` stands where the sentence says which.
  static let ofContent: [(StoreError, String)] = [
    (.rotten(what: "version m/1", path: path), "version m/1IN is not what was stored"),
    (.unsealedRun(id: 7, path: path), "run 7IN wasn't finished by this program: nothing seals its params and metrics"),
    (.noSuchModel(name: "x", known: ["m", "n"], path: path), "no model 'x'IN (there is 'm', 'n')"),
    (.noSuchVersion(model: "m", version: 9, newest: 3, isDeleted: false, path: path), "no version 9 of 'm'IN (newest is 3)"),
    (.noSuchVersion(model: "m", version: 2, newest: 3, isDeleted: true, path: path), "version 2 of 'm'IN is deleted"),
    (.noSuchAlias(model: "m", alias: "a", known: [], path: path), "no alias 'a' of 'm'IN (it has none)"),
    (.noSuchRun(id: 7, newest: nil, path: path), "no run 7IN (it has none)"),
    (.noSuchDataset(name: "d", known: ["e"], path: path), "no dataset 'd'IN (there is 'e')"),
    (.noSuchExperiment(name: "e", known: ["Default"], path: path), "experiment 'e'IN: there is none of this name (there is 'Default')"),
    (.noSuchTag(title: "run 7", key: "k", known: ["l"], path: path), "run 7 has no tag 'k'IN (it has 'l')"),
    (.noVersions(model: "m", path: path), "'m' has no versionsIN"),
    (.deletedRun(7, path: path), "run 7IN is deleted"),
    (.deletedExperiment("e", path: path), "experiment 'e'IN: it is deleted"),
    (.versionRemoved(model: "m", version: 2, path: path), "version 2 of 'm'IN is gone: it was deleted, and gc has removed it"),
    (.ambiguousName("4", models: ["m", "n"], path: path), "'4' may be a version of several modelsIN: 'm', 'n'"),
    (.noModelHas(name: "best", models: ["m", "n"], path: path), "no modelIN has an alias 'best' (there is 'm', 'n')"),
    (.ambiguousDataset(digest: "ab12", names: ["d", "e"], path: path), "the dataset 'ab12'IN has the names 'd', 'e': say which"),
    (.modelNameTaken(name: "m", path: path), "there is a model 'm'IN already"),
    (.datasetNameTaken(name: "d", path: path), "'d' is another datasetIN"),
    (.experimentNameTaken("e", path: path), "experiment 'e'IN: there is one of this name already"),
    (.datasetInUse(name: "d", runs: [1, 2], path: path), "runs 1, 2 need the dataset 'd'IN"),
    (.aliased(model: "m", version: 3, aliases: ["a"], path: path), "cannot delete 'm/3'IN: the alias 'a' points to it"),
    (.runHasVersions(run: 7, versions: ["m/1", "m/2"], path: path), "cannot delete run 7IN: it has the versions m/1, m/2"),
    (
      .experimentHasVersions(name: "e", problem: "run 1 of it has the version m/1", versions: ["m/1"], path: path),
      "experiment 'e'IN: run 1 of it has the version m/1"
    ),
    (.nothingToRollBack(model: "m", alias: "a", path: path), "there is nothing to roll back: every move of 'm@a'IN is taken back"),
    (
      .rollbackTargetGone(model: "m", alias: "a", version: 1, isRemoved: false, path: path),
      "cannot roll 'm@a' back to 'm/1'IN: that version is deleted"
    ),
    (
      .rollbackTargetGone(model: "m", alias: "a", version: 1, isRemoved: true, path: path),
      "cannot roll 'm@a' back to 'm/1'IN: gc has removed that version"
    ),
    (.takenOver(run: 7, pid: 12, host: "h", path: path), "run 7IN was taken over by process 12 on 'h': this one stops"),
    (.stillRunning(run: 7, pid: nil, host: nil, path: path), "run 7IN is still running: process unknown on 'an unknown host' writes it"),
    (.alreadyFinished(run: 7, model: "m", version: 3, path: path), "run 7IN is finished (m/3 came of it): there is nothing to resume"),
    (.hasFailed(run: 7, reason: "x", path: path), "run 7IN has failed ('x'): there is nothing to resume"),
    (.isImport(run: 7, path: path), "run 7IN is an import: there is no training to resume"),
    (.foreignParams(run: 7, problem: "the param 'p'", path: path), "run 7IN can't be trained by this program: the param 'p'"),
    (.nothingToReproduce(version: "m/3", path: path), "m/3IN was imported: there is nothing to re-run"),
    (
      .notTrainedHere(run: 7, path: path),
      "run 7IN: another program logged it: it was not trained here, so nothing says how to train it again"
    ),
    (.runEnded(7, path: path), "run 7IN: it has ended"),
  ]

  /// What is about no registry.
  static let ofRequests: [(StoreError, String)] = [
    (.illegalName(kind: "alias", name: "a/b", rule: "no slash"), "'a/b' can't name an alias: no slash"),
    (.namelessTag, "a tag needs a key"),
    (.illegalVersionName("@"), "'@' names no version"),
    (.illegalTimestamp("x"), "'x' isn't a valid time"),
    (
      .otherModel(alias: "m@a", aliasModel: "m", version: "n/1", versionModel: "n"),
      "'m@a' is an alias of 'm', and 'n/1' is a version of 'n'"
    ),
    (.modelForAlias(model: "m"), "'m' is a model: say which of its versions"),
    (.noArchitecture(model: "m", version: 3), "m/3 is a state_dict without an architecture: there is no net to rebuild"),
    (.noNet(model: "m", version: 3, reason: "its layers branch"), "m/3 can't be run as a net: its layers branch"),
    (
      .unknownActivation(model: "m", version: 3, wasGuessed: false), "m/3 isn't run: the activation between its layers isn't in the file"
    ),
    (.noTensors(file: "f.pt"), "'f.pt': the file holds no tensor"),
    (.changedFile("f.pt", tensor: "w"), "'f.pt' was changed while it was read (tensor 'w')"),
    (.badSQL(problem: "near \"x\": syntax error", nearest: nil), "near \"x\": syntax error"),
    (.notOneStatement(isEmpty: true), "there is no statement to run"),
    (.notOneStatement(isEmpty: false), "there is more than one statement"),
    (.notReadOnly(what: "DELETE"), "a query only reads: DELETE is refused"),
    (.queryFailed(problem: "integer overflow"), "the query failed: integer overflow"),
    (.outOfTime(limit: .milliseconds(1500), .sql), "the query was given up after 1.5 s"),
  ]

  /// What is about a part of a query, which a door calls as it asks for it.
  static let ofParts: [(StoreError, description: String, message: String)] = [
    (.badExpression(.condition, problem: "no such column: x"), "condition: no such column: x", "no such column: x"),
    (.emptyExpression(.order), "order: the expression is empty", "the expression is empty"),
    (.doubleQuoted(.condition, text: "x", nearest: nil), "condition: no such column: x", "no such column: x"),
    (
      .aboutManyRows(.conditionOrOrder, problem: "misuse of sum()"), "condition or order: misuse of sum(): an expression is about one row",
      "misuse of sum(): an expression is about one row"
    ),
    (
      .onlyInSQL(.condition, function: "predict"), "condition: 'predict' is a function of SQL queries, not of lists",
      "'predict' is a function of SQL queries, not of lists"
    ),
    (.repeatedColumn(name: "x", columns: ["x"]), "columns: 'x' is asked for twice", "'x' is asked for twice"),
    (
      .noSuchKey(.order, kind: "tags", subject: .models, key: "k", nearest: nil, known: []),
      "order: no model has a tag 'k'; none has any tags", "no model has a tag 'k'; none has any tags"
    ),
    (
      .columnAsKey(.columns, kind: "params", column: "seed"), "columns: 'seed' is a column, not a param", "'seed' is a column, not a param"
    ),
    (.noSuchKind(.condition, kind: "params", subject: .models), "condition: models have no params", "models have no params"),
  ]

  @Test("says what is wrong with a file", arguments: ofFiles + ofRequests)
  func words(error: StoreError, words: String) {
    #expect(error.description == words && error.message == words)
    #expect(!error.subject.isEmpty)
  }

  @Test("says in which registry, or leaves that out", arguments: ofContent)
  func place(error: StoreError, words: String) {
    #expect(error.description == words.replacing("IN", with: " in r.db"))
    #expect(error.message == words.replacing("IN", with: ""))
    #expect(error.path == "r.db" && !error.subject.isEmpty)
  }

  @Test("says which part of a query is wrong", arguments: ofParts)
  func part(error: StoreError, description: String, message: String) {
    #expect(error.description == description && error.message == message)
  }

  /// Those of the last are worded where they are thrown, and tested there.
  @Test("has a word for each code")
  func codes() {
    let worded = (Self.ofFiles + Self.ofContent + Self.ofRequests).map(\.0.code) + Self.ofParts.map(\.0.code)
    let elsewhere: [StoreError.Code] = [
      .schemaNameTaken, .emptyName, .noSuchFile, .defaultExperiment, .notLogged, .illegalEnd, .emptyVersion, .valueTaken, .illegalFilePath,
      .illegalFolder, .duplicateFile, .notAFile, .noSource, .unreadableSource, .emptyFolder, .folderFixed, .folderTooLate, .folderOfAnother,
      .lostFile,
      .damagedFile,
    ]
    #expect(Set(worded).isDisjoint(with: elsewhere))
    #expect(Set(worded + elsewhere) == Set(StoreError.Code.allCases))
  }

  @Test("are equal by the bytes of their names")
  func equality() {
    #expect(StoreError.noSuchModel(name: "\u{e9}", known: [], path: "r.db") != .noSuchModel(name: "e\u{301}", known: [], path: "r.db"))
    #expect(StoreError.busy(path: "r.db") == .busy(path: "r.db"))
    #expect(StoreError.busy(path: "r.db") != .diskFull(path: "r.db"))
  }
}
