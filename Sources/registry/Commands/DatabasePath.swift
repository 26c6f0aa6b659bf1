import ModelRegistry
import Tensors

#if canImport(Glibc)
import Glibc
#endif

extension DatabaseOption {
  /// `--db`, else `$REGISTRY_DB`, else `registry.db` here.
  var resolvedPath: String {
    if let path { return path }
    if let value = getenv("REGISTRY_DB"), value.pointee != 0 { return String(cString: value) }
    return "registry.db"
  }

  /// What is said before something is written to a file whose locks another machine may keep; nil for a local one.
  static func warning(networkFileSystem: String?, path: String) -> String? {
    networkFileSystem.map {
      "Warning: \(path.singleLine) is on a network file system (\($0)): its locks may fail, and two writers at once could damage it."
    }
  }

  /// What opening did to a file of an older schema.
  private static func sentence(_ upgrade: Upgrade, path: String) -> String {
    guard upgrade.isOfFile else {
      return
        "\(path) has migration \(upgrade.from) and stays as it is: an upgraded copy is read (registry migrate --db \(path.quotedForShell) upgrades the file)"
    }
    let copy = upgrade.copy.map { "; the file as it was before is \($0)" } ?? ""
    return "\(path) was upgraded from migration \(upgrade.from) to \(upgrade.to)\(copy)"
  }

  /// With `isOfFile` a file of an older schema is refused, where else an upgraded copy of it is read.
  func open(_ access: Registry.Access = .read, isOfFile: Bool = false) throws -> Registry {
    guard !resolvedPath.isEmpty else { throw UsageError("'--db' names no file.") }
    let registry = try Registry(path: resolvedPath, access: access)
    if access != .read, let warning = Self.warning(networkFileSystem: registry.networkFileSystem, path: resolvedPath) {
      Streams.note(warning)
    }
    if let upgrade = registry.upgrade {
      if isOfFile, !upgrade.isOfFile { throw StoreError.olderSchema(path: resolvedPath, found: upgrade.from, known: upgrade.to) }
      Streams.note(Self.sentence(upgrade, path: resolvedPath).singleLine)
    }
    return registry
  }
}

extension DatabaseOption {
  /// Opens a registry that may be made now, with the folder of files that is asked for.
  func create(_ artifacts: ArtifactsOption) throws -> Registry {
    let registry = try open(.create)
    try artifacts.apply(to: registry)
    return registry
  }
}

extension ArtifactsOption {
  /// Throws where the registry holds something already and its files stand elsewhere.
  func apply(to registry: Registry) throws {
    guard let artifacts else { return }
    guard !artifacts.isEmpty else { throw UsageError("'--artifacts' names no folder.") }
    try registry.useFileFolder(artifacts)
  }
}

/// The model that is meant where none is named: `--model`, else `$REGISTRY_MODEL`.
func chosenModel(_ option: String?) -> String? {
  if let option { return option }
  return getenv("REGISTRY_MODEL").flatMap { $0.pointee == 0 ? nil : String(cString: $0) }
}

/// Throws where `--model` stands beside runs and no version: it would do nothing.
func requireNoModel(_ model: String?, besideRuns runs: [Int]) throws {
  guard let model, let run = runs.first else { return }
  throw UsageError("'--model \(model)' is for versions: run \(run) is named by its number alone.", hint: "leave out --model")
}

/// Throws for a text that names no version, or one of another model than `--model`: before a file is opened.
func checkVersionName(_ text: String, model: String?) throws {
  let name = try VersionName(text, defaultModel: model ?? Registry.defaultModel)
  if let model, !name.model.hasSameBytes(as: model) { throw UsageError("'\(text)' is of another model than '--model \(model)'.") }
}

/// Which version a text means: of the model that it names, or else of `--model`, of `$REGISTRY_MODEL`, or of the only one that has it.
func versionName(_ text: String, model: String?, in registry: Registry) throws -> VersionName {
  try checkVersionName(text, model: model)
  return try registry.versionName(text, model: chosenModel(model))
}
