import ModelRegistry
import NeuralNets

extension ErrorReport {
  /// The store has the words; the program adds what can be run, and calls the parts of a query as it asks for them.
  init(_ error: StoreError) {
    if error.code == .missingFile {
      self.init(missingRegistry: error.path, making: "registry train --db \(error.path.quotedForShell)")
    } else if let part = error.part {
      self.init("\(Self.sentence(of: error, in: part)).", hint: Self.hint(ofQuery: error, part), Code(error.category))
    } else {
      self.init("\(error.description).", hint: Self.hint(error), Code(error.category))
    }
  }

  private static func hint(_ error: StoreError) -> String? {
    switch error.category {
    case .unsupported, .notOnDisk, .inputOutput, .full, .occupied: hint(ofFile: error)
    default: hint(ofContent: error)
    }
  }

  /// About files: the registry's, a copy's, or one that is taken in.
  private static func hint(ofFile error: StoreError) -> String? {
    let path = error.path.quotedForShell
    switch error.code {
    case .noFolder: return error.names.first.map { "mkdir -p \($0.quotedForShell)" }
    case .cannotCreate: return error.names.first.map { "ls -ld \($0.quotedForShell)" }
    case .directory: return "--db \("\(error.path)/registry.db".quotedForShell)"
    case .forbidden, .readOnly, .moved: return "ls -l \(path)"
    case .emptyFile: return "registry train --db \(path)"
    case .newerSchema: return "upgrade registry"
    case .olderSchema: return "registry migrate --db \(path)"
    case .tooLarge: return "ulimit -f unlimited"
    case .longPath: return "a shorter path, such as /tmp/registry.db"
    case .diskFull, .cannotWrite: return "df -h ."
    case .targetExists: return "registry backup \(path) --force"
    case .targetIsDirectory: return "registry backup \("\(error.path)/registry.db".quotedForShell)"
    case .targetNotRegular: return "registry backup backup.db"
    case .targetInUse: return error.names.first.map { "ls -l \($0.quotedForShell)" }
    default: return error.suggestion
    }
  }

  /// About what is in a registry.
  private static func hint(ofContent error: StoreError) -> String? {
    let database = "--db \(error.path.quotedForShell)"
    let (name, first) = (error.name.quotedForShell, error.names.first ?? "")
    switch error.code {
    case .busy: return "fuser \(error.path.quotedForShell)"
    case .corrupt, .rotten, .unsoundCopy, .unsoundSource: return "registry verify \(database)"
    case .unsealedRun: return "registry delete --run \(error.name) \(database)"

    case .noSuchModel: return error.meant(or: "registry list models \(database)")
    case .noSuchAlias: return error.meant(or: "registry alias list \(database)")
    case .noSuchDataset: return error.meant(or: "registry dataset list \(database)")
    case .noSuchExperiment: return error.meant(or: "registry list experiments \(database)")
    case .noSuchTag: return error.meant(or: "registry tag --help")
    case .noSuchFile: return error.suggestions.first.map { "did you mean '\($0)'?" }
    case .noSuchVersion, .noModelHas: return "registry list \(database)"
    case .noSuchRun: return "registry list runs \(database)"
    case .noVersions: return "registry train \(database)"
    case .deletedVersion: return "registry restore \(name) \(database)"
    case .deletedRun: return "registry restore --run \(error.name) \(database)"
    case .removedVersion: return "registry list --all --model \(error.version.model.quotedForShell) \(database)"
    case .ambiguousName: return "say \((error.suggestions.first ?? "").quotedForShell), or add --model \(first.quotedForShell)"
    case .ambiguousDataset: return "registry dataset remove \(first.quotedForShell) \(database)"
    case .modelForAlias: return error.suggestions.map(\.quotedForShell).joined(separator: ", or ")
    case .illegalVersionName: return "a version is named 3, name/3, champion, name@champion or latest"
    case .illegalTimestamp: return "2026-03-01, 2026-03-01T12:00 or 2026-03-01T12:00:30.250Z; UTC"
    case .datasetNameTaken: return "another --name, or --replace to move the name"
    case .modelNameTaken: return "registry list models \(database)"
    case .experimentNameTaken: return "registry list experiments \(database)"

    case .datasetInUse: return "registry show --run \(first) \(database)"
    case .aliased: return "registry alias remove \(first.quotedForShell) \(database)"
    case .runHasVersions:
      return "registry delete \(error.names.map(\.quotedForShell).joined(separator: " ")) --run \(error.name) \(database)"
    case .experimentHasVersions: return "registry delete \(error.names.map(\.quotedForShell).joined(separator: " ")) \(database)"
    case .nothingToRollBack: return "registry alias history \(name) \(database)"
    case .rollbackTargetDeleted: return "registry restore \(first.quotedForShell) \(database)"
    case .rollbackTargetRemoved: return "registry alias set \(name) \((error.suggestions.first ?? "").quotedForShell) \(database)"

    case .takenOver, .stillRunning, .hasFailed, .isImport, .foreignParams, .notTrainedHere:
      return "registry show --run \(error.name) \(database)"
    case .locked:
      return error.name.isEmpty ? "fuser \(error.path.quotedForShell)" : "registry train --resume \(error.name) \(database)"
    case .alreadyFinished:
      return first.isEmpty ? "registry show --run \(error.name) \(database)" : "registry train --from \(first.quotedForShell) \(database)"
    case .nothingToReproduce: return "registry show \(name) \(database)"

    case .noArchitecture: return again(error.version, "")
    case .noNet: return error.missing.first.map { again(error.version, $0 == .activation ? "--activation none" : $0.option) }
    case .unknownActivation: return again(error.version, error.missing.map(\.option).joined(separator: " "))
    default: return error.suggestion
    }
  }

  /// How a version is imported again, with what the file doesn't say; equal tensors are stored once.
  private static func again(_ version: (model: String, number: String), _ options: String) -> String {
    // A name of its own, and no import where there is such a file already: it would be another model's.
    let file = "\(version.model)-\(version.number).pt"
    let path = (file.hasPrefix("-") ? "./\(file)" : file).quotedForShell
    let export = "registry export \("\(version.model)/\(version.number)".quotedForShell) -o \(path)"
    return "\(export) && registry import \(path) --model \(version.model.quotedForShell)\(options.isEmpty ? "" : " \(options)")"
  }
}

extension StoreError {
  /// What could be done, in the store's words.
  fileprivate var suggestion: String? { suggestions.isEmpty ? nil : suggestions.joined(separator: ", or ") }

  /// The name that was probably meant, before the command that shows those that there are.
  fileprivate func meant(or command: String) -> String { suggestions.first.map { "did you mean '\($0)'? \(command)" } ?? command }

  /// The model and the number in `model/3`; a model's name has no slash.
  fileprivate var version: (model: String, number: String) {
    let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
    return (parts.first ?? "", parts.count > 1 ? parts[1] : "")
  }
}

extension StoreError.NetFact {
  /// What an import is told.
  fileprivate var option: String {
    switch self {
    case .activation: "--activation '\(HiddenActivation.allCases.map(\.rawValue).joined(separator: "|"))'"
    case .batchNormPlace: "--batch-norm 'before|after'"
    }
  }
}
