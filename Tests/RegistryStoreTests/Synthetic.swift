import SQLite
import StoreTestSupport
import Tensors
import TestSupport

@testable import RegistryStore

/// Versions that nobody trained: made of a few small tensors, so that a history of many takes no time.
struct Synthetic {
  let stored: StoredRegistry
  var registry: Registry { stored.registry }

  init() throws {
    stored = try StoredRegistry()
    // What is tested is what is written, not that it survives a power cut.
    try stored.registry.connection.executeScript("PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY")
  }

  /// Some datasets.
  static let datasets: [DatasetContent] = (0..<3).compactMap { try? .made(of: $0) }

  /// The tensor of a number: another for each.
  static func tensor(_ number: Int) -> Tensor { Tensor([Float(number), 0.5]) }

  static func stateDict(_ tensors: [Int]) throws -> StateDict {
    try StateDict(tensors.enumerated().map { (name: "t\($0)", tensor: tensor($1)) })
  }

  /// Stores a version of a finished run, made of the tensors of these numbers, on a dataset that gets the name `d0`, `d1` or `d2`.
  @discardableResult
  func version(
    _ tensors: [Int] = [1, 2], model: String = Registry.defaultModel, dataset: Int = 0, parent: VersionRecord? = nil
  ) throws -> StoredVersion {
    let recorder = RunRecorder(
      registry: registry,
      content: RunContent(
        model: model, dataset: Self.datasets[dataset], datasetName: "d\(dataset)", seed: 0, params: [("epochs", .integer(1))],
        parent: parent))
    try recorder.log("train_loss", step: 0, 0.5)
    return try recorder.finish(.made(of: Self.stateDict(tensors)))
  }

  /// Records a run without a version, and gives its number.
  func run(
    status: String = "failed", model: String = Registry.defaultModel, parent: VersionRecord? = nil, dataset: Int? = nil
  ) throws -> Int {
    try registry.writing {
      let id = try registry.modelID(creating: model)
      let data = try dataset.map { try registry.store(Self.datasets[$0], suggestedName: "d\($0)") }
      try registry.connection.execute(
        "INSERT INTO runs (uuid, kind, model_id, dataset_id, parent_version_id, status, ended_at) VALUES (?, 'train', ?, ?, ?, ?, ?)",
        makeUUID(), id, data, parent?.id, status, status == "running" ? nil : Timestamp.now.text)
      return Int(registry.connection.lastInsertRowID)
    }
  }

  func name(_ version: Int, model: String = Registry.defaultModel) -> VersionName { VersionName(model: model, .number(version)) }

  /// The first column of a query, as texts.
  func texts(_ sql: String) throws -> [String] { try registry.connection.query(sql) { row in try row.text(0) } }

  func count(_ sql: String) throws -> Int { try registry.connection.queryFirst(sql) { row in try row.int(0) } ?? -1 }
}
