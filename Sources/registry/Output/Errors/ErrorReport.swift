import ArgumentParser
import Datasets
import ForeignRuns
import Formats
import ModelRegistry
import NeuralNets
import Tensors
import Training

/// All wording of errors, and the exit code of each (sysexits): what failed, the value in quotes, where, and a hint that can be run.
struct ErrorReport: Error, Equatable {
  enum Code: Int32, Sendable {
    case failed = 1
    case usage = 64
    case badData = 65
    case notFound = 66
    case cannotCreate = 73
    case inputOutput = 74
    case busy = 75
    // Of a command that `registry run` can't start, as shells have them.
    case cannotExecute = 126
    case noCommand = 127
    // 128 and the number of the signal.
    case hangup = 129
    case interrupted = 130
    case terminated = 143

    init(signal: Int32) { self = Code(rawValue: 128 + signal) ?? .terminated }
  }

  let message: String
  let hint: String?
  let code: Code

  init(_ message: String, hint: String? = nil, _ code: Code) {
    self.message = message
    self.hint = hint
    self.code = code
  }

  /// As it is printed.  A value of any length may be quoted in it: what goes on for pages helps nobody.
  var text: String {
    func line(_ text: String) -> String { text.singleLine.truncatedInMiddle(to: 3000) }
    let message = "Error: \(line(self.message))"
    return hint.map { "\(message)\n  hint: \(line(HintCommand.completed($0)))" } ?? message
  }

  /// The report of any error that a command throws; nil for those that the argument parser words.
  init?(_ error: any Error) {
    switch error {
    case let error as ErrorReport: self = error
    case let error as UsageError: self.init(error.message, hint: error.hint, .usage)
    case let error as RegistryError: self.init(error)
    case let error as StoreError: self.init(error)
    case let error as ManagementError: self.init(error)
    case let error as QueryError: self.init(error)
    case let error as RunError: self.init(error)
    case let error as BackupError: self.init(error)
    case let error as MergeError: self.init(error)
    case let error as CSVError: self.init(csv: error)
    case let error as FormatError: self.init(error)
    case let error as ImportError: self.init(error)
    case let error as ForeignError: self.init(error)
    case let error as HyperparameterError: self.init("'--\(error.name) \(error.value)': it has to be \(error.needed).", .usage)
    case let error as TaskError: self.init(error)
    case let error as FineTuneError: self.init("\(error.description).", .badData)
    case let error as DatasetError: self.init(error)
    case let error as ArchitectureError: self.init("\(error.description).", .badData)
    case let error as StateDictError: self.init("\(error.description).", .badData)
    case let error as TensorError: self.init("\(error.description).", .badData)
    case let error as OutputError: self.init("cannot write to standard output: \(error.message).", .inputOutput)
    default: return nil
    }
  }

  private init(_ error: TaskError) {
    switch error {
    case .wrongTarget(let task, let column):
      let fitting = column.classes.map { $0.count == 2 ? "binary" : "multiclass" } ?? "regression"
      self.init("\(error.description).", hint: task.rawValue == fitting ? nil : "--task \(fitting)", .badData)
    }
  }

  private init(_ error: DatasetError) {
    switch error {
    case .illegalArgument(let name, let value, let needed):
      self.init("'--\(name.split { " _".contains($0) }.joined(separator: "-")) \(value)': it has to be \(needed).", .usage)
    case .missingCell:
      self.init("\(error.description).", hint: "registry train --impute median makes a version that fills missing cells in", .badData)
    case .nothingToImputeFrom(let column):
      self.init("\(error.description).", hint: "--drop \(column.quotedForShell) leaves the column out", .badData)
    default: self.init("\(error.description).", hint: error.hint, .badData)
    }
  }

  /// A CSV file's error, with the hint for what it was read for.
  init(csv error: CSVError, _ use: CSVError.Use = .training) {
    let hint = error.hint(use)
    switch error.reason {
    case .noSuchFile: self.init("\(error.description).", .notFound)
    case .unreadable: self.init("\(error.description).", .inputOutput)
    case .targetDropped, .targetIsDate, .dateAndCategory, .regressionOfTexts: self.init("\(error.description).", hint: hint, .usage)
    default: self.init("\(error.description).", hint: hint, .badData)
    }
  }
}

/// What was asked for makes no sense, whatever the registry holds.
struct UsageError: Error {
  let message: String
  var hint: String?

  init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
}

