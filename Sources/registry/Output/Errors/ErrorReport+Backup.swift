import ModelRegistry

extension ErrorReport {
  /// Why there is no copy of a registry.
  init(_ error: BackupError) {
    switch error {
    case .exists(let path):
      self.init("'\(path)' exists already.", hint: "registry backup \(path.quotedForShell) --force", .cannotCreate)
    case .directory(let path):
      self.init("'\(path)' is a directory.", hint: "registry backup \("\(path)/registry.db".quotedForShell)", .cannotCreate)
    case .notRegular(let path): self.init("'\(path)' isn't a regular file.", hint: "registry backup backup.db", .cannotCreate)
    case .noFolder(let path, let folder):
      self.init("cannot create '\(path)': there is no folder '\(folder)'.", hint: "mkdir -p \(folder.quotedForShell)", .notFound)
    case .ontoItself(let path): self.init("'\(path)' is the registry itself: a copy needs a name of its own.", .usage)
    case .inUse(let path, let journal):
      self.init(
        "beside '\(path)' stands '\(journal)': someone writes there, or was stopped while writing.",
        hint: "ls -l \(journal.quotedForShell)", .inputOutput)
    case .cannotWrite(let path, let problem): self.init("cannot write '\(path)': \(problem).", hint: "df -h .", .inputOutput)
    case .unsound(let source, let problems):
      let first = problems.first.map { "\($0.place): \($0.what)" } ?? ""
      self.init(
        "the copy of \(source) doesn't verify, so it was not kept: \(first).", hint: "registry verify --db \(source.quotedForShell)",
        .badData)
    }
  }
}
