internal import Tensors

// What can go wrong with names: of models, versions, aliases, runs, datasets, tags, experiments.

extension StoreError {
  /// Of names that there are the one that was probably meant.
  private static func meant(_ name: String, among known: [String]) -> [String] { nearest(to: name, among: known).map { [$0] } ?? [] }

  /// `known` are some of those that there are, the one with the nearest spelling among them; so it is with the others.
  package static func noSuchModel(name: String, known: [String], path: String) -> StoreError {
    StoreError(
      .noSuchModel, about: "model '\(name)'", path: path, name: name, names: known, suggestions: meant(name, among: known)
    ) { "no model '\(name)'\($0)\(known.isEmpty ? "" : " (there is \(known.quotedList))")" }
  }

  package static func noSuchVersion(model: String, version: Int, newest: Int?, isDeleted: Bool, path: String) -> StoreError {
    let state = newest.map { "newest is \($0)" } ?? "it has none"
    return StoreError(
      isDeleted ? .deletedVersion : .noSuchVersion, about: "version \(version) of '\(model)'", path: path, name: "\(model)/\(version)"
    ) { isDeleted ? "version \(version) of '\(model)'\($0) is deleted" : "no version \(version) of '\(model)'\($0) (\(state))" }
  }

  package static func noSuchAlias(model: String, alias: String, known: [String], path: String) -> StoreError {
    StoreError(
      .noSuchAlias, about: "alias '\(alias)' of '\(model)'", path: path, name: "\(model)@\(alias)", names: known,
      suggestions: meant(alias, among: known)
    ) { "no alias '\(alias)' of '\(model)'\($0) (\(known.isEmpty ? "it has none" : "it has \(known.quotedList)"))" }
  }

  package static func noVersions(model: String, path: String) -> StoreError {
    StoreError(.noVersions, about: "model '\(model)'", path: path, name: model) { "'\(model)' has no versions\($0)" }
  }

  package static func noSuchRun(id: Int, newest: Int?, path: String) -> StoreError {
    StoreError(.noSuchRun, about: "run \(id)", path: path, name: "\(id)") {
      "no run \(id)\($0) (\(newest.map { "newest is \($0)" } ?? "it has none"))"
    }
  }

  package static func noSuchDataset(name: String, known: [String], path: String) -> StoreError {
    StoreError(
      .noSuchDataset, about: "dataset '\(name)'", path: path, name: name, names: known, suggestions: meant(name, among: known)
    ) { "no dataset '\(name)'\($0) (\(known.isEmpty ? "there is none" : "there is \(known.quotedList)"))" }
  }

  package static func noSuchTag(title: String, key: String, known: [String], path: String) -> StoreError {
    StoreError(
      .noSuchTag, about: "tag '\(key)' of \(title)", path: path, name: key, names: known, suggestions: meant(key, among: known)
    ) { "\(title) has no tag '\(key)'\($0) (\(known.isEmpty ? "it has none" : "it has \(known.quotedList)"))" }
  }

  /// `known` are all that there are.
  package static func noSuchExperiment(name: String, known: [String], path: String) -> StoreError {
    let some = examples(of: known, near: name, atMost: 10)
    return StoreError(
      .noSuchExperiment, "experiment '\(name)'", "there is none of this name (there is \(some.quotedList))", path: path, name: name,
      names: some, suggestions: meant(name, among: known))
  }

  // MARK: Names that are no single one

  /// A name without a model, such as 4 or champion, that several models have.
  package static func ambiguousName(_ name: String, models: [String], path: String) -> StoreError {
    let isNumber = name.hasSameBytes(as: "latest") || name.first?.isNumber == true
    let full = models.first.map { "\($0)\(isNumber ? "/" : "@")\(name.drop { $0 == "@" })" }
    return StoreError(
      .ambiguousName, about: "version '\(name)'", path: path, name: name, names: models, suggestions: full.map { [$0] } ?? []
    ) { "'\(name)' may be a version of several models\($0): \(someModels(models))" }
  }

  /// The same, where none of several models has it.
  package static func noModelHas(name: String, models: [String], path: String) -> StoreError {
    let isLatest = name.hasSameBytes(as: "latest")
    let what = isLatest ? "a version" : name.first?.isNumber == true ? "a version \(name)" : "an alias '\(name)'"
    return StoreError(.noModelHas, about: "version '\(name)'", path: path, name: name, names: models) {
      "no model\($0) has \(what) (there is \(someModels(models)))"
    }
  }

  private static func someModels(_ models: [String]) -> String {
    models.map { "'\($0)'" }.shortList(8, more: ", … (\(models.count))")
  }

  /// The beginning of a digest of a dataset that has more than one name.
  package static func ambiguousDataset(digest: String, names: [String], path: String) -> StoreError {
    StoreError(.ambiguousDataset, about: "dataset '\(digest)'", path: path, name: digest, names: names) {
      "the dataset '\(digest)'\($0) has the names \(names.quotedList): say which"
    }
  }

  /// Two names in one request mean different models.
  package static func otherModel(alias: String, aliasModel: String, version: String, versionModel: String) -> StoreError {
    StoreError(.otherModel, about: "alias '\(alias)'", name: alias, names: [aliasModel, versionModel]) { _ in
      "'\(alias)' is an alias of '\(aliasModel)', and '\(version)' is a version of '\(versionModel)'"
    }
  }

  /// What was looked up as an alias is a model.
  package static func modelForAlias(model: String) -> StoreError {
    StoreError(.modelForAlias, about: "model '\(model)'", name: model, suggestions: ["\(model)@latest", "\(model)/1"]) { _ in
      "'\(model)' is a model: say which of its versions"
    }
  }

  // MARK: Names that can't be given

  package static func illegalVersionName(_ text: String) -> StoreError {
    StoreError(.illegalVersionName, about: "version '\(text)'", name: text) { _ in "'\(text)' names no version" }
  }

  /// `kind` is what would have the name: a model, a tag.
  package static func illegalName(kind: String, name: String, rule: String) -> StoreError {
    let article = "aeiou".contains(kind.prefix(1)) ? "an" : "a"
    return StoreError(.illegalName, about: "\(kind) '\(name)'", name: name) { _ in "'\(name)' can't name \(article) \(kind): \(rule)" }
  }

  /// A text that is no time: see `Timestamp`.
  package static func illegalTimestamp(_ text: String) -> StoreError {
    StoreError(.illegalTimestamp, about: "'\(text)'", name: text) { _ in "'\(text)' isn't a valid time" }
  }

  package static func experimentNameTaken(_ name: String, path: String) -> StoreError {
    StoreError(.experimentNameTaken, "experiment '\(name)'", "there is one of this name already", path: path, name: name)
  }

  package static func deletedExperiment(_ name: String, path: String) -> StoreError {
    StoreError(
      .deletedExperiment, "experiment '\(name)'", "it is deleted", path: path, name: name, suggestions: ["restore it", "name another one"])
  }

  package static func modelNameTaken(name: String, path: String) -> StoreError {
    StoreError(.modelNameTaken, about: "model '\(name)'", path: path, name: name) { "there is a model '\(name)'\($0) already" }
  }

  /// Other content has the name.
  package static func datasetNameTaken(name: String, path: String) -> StoreError {
    StoreError(.datasetNameTaken, about: "dataset '\(name)'", path: path, name: name) { "'\(name)' is another dataset\($0)" }
  }
}
