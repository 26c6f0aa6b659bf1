internal import Files
internal import Tensors

extension MLflowFolder {
  func findLoggedModels(in folder: String) throws(ForeignError) {
    for id in try names(in: "\(folder)/models") {
      let path = "\(folder)/models/\(id)/meta.yaml"
      guard FolderListing.kind(of: path) != nil else { continue }
      let meta = try MetaFile(path)
      loggedModels[Name(id)] = LoggedModel(
        location: meta.text("artifact_location"), folder: "\(folder)/models/\(id)", run: meta.text("source_run_id"), name: meta.text("name")
      )
    }
  }

  public func models() throws -> [ForeignModel] {
    try names(in: "\(path)/models").compactMap { name in
      let folder = "\(path)/models/\(name)"
      guard FolderListing.kind(of: "\(folder)/meta.yaml") != nil else { return nil }
      let meta = try MetaFile("\(folder)/meta.yaml")
      var model = ForeignModel(name: try meta.needed("name"))
      model.note = meta.text("description")
      model.tags = try pairs(in: "\(folder)/tags")
      for version in try names(in: folder) where version.hasPrefix("version-") {
        if let version = try self.version("\(folder)/\(version)", of: model.name) { model.versions.append(version) }
      }
      model.versions.sort { $0.number < $1.number }
      for alias in try pairs(in: "\(folder)/aliases") {
        guard let number = Int64(alias.value.filter { $0.isNumber }) else { continue }
        model.aliases.append((alias.key, number))
      }
      return model
    }
  }

  private func version(_ folder: String, of model: String) throws -> ForeignVersion? {
    guard FolderListing.kind(of: "\(folder)/meta.yaml") != nil else { return nil }
    let meta = try MetaFile("\(folder)/meta.yaml")
    guard let number = try meta.integer("version"), meta.text("current_stage") != "Deleted_Internal" else { return nil }
    let createdAt = try meta.integer("creation_timestamp")
    let uuid = SourceUUID.derived(
      from: "mlflow version", MLflowDatabase.defaultWorkspace, model, String(number), String(createdAt ?? 0))
    var version = ForeignVersion(uuid: uuid, number: number)
    version.createdAt = createdAt
    version.note = meta.text("description")
    version.stage = ForeignVersion.stage(meta.text("current_stage"))
    version.source = meta.text("source")
    version.tags = try pairs(in: "\(folder)/tags")
    locate(&version, run: meta.text("run_id"), storage: meta.text("storage_location"))
    return version
  }

  private func locate(_ version: inout ForeignVersion, run: String?, storage: String?) {
    version.run = run.map(SourceUUID.ofMLflow)
    version.artifactOwner = run
    version.artifactLocation = storage
    switch version.source.map(MLflowSource.init) {
    case .loggedModel(let id)?:
      guard let logged = loggedModels[Name(id)] else { break }
      if version.run == nil { version.run = logged.run.map(SourceUUID.ofMLflow) }
      (version.artifactLocation, version.artifactOwner) = (logged.location, id)
    case .run(let id, let subfolder)?:
      let logged = loggedModels.first { $0.value.run?.hasSameBytes(as: id) == true && $0.value.name?.hasSameBytes(as: subfolder) == true }
      if let logged {
        (version.artifactLocation, version.artifactOwner) = (logged.value.location, logged.key.text)
      } else if let place = try? place(of: id) {
        (version.artifactLocation, version.artifactOwner) = (MLflowSource.join("\(place.folder)/artifacts", subfolder), id)
      }
    case .location(let location)?: version.artifactLocation = location
    case nil: break
    }
  }

  public func files(of version: ForeignVersion) throws -> ForeignFiles {
    guard let location = version.artifactLocation else { return ForeignFiles() }
    if let owner = version.artifactOwner, let logged = loggedModels[Name(owner)],
      FolderListing.kind(of: "\(logged.folder)/artifacts") == .folder
    {
      return try FolderListing.files(below: "\(logged.folder)/artifacts")
    }
    return try places.files(at: location, owner: version.artifactOwner)
  }
}
