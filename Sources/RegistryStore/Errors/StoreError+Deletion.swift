// What can't be deleted, restored or rolled back, and why.

extension StoreError {
  /// Aliases point to the version.
  package static func aliased(model: String, version: Int, aliases: [String], path: String) -> StoreError {
    let isOne = aliases.count == 1
    return StoreError(
      .aliased, about: "version \(version) of '\(model)'", path: path, name: "\(model)/\(version)", names: aliases.map { "\(model)@\($0)" }
    ) { "cannot delete '\(model)/\(version)'\($0): the alias\(isOne ? "" : "es") \(aliases.quotedList) point\(isOne ? "s" : "") to it" }
  }

  /// `aliases` point to some of the versions: they have to go first.
  package static func runHasVersions(run: Int, versions: [String], aliases: [String] = [], path: String) -> StoreError {
    StoreError(.runHasVersions, about: "run \(run)", path: path, name: "\(run)", names: versions, suggestions: aliases) {
      "cannot delete run \(run)\($0): it has the version\(versions.count == 1 ? "" : "s") \(versions.shortList(5))"
    }
  }

  /// `problem` names the first of the versions, which are `versions`.
  package static func experimentHasVersions(name: String, problem: String, versions: [String], path: String) -> StoreError {
    StoreError(.experimentHasVersions, "experiment '\(name)'", problem, path: path, name: name, names: versions)
  }

  /// Runs need the dataset.
  package static func datasetInUse(name: String, runs: [Int], path: String) -> StoreError {
    let runs = runs.map(String.init)
    return StoreError(.datasetInUse, about: "dataset '\(name)'", path: path, name: name, names: runs) {
      "\(runs.count == 1 ? "run \(runs[0]) needs" : "runs \(runs.shortList(5)) need") the dataset '\(name)'\($0)"
    }
  }

  /// gc has removed the version: there is nothing to restore.
  package static func versionRemoved(model: String, version: Int, path: String) -> StoreError {
    StoreError(.removedVersion, about: "version \(version) of '\(model)'", path: path, name: "\(model)/\(version)") {
      "version \(version) of '\(model)'\($0) is gone: it was deleted, and gc has removed it"
    }
  }

  /// Every move of the alias has been undone.
  package static func nothingToRollBack(model: String, alias: String, path: String) -> StoreError {
    let name = "\(model)@\(alias)"
    return StoreError(.nothingToRollBack, about: "alias '\(name)'", path: path, name: name) {
      "there is nothing to roll back: every move of '\(name)'\($0) is taken back"
    }
  }

  /// Where the alias would go back to is deleted (`isRemoved`: gc has removed it for good).
  package static func rollbackTargetGone(model: String, alias: String, version: Int, isRemoved: Bool, path: String) -> StoreError {
    let name = "\(model)@\(alias)"
    return StoreError(
      isRemoved ? .rollbackTargetRemoved : .rollbackTargetDeleted, about: "alias '\(name)'", path: path, name: name,
      names: ["\(model)/\(version)"], suggestions: isRemoved ? ["\(model)@latest"] : []
    ) {
      "cannot roll '\(name)' back to '\(model)/\(version)'\($0): "
        + (isRemoved ? "gc has removed that version" : "that version is deleted")
    }
  }
}
