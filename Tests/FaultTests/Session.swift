import Datasets
import NeuralNets
import SQLite
import Tensors
import Training

@testable import ModelRegistry

/// One thing that somebody does with a registry, and how to see that it is done.
struct Step {
  let name: String
  /// Does it, in a connection of its own.
  let run: (_ path: String) throws -> Void
  /// Whether it is done.
  let isDone: (Registry) throws -> Bool
  /// It takes several commits: a power cut may leave some of them.
  var isLong = false
}

extension Step {
  /// A registry that is opened for it.
  init(
    _ name: String, _ access: Registry.Access = .write, isLong: Bool = false, _ run: @escaping (Registry) throws -> Void,
    isDone: @escaping (Registry) throws -> Bool
  ) {
    self.init(name: name, run: { path in try run(Registry(path: path, access: access)) }, isDone: isDone, isLong: isLong)
  }

  static var session: [Step] {
    [
      Step("create and train", .create) {
        try train($0, seed: 0)
      } isDone: {
        try versions(of: $0) >= 1
      },
      Step("train again") {
        try train($0, seed: 1)
      } isDone: {
        try versions(of: $0) >= 2
      },
    ]
  }

  private static func versions(of registry: Registry, in model: String = Registry.defaultModel) throws -> Int {
    try registry.list(.versions, ListQuery(model: model, includesDeleted: true)).rows.count
  }

  static func train(_ registry: Registry, seed: UInt64, epochs: Int = 20) throws {
    let dataset = try Dataset(BlobsSource(trainSamples: 12, testSamples: 6, seed: seed))
    let experiment = try Experiment(dataset: dataset, hyperparameters: Hyperparameters(epochs: epochs, seed: seed))
    _ = try registry.train(
      experiment, RunDescription(model: Registry.defaultModel, dataset: dataset, datasetName: "blobs-seed\(seed)", experiment: experiment))
  }
}

/// All that is in a database, row by row: to tell whether anything changed.
func dump(_ path: String) throws -> [String] {
  let connection = try Connection(path: path, mode: .readOnly)
  return try connection.transaction(.deferred) {
    let tables = try connection.query("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") { row in try row.text(0) }
    return try tables.flatMap { table in
      let width = try connection.queryFirst("SELECT count(*) FROM pragma_table_info(?)", table) { row in try row.int(0) } ?? 0
      // In the order of the key, which is that of the table.
      return try connection.query("SELECT * FROM \(table)") { row in "\(table) \(try (0..<width).map { try row.value($0) })" }
    }
  }
}
