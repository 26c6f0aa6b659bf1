import ModelRegistry

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

  func open(_ access: Registry.Access = .read) throws -> Registry {
    guard !resolvedPath.isEmpty else { throw UsageError("'--db' names no file.") }
    return try Registry(path: resolvedPath, access: access)
  }
}

/// Which version: `--version` and the model that it is looked for in.
func versionName(_ text: String, model: String?, defaultModel: String? = nil) throws -> VersionName {
  let name = try VersionName(text, defaultModel: model ?? defaultModel ?? Registry.defaultModel)
  if let model, name.model != model { throw UsageError("'\(text)' is of another model than '--model \(model)'.") }
  return name
}
