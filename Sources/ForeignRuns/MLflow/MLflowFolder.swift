internal import Files
internal import Tensors

/// A folder in which MLflow kept its runs in files: `mlruns`.
///
/// A run that can't be read is a remark, and the others come over: MLflow's own reader passes over such a one, too.
public final class MLflowFolder: ForeignSource {
  public let format = "mlflow"
  let path: String
  let places: ArtifactPlaces
  /// Where each run's folder is, by the id of the run.
  private var runFolders: [Name: (folder: String, experiment: String)] = [:]
  private var folders: [(folder: String, meta: MetaFile)] = []
  /// The folders of logged models, by their ids.
  var loggedModels: [Name: LoggedModel] = [:]
  public private(set) var remarks: [ForeignRemark] = []

  struct LoggedModel {
    let location: String?
    let folder: String
    let run: String?
    let name: String?
  }

  public init(_ path: String, artifacts: String? = nil) throws {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    places = try ArtifactPlaces(given: artifacts, besides: self.path)
    try findExperiments()
    guard !folders.isEmpty else { throw ForeignError(file: path, .notRuns) }
    for (folder, _) in folders { try findLoggedModels(in: folder) }
  }

  /// Whether a path is a folder: of a file the database is meant.
  public static func isFolder(_ path: String) -> Bool { FolderListing.kind(of: path, following: true) == .folder }

  func names(in folder: String, of kind: FolderListing.Kind = .folder) throws(ForeignError) -> [String] {
    guard FolderListing.kind(of: folder) == .folder else { return [] }
    return try FolderListing.entries(of: folder).filter { $0.kind == kind }.map(\.name)
  }

  private func findExperiments() throws(ForeignError) {
    guard FolderListing.kind(of: path, following: true) != nil else { throw ForeignError(file: path, .noSuchFile) }
    for folder in [path, "\(path)/.trash"] {
      for name in try FolderListing.kind(of: folder, following: true) == .folder ? FolderListing.entries(of: folder) : [] {
        let meta = "\(folder)/\(name.name)/meta.yaml"
        guard name.kind == .folder, FolderListing.kind(of: meta) != nil else { continue }
        folders.append(("\(folder)/\(name.name)", try MetaFile(meta)))
      }
    }
  }

  public func experiments() throws -> [ForeignExperiment] {
    try folders.map { folder, meta in
      var experiment = ForeignExperiment(id: folder.pathName, name: try meta.needed("name"))
      experiment.artifactLocation = meta.text("artifact_location")
      experiment.isDeleted = meta.text("lifecycle_stage") == "deleted"
      experiment.createdAt = try meta.integer("creation_time")
      experiment.tags = try pairs(in: "\(folder)/tags")
      experiment.readMLflowTags()
      return experiment
    }
  }

  public func runs() throws -> [ForeignRunHeader] {
    var headers: [(header: ForeignRunHeader, start: Int64)] = []
    for (folder, _) in folders {
      for name in try names(in: folder) {
        let run = "\(folder)/\(name)"
        guard FolderListing.kind(of: "\(run)/meta.yaml") != nil else { continue }
        do throws(ForeignError) {
          let meta = try MetaFile("\(run)/meta.yaml")
          // Datasets and models have such a file, too.
          guard let id = meta.text("run_id") ?? meta.text("run_uuid") else { continue }
          let parent = try tag("mlflow.parentRunId", in: run).map(SourceUUID.ofMLflow)
          let start = try meta.integer("start_time") ?? 0
          runFolders[Name(id)] = (run, folder.pathName)
          headers.append((ForeignRunHeader(uuid: SourceUUID.ofMLflow(id), id: id, parent: parent), start))
        } catch {
          remarks.append(.readUpTo(file: error.file, place: error.place ?? .line(1), problem: error.problem))
        }
      }
    }
    return headers.sorted { ($0.start, Name($0.header.id)) < ($1.start, Name($1.header.id)) }.map(\.header).parentsFirst()
  }

  private func tag(_ key: String, in run: String) throws(ForeignError) -> String? {
    let path = "\(run)/tags/\(key)"
    return FolderListing.kind(of: path) == nil ? nil : try wholeText(path, limit: MetaFile.longest)
  }