extension ErrorReport {
  /// A registry's errors.
  init(_ error: RegistryError) {
    switch error {
    case .missingFile(let path): self.init(missingRegistry: path, making: "registry train --db \(path.quotedForShell)")
    case .cannotCreate(let path, let folder, isMissing: true):
      self.init("cannot create '\(path)': there is no folder '\(folder)'.", hint: "mkdir -p \(folder.quotedForShell)", .notFound)
    case .cannotCreate(let path, let folder, isMissing: false):
      self.init("cannot create '\(path)': permission denied.", hint: "ls -ld \(folder.quotedForShell)", .inputOutput)
    case .directory(let path):
      self.init("'\(path)' is a directory, not a registry.", hint: "--db \("\(path)/registry.db".quotedForShell)", .badData)
    case .forbidden(let path):
      self.init("'\(path)' may not be opened: permission denied.", hint: "ls -l \(path.quotedForShell)", .inputOutput)
    case .emptyFile(let path):
      self.init("'\(path)' is empty: it holds no registry yet.", hint: "registry train --db \(path.quotedForShell)", .badData)
    case .notADatabase(let path): self.init("'\(path)' is not a registry: it isn't a SQLite database.", .badData)
    case .foreignDatabase(let path): self.init("'\(path)' is a database of another program, not a registry.", .badData)
    case .newerSchema(let path, let found, let known):
      self.init("\(path) has migration \(found), this program knows \(known).", hint: "upgrade registry", .badData)
    case .olderSchema(let path, let found, let known):
      self.init(
        "\(path) has migration \(found), this program needs \(known).", hint: "registry migrate --db \(path.quotedForShell)", .badData)
    case .changedMigration(let path, let problem): self.init("\(path): \(problem)", .badData)
    case .changedSchema(let path, let object, let isAdded):
      let what = isAdded ? "\(object) was added to the registry's own tables" : "\(object) was changed or removed"
      self.init("\(path) has been tampered with: \(what).", .badData)
    case .corrupt(let path, let problem):
      self.init("\(path) is damaged: \(problem).", hint: "registry verify --db \(path.quotedForShell)", .badData)
    case .readOnly(let path): self.init("'\(path)' can only be read.", hint: "ls -l \(path.quotedForShell)", .inputOutput)
    case .needsRecovery(let path):
      self.init("'\(path)' was left in the middle of a write and must be recovered, but it can only be read.", .inputOutput)
    case .busy(let path):
      self.init("\(path) has been locked by another process for 30 s.", hint: "fuser \(path.quotedForShell)", .busy)
    case .tooLarge(let path):
      self.init("\(path) may not grow any more: nothing was stored in it.", hint: "ulimit -f unlimited", .inputOutput)
    case .moved(let path):
      self.init("\(path) was moved or removed while it was in use.", hint: "ls -l \(path.quotedForShell)", .inputOutput)
    case .longPath(let path, let bytes, let limit):
      self.init(
        "'\(path)' can't be a registry: its whole path has \(bytes) bytes, SQLite takes \(limit).",
        hint: "a shorter path, such as /tmp/registry.db", .inputOutput)
    case .diskFull(let path): self.init("the disk is full: nothing was stored in \(path).", hint: "df -h .", .inputOutput)
    case .inputOutput(let path, let problem): self.init("\(path): \(problem).", .inputOutput)
    case .refused(let path, let rule): self.init("\(path): \(rule).", .badData)
    case .database(let path, let problem): self.init("\(path): \(problem).", .failed)
    case .unsealedRun(let id, let path):
      self.init(
        "run \(id) in \(path) wasn't finished by this program: nothing seals its params and metrics.",
        hint: "registry delete --run \(id) --db \(path.quotedForShell)", .badData)
    case .rotten(let what, let path):
      self.init("\(what) in \(path) is not what was stored.", hint: "registry verify --db \(path.quotedForShell)", .badData)
    default: self.init(content: error)
    }
  }

