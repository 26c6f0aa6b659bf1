import ModelRegistry

extension ErrorReport {
  /// What is said of a name without a model that doesn't lead to one.
  init(modelChoice error: RegistryError) {
    func list(_ models: [String]) -> String {
      models.prefix(8).map { "'\($0)'" }.joined(separator: ", ") + (models.count > 8 ? ", … (\(models.count))" : "")
    }
    switch error {
    case .severalModelsHave(let name, let models, let path):
      let isNumber = name == "latest" || name.first?.isNumber == true
      let full = "\(models[0])\(isNumber ? "/" : "@")\(name.drop { $0 == "@" })"
      self.init(
        "'\(name)' may be a version of several models in \(path): \(list(models)).",
        hint: "\(full.quotedForShell), or --model \(models[0].quotedForShell)", .usage)
    case .noModelHas(let name, let models, let path):
      let what = name == "latest" ? "a version" : name.first?.isNumber == true ? "a version \(name)" : "an alias '\(name)'"
      self.init(
        "no model in \(path) has \(what) (there is \(list(models))).", hint: "registry list --db \(path.quotedForShell)", .notFound)
    default: self.init("\(error)", .failed)
    }
  }
}
