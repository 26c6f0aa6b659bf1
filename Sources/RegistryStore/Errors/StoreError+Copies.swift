// Why there is no copy of a registry, why another one wasn't merged, and why tensors weren't imported.  Nothing was written then.

extension StoreError {
  private init(_ code: Code, target path: String, names: [String] = [], _ sentence: String) {
    self.init(code, about: "'\(path)'", path: path, name: path, names: names) { _ in sentence }
  }

  /// There is a file already, and it isn't to be replaced.
  package static func targetExists(path: String) -> StoreError { StoreError(.targetExists, target: path, "'\(path)' exists already") }

  package static func targetIsDirectory(path: String) -> StoreError {
    StoreError(.targetIsDirectory, target: path, "'\(path)' is a directory")
  }

  /// A device, a pipe or a socket: no file takes its place.
  package static func targetNotRegular(path: String) -> StoreError {
    StoreError(.targetNotRegular, target: path, "'\(path)' isn't a regular file")
  }

  /// A journal stands beside the place of the copy: someone writes there, or was killed while doing so.
  package static func targetInUse(path: String, journal: String) -> StoreError {
    StoreError(
      .targetInUse, target: path, names: [journal],
      "beside '\(path)' stands '\(journal)': someone writes there, or was stopped while writing")
  }

  package static func cannotWrite(path: String, problem: String) -> StoreError {
    StoreError(.cannotWrite, target: path, "cannot write '\(path)': \(problem)")
  }

  /// The copy would be the registry itself.
  package static func backupOntoItself(path: String) -> StoreError {
    StoreError(.sameFile, target: path, "'\(path)' is the registry itself: a copy needs a name of its own")
  }

  package static func mergeOntoItself(path: String) -> StoreError {
    StoreError(.sameFile, target: path, "'\(path)' is the registry itself: there is nothing to merge")
  }

  /// What was copied doesn't verify.
  package static func unsoundCopy(source: String, problems: [Verification.Problem]) -> StoreError {
    let problems = problems.map { "\($0.place): \($0.what)" }
    return StoreError(
      .unsoundCopy, target: source, names: problems, "the copy of \(source) doesn't verify, so it was not kept: \(problems.first ?? "")")
  }

  /// The other registry doesn't verify.
  package static func unsoundSource(path: String, problems: [Verification.Problem]) -> StoreError {
    let problems = problems.map { "\($0.place): \($0.what)" }
    return StoreError(
      .unsoundSource, target: path, names: problems, "\(path) doesn't verify, so nothing was merged: \(problems.first ?? "")")
  }

  // MARK: Files that are taken in

  package static func noTensors(file: String) -> StoreError {
    StoreError(.noTensors, about: "'\(file)'", name: file) { _ in "'\(file)': the file holds no tensor" }
  }

  /// A tensor that was read a second time has become another.
  package static func changedFile(_ file: String, tensor: String) -> StoreError {
    StoreError(.changedFile, about: "'\(file)'", name: file) { _ in "'\(file)' was changed while it was read (tensor '\(tensor)')" }
  }

  /// A tag without a key.
  package static var namelessTag: StoreError { StoreError(.illegalName, about: "a tag") { _ in "a tag needs a key" } }
}