  public func run(_ header: ForeignRunHeader) throws -> ForeignRun {
    let (folder, experiment) = try place(of: header.id)
    let meta = try MetaFile("\(folder)/meta.yaml")
    var run = ForeignRun(uuid: header.uuid, id: header.id)
    run.experiment = experiment
    run.name = meta.text("run_name")
    let status = meta.text("status") ?? "3"
    guard let known = ForeignStatus(mlflow: status) else {
      throw ForeignError(file: "\(folder)/meta.yaml", .yaml("the unknown status '\(shown(status))'"))
    }
    run.status = known
    run.startedAt = try meta.integer("start_time")
    run.endedAt = try meta.integer("end_time")
    run.user = meta.text("user_id")
    run.source = meta.text("source_name")
    run.gitCommit = meta.text("source_version")
    run.isDeleted = meta.text("lifecycle_stage") == "deleted"
    run.artifactLocation = meta.text("artifact_uri")
    run.params = try pairs(in: "\(folder)/params")
    run.tags = try pairs(in: "\(folder)/tags")
    run.datasets = try datasets(of: folder)
    run.readMLflowTags()
    return run
  }

  func place(of id: String) throws -> (folder: String, experiment: String) {
    if runFolders.isEmpty { _ = try runs() }
    guard let found = runFolders[Name(id)] else { throw ForeignError(file: path, .message("there is no run '\(shown(id))'")) }
    return found
  }

  /// A file for each, whose path is the key: `train/loss`.
  func pairs(in folder: String) throws(ForeignError) -> [ForeignPair] {
    guard FolderListing.kind(of: folder) == .folder else { return [] }
    var pairs: [ForeignPair] = []
    for file in try FolderListing.files(below: folder).files {
      pairs.append(ForeignPair(file.name, try wholeText(file.path, limit: MetaFile.longest)))
    }
    return pairs
  }

  private func datasets(of run: String) throws(ForeignError) -> [ForeignDataset] {
    var datasets: [ForeignDataset] = []
    for input in try names(in: "\(run)/inputs") {
      let meta = try MetaFile("\(run)/inputs/\(input)/meta.yaml")
      guard meta.text("source_type") == "DATASET", let id = meta.text("source_id"), !id.utf8.contains(0x2f), id != ".." else { continue }
      let path = "\(run.pathFolder)/datasets/\(id)/meta.yaml"
      guard FolderListing.kind(of: path) != nil else { continue }
      let stored = try MetaFile(path)
      var dataset = ForeignDataset(name: try stored.needed("name"), digest: try stored.needed("digest"))
      dataset.sourceType = stored.text("source_type")
      dataset.source = stored.text("source")
      dataset.schema = stored.text("schema")
      dataset.profile = stored.text("profile")
      if case .dictionary(let tags) = meta["tags"] { dataset.context = tags.first { $0.key == "mlflow.data.context" }?.value }
      datasets.append(dataset)
    }
    return datasets
  }

  public func metrics(of run: ForeignRun, _ body: (ForeignMetric) throws -> Void) throws {
    let folder = try place(of: run.id).folder + "/metrics"
    guard FolderListing.kind(of: folder) == .folder else { return }
    for file in try FolderListing.files(below: folder).files {
      var lines = try LineReader(file.path)
      while let line = try lines.next() {
        if let metric = try MetricLine.metric(line, key: file.name, isComplete: lines.isComplete, file: file.path, number: lines.number) {
          try body(metric)
        }
      }
    }
  }

  public func files(of run: ForeignRun) throws -> ForeignFiles {
    // Beside its meta.yaml, wherever the folder once stood.
    let beside = try place(of: run.id).folder + "/artifacts"
    if FolderListing.kind(of: beside) == .folder, run.artifactLocation.map({ !$0.contains("://") || $0.hasPrefix("file:") }) ?? true {
      return try FolderListing.files(below: beside)
    }
    guard let location = run.artifactLocation else { return ForeignFiles() }
    let found = try places.files(at: location, owner: run.id)
    // MLflow makes the folder with the first artifact.
    if case .missing? = found.absence { return ForeignFiles() }
    return found
  }
}

/// A line of a metric's file: time, value, step, and perhaps a dataset's name and digest.
enum MetricLine {
  /// Nil for a blank line, and for a last one that a killed writer left incomplete.
  static func metric(_ line: ArraySlice<UInt8>, key: String, isComplete: Bool, file: String, number: Int) throws(ForeignError)
    -> ForeignMetric?
  {
    let parts = line.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
    if parts.isEmpty { return nil }
    guard parts.count != 1, parts.count <= 6, let time = Int64(parts[0]), let value = LogNumber.value(parts[1]),
      let step = parts.count > 2 ? Int64(parts[2]) : 0
    else {
      if !isComplete { return nil }
      throw ForeignError(
        file: file, .line(number), .message("'\(shown(String(decoding: line, as: UTF8.self)))' isn't a time, a value and a step"))
    }
    return ForeignMetric(key, step: step, value, time: time)
  }
}
