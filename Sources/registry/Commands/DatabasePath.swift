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

  func open(_ access: Registry.Access = .read) throws -> Registry {
    guard !resolvedPath.isEmpty else { throw UsageError("'--db' names no file.") }
    let registry = try Registry(path: resolvedPath, access: access)
    if access != .read, let warning = Self.warning(networkFileSystem: registry.networkFileSystem, path: resolvedPath) {
      Streams.note(warning)
    }
    if let upgrade = registry.upgrade {
      let copy = upgrade.copy.map { "; as it was before it is in \($0)" } ?? ""
      Streams.note("\(resolvedPath) was upgraded from migration \(upgrade.from) to \(upgrade.to)\(copy)".singleLine)
    }
    return registry
  }
}

/// Which version: `--version` and the model that it is looked for in.
func versionName(_ text: String, model: String?, defaultModel: String? = nil) throws -> VersionName {
  let name = try VersionName(text, defaultModel: model ?? defaultModel ?? Registry.defaultModel)
  if let model, !name.model.hasSameBytes(as: model) { throw UsageError("'\(text)' is of another model than '--model \(model)'.") }
  return name
}
