import ModelRegistry

extension ErrorReport {
  /// What goes wrong in moving aliases, tagging, renaming, deleting and restoring.
  init(_ error: ManagementError) {
    switch error {
    case .illegalTimestamp(let text):
      self.init("'\(text)' isn't a valid time.", hint: "2026-03-01, 2026-03-01T12:00 or 2026-03-01T12:00:30.250Z; UTC", .usage)
    case .otherModel(let alias, let aliasModel, let version, let versionModel):
      self.init("'\(alias)' is an alias of '\(aliasModel)', and '\(version)' is a version of '\(versionModel)'.", .usage)
    case .modelForAlias(let model):
      let name = "\(model)@latest".quotedForShell
      self.init("'\(model)' is a model: say which of its versions.", hint: "\(name), or \("\(model)/1".quotedForShell)", .usage)
    case .nothingToRollBack(let model, let alias, let path):
      let name = "\(model)@\(alias)"
      self.init(
        "there is nothing to roll back: every move of '\(name)' in \(path) is taken back.", hint: Self.history(name, path), .notFound)
    case .rollbackTargetGone(let model, let alias, let version, isRemoved: false, let path):
      let name = "\(model)/\(version)"
      self.init(
        "cannot roll '\(model)@\(alias)' back to '\(name)' in \(path): that version is deleted.",
        hint: "registry restore \(name.quotedForShell) --db \(path.quotedForShell)", .notFound)
    case .rollbackTargetGone(let model, let alias, let version, isRemoved: true, let path):
      let name = "\(model)@\(alias)"
      self.init(
        "cannot roll '\(name)' back to '\(model)/\(version)' in \(path): gc has removed that version.",
        hint: "registry alias set \(name.quotedForShell) \("\(model)@latest".quotedForShell) --db \(path.quotedForShell)", .notFound)
    case .noSuchTag(let title, let key, let known, let path):
      let others = known.isEmpty ? "it has none" : "it has \(known.map { "'\($0)'" }.joined(separator: ", "))"
      self.init(
        "\(title) has no tag '\(key)' in \(path) (\(others)).",
        hint: Self.guess(key, among: known, or: "registry tag --help"), .notFound)
    case .modelNameTaken(let name, let path):
      self.init("there is a model '\(name)' in \(path) already.", hint: "registry list models --db \(path.quotedForShell)", .badData)
    default: self.init(deletion: error)
    }
  }

  private init(deletion error: ManagementError) {
    switch error {
    case .aliased(let model, let version, let aliases, let path):
      let names = aliases.map { "'\($0)'" }.joined(separator: ", ")
      let alias = "\(model)@\(aliases.first ?? "")".quotedForShell
      self.init(
        "cannot delete '\(model)/\(version)' in \(path): the alias\(aliases.count == 1 ? "" : "es") \(names) point\(aliases.count == 1 ? "s" : "") to it.",
        hint: "registry alias remove \(alias) --db \(path.quotedForShell)", .badData)
    case .versionRemoved(let model, let version, let path):
      self.init(
        "version \(version) of '\(model)' in \(path) is gone: it was deleted, and gc has removed it.",
        hint: "registry list --all --model \(model.quotedForShell) --db \(path.quotedForShell)", .notFound)
    case .runHasVersions(let run, let versions, let path):
      let list = versions.prefix(5).joined(separator: ", ") + (versions.count > 5 ? ", …" : "")
      let names = versions.map(\.quotedForShell).joined(separator: " ")
      self.init(
        "cannot delete run \(run) in \(path): it has the version\(versions.count == 1 ? "" : "s") \(list).",
        hint: "registry delete \(names) --run \(run) --db \(path.quotedForShell)", .badData)
    default: self.init("\(error)", .failed)
    }
  }

  private static func history(_ alias: String, _ path: String) -> String {
    "registry alias history \(alias.quotedForShell) --db \(path.quotedForShell)"
  }
}