  /// The errors about what is in a registry.
  private init(content error: RegistryError) {
    switch error {
    case .noSuchModel(let name, let known, let path):
      let others = known.isEmpty ? "" : " (there is \(known.map { "'\($0)'" }.joined(separator: ", ")))"
      self.init(
        "no model '\(name)' in \(path)\(others).",
        hint: Self.guess(name, among: known, or: "registry list models --db \(path.quotedForShell)"), .notFound)
    case .noSuchVersion(let model, let version, let newest, let isDeleted, let path):
      guard !isDeleted else {
        let name = "\(model)/\(version)".quotedForShell
        self.init(
          "version \(version) of '\(model)' in \(path) is deleted.", hint: "registry restore \(name) --db \(path.quotedForShell)", .notFound
        )
        return
      }
      let state = newest.map { "newest is \($0)" } ?? "it has none"
      self.init("no version \(version) of '\(model)' in \(path) (\(state)).", hint: "registry list --db \(path.quotedForShell)", .notFound)
    case .noSuchAlias(let model, let alias, let known, let path):
      let others = known.isEmpty ? "it has none" : "it has " + known.map { "'\($0)'" }.joined(separator: ", ")
      self.init(
        "no alias '\(alias)' of '\(model)' in \(path) (\(others)).",
        hint: Self.guess(alias, among: known, or: "registry alias list --db \(path.quotedForShell)"), .notFound)
    case .severalModelsHave, .noModelHas: self.init(modelChoice: error)
    case .noVersions(let model, let path):
      self.init("'\(model)' has no versions in \(path).", hint: "registry train --db \(path.quotedForShell)", .notFound)
    case .noSuchRun(let id, let newest, let path):
      let state = newest.map { "newest is \($0)" } ?? "it has none"
      self.init("no run \(id) in \(path) (\(state)).", hint: "registry list runs --db \(path.quotedForShell)", .notFound)
    case .noSuchDataset(let name, let known, let path):
      let others = known.isEmpty ? "there is none" : "there is \(known.map { "'\($0)'" }.joined(separator: ", "))"
      self.init(
        "no dataset '\(name)' in \(path) (\(others)).",
        hint: Self.guess(name, among: known, or: "registry dataset list --db \(path.quotedForShell)"), .notFound)
    case .datasetNameTaken(let name, let path):
      self.init("'\(name)' is another dataset in \(path).", hint: "another --name, or --replace to move the name", .badData)
    case .datasetInUse(let name, let runs, let path):
      let list = runs.prefix(5).map(String.init).joined(separator: ", ") + (runs.count > 5 ? ", …" : "")
      let which = runs.count == 1 ? "run \(list) needs" : "runs \(list) need"
      self.init(
        "\(which) the dataset '\(name)' in \(path).", hint: "registry show --run \(runs.first ?? 1) --db \(path.quotedForShell)", .badData)
    case .severalNames(let digest, let names, let path):
      self.init(
        "the dataset '\(digest)' in \(path) has the names \(names.map { "'\($0)'" }.joined(separator: ", ")): say which.",
        hint: "registry dataset remove \((names.first ?? "").quotedForShell) --db \(path.quotedForShell)", .usage)
    case .illegalVersionName(let text):
      self.init("'\(text)' names no version.", hint: "a version is named 3, name/3, champion, name@champion or latest", .usage)
    case .illegalName(let kind, let name, let rule):
      self.init("'\(name)' can't name a\("aeiou".contains(kind.prefix(1)) ? "n" : "") \(kind): \(rule).", .usage)
    case .noArchitecture(let model, let version):
      self.init(
        "\(model)/\(version) is a state_dict without an architecture: there is no net to rebuild.", hint: Self.again(model, version),
        .badData)
    case .noNet(let model, let version, let reason, let option):
      self.init("\(model)/\(version) can't be run as a net: \(reason).", hint: option.map { Self.again(model, version, $0) }, .badData)
    case .unknownActivation(let model, let version, let wasGuessed, let option):
      let why = wasGuessed ? " (an earlier release took it for ReLU)" : ""
      let all = "--activation '\(HiddenActivation.allCases.map(\.rawValue).joined(separator: "|"))'"
      self.init(
        "\(model)/\(version) isn't run: the activation between its layers isn't in the file\(why).",
        hint: Self.again(model, version, [all, option].compactMap(\.self).joined(separator: " ")), .badData)
    default: self.init("\(error)", .failed)
    }
  }

  /// How a version is imported again, with what the file doesn't say; equal tensors are stored once.
  private static func again(_ model: String, _ version: Int, _ options: String = "") -> String {
    // A name of its own, and no import where there is such a file already: it would be another model's.
    let file = "\(model)-\(version).pt"
    let path = (file.hasPrefix("-") ? "./\(file)" : file).quotedForShell
    let export = "registry export \("\(model)/\(version)".quotedForShell) -o \(path)"
    return "\(export) && registry import \(path) --model \(model.quotedForShell)\(options.isEmpty ? "" : " \(options)")"
  }
}

extension String {
  /// The text as one word of a shell's command line.
  var quotedForShell: String {
    let isPlain = !isEmpty && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._/-+=@%:".contains($0)) }
    return isPlain ? self : "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
