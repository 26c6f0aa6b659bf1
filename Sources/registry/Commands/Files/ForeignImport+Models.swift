import ArgumentParser
import ForeignRuns
import ModelRegistry
import Tensors
import Training

extension ForeignImport {
  /// The reason that the history of an alias has for what came of this source.
  private var reason: String { "imported from \(settings.path.singleLine)" }

  func takeModels() throws {
    for model in try source.models() {
      let name = Self.modelName(model.name)
      do { try Registry.checkName(name, of: "model") } catch {
        report.leave(out: "model '\(model.name)'", because: "no model can be called so here")
        continue
      }
      if try registry?.hasModel(name) != true { report.newModels.append(name) }
      try target?.keepModel(name, note: model.note, tags: Self.tags(model.tags))
      var numbers: [Int64: Int] = [:]
      for version in model.versions {
        try expectNoSignal()
        if let number = try take(version, of: model.name, as: name) { numbers[version.number] = number }
      }
      try takeAliases(of: model, as: name, numbers)
    }
  }

  /// What a name can't have here becomes a dash.
  private static func modelName(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(200) {
      let isRefused = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) || scalar == "/" || scalar == "@" || scalar == ":"
      scalars.append(isRefused ? "-" : scalar)
    }
    let name = String(scalars)
    return name.utf8.allSatisfy { (48...57).contains($0) } ? "model-\(name)" : name
  }

  /// Stores a version that isn't here; gives its number here, nil where it has none.
  private func take(_ version: ForeignVersion, of model: String, as name: String) throws -> Int? {
    let title = "\(model)/\(version.number)"
    if let known = try registry?.knownVersion(uuid: version.uuid) {
      if !known.isDeleted { try target?.addTags(Self.tags(ofVersion: version), toVersionWithUUID: version.uuid) }
      report.knownVersions += 1
      return known.isDeleted ? nil : known.version
    }
    let files = try source.files(of: version)
    report.note(files, of: title)
    guard !files.files.isEmpty else {
      if files.absence == nil { report.leave(out: title, because: "it has no files") }
      return nil
    }
    let weights = Self.weights(among: files.files, model: name)
    guard let target else {
      report.versions.append(
        ForeignReport.Version(
          theirs: title, ours: nil, tensors: weights?.content.tensors.count ?? 0, files: files.files.count,
          guessed: weights?.net.architecture?.guessed ?? []))
      return nil
    }
    var logged = LoggedVersion(weights: weights?.content)
    logged.model = name
    logged.files = files.files.map { (file: $0.path, name: $0.name) }
    logged.tags = Self.tags(ofVersion: version)
    for (key, value) in weights?.guessTags ?? [] where logged.tags[key] == nil { logged.tags.append(key, value) }
    (logged.source, logged.description, logged.uuid) = (version.source, version.note, version.uuid)
    logged.createdAt = version.createdAt.flatMap { Timestamp(milliseconds: $0) }
    logged.metrics = NamedValues(version.metrics.filter { !$0.key.isEmpty }.map { (name: $0.key, value: $0.value) })
    guard let stored = try save(logged, version, title, in: target) else { return nil }
    report.versions.append(
      ForeignReport.Version(
        theirs: title, ours: "\(stored.model)/\(stored.version)", tensors: weights?.content.tensors.count ?? 0, files: files.files.count,
        guessed: weights?.net.architecture?.guessed ?? []))
    return stored.version
  }

  /// Of its run, which ends again as it did; of one of its own where the source names none.
  private func save(_ logged: LoggedVersion, _ version: ForeignVersion, _ title: String, in target: Registry) throws -> StoredVersion? {
    let run = try version.run.flatMap { run in try headers[Name(run)].map { try source.run($0) } }
    let writing: RunWriting
    if let run {
      guard let known = try target.knownRun(uuid: run.uuid), !known.isDeleted else {
        report.leave(out: title, because: "its run isn't here")
        return nil
      }
      writing = RunWriting(self, run, known, Registry.defaultExperiment)
    } else {
      var own = ForeignRun(uuid: version.uuid, id: title)
      (own.name, own.source, own.startedAt, own.endedAt) = (title, version.source, version.createdAt, version.createdAt)
      writing = RunWriting(self, own, try target.knownRun(uuid: version.uuid), settings.experiment ?? Registry.defaultExperiment)
    }
    do {
      let stored = try writing.writer().save(logged)
      try writing.end()
      return stored
    } catch {
      writing.abandon()
      throw error
    }
  }

  /// Its tags, and what is a tag here: its number and its stage there.
  private static func tags(ofVersion version: ForeignVersion) -> NamedValues<CellValue> {
    var tags = version.tags
    tags.append(ForeignPair("mlflow.version", String(version.number)))
    if let stage = version.stage { tags.append(ForeignPair("mlflow.stage", stage)) }
    return Self.tags(tags)
  }

  private func takeAliases(of model: ForeignModel, as name: String, _ numbers: [Int64: Int]) throws {
    let here = try registry?.hasModel(name) == true ? registry?.aliases(model: name) ?? [] : []
    for (alias, theirs) in model.aliases {
      let title = "alias \(name)@\(alias)"
      guard let ours = numbers[theirs] else {
        if !isDryRun { report.leave(out: title, because: "\(model.name)/\(theirs) isn't here") }
        continue
      }
      do { try Registry.checkName(alias, of: "alias") } catch {
        report.leave(out: title, because: "no alias can be called so here")
        continue
      }
      if let stands = here.first(where: { $0.alias.hasSameBytes(as: alias) }) {
        guard stands.version != ours else { continue }
        // Where nobody moved it here since, it follows.
        guard stands.reason?.hasSameBytes(as: reason) == true else {
          report.leave(out: title, because: "it stays at \(name)/\(stands.version), theirs is now \(name)/\(ours)")
          continue
        }
      }
      report.aliases.append(("\(name)@\(alias)", "\(name)/\(ours)"))
      try target?.setAlias(
        AliasName("\(name)@\(alias)"), to: VersionName(model: name, .number(ours)), reason: reason)
    }
  }

  /// The first file that holds tensors, and the net that they are where that can be told: nothing in it is run, whatever it is.
  private static func weights(among files: [ForeignFile], model: String) -> WeightsSource? {
    let kinds = [".safetensors", ".pt", ".pth", ".ckpt", ".bin"]
    func rank(_ file: ForeignFile) -> Int? { kinds.firstIndex { file.name.hasSuffix($0) } }
    let candidates = files.filter { rank($0) != nil }.sorted { (rank($0) ?? 0, Name($0.name)) < (rank($1) ?? 0, Name($1.name)) }
    for file in candidates {
      let found = try? WeightsSource(file.path, key: nil, model: model, options: ImportedNetOptions.parse([]))
      if let found, !found.content.tensors.isEmpty { return found }
    }
    return nil
  }
}
