import Datasets
import NeuralNets
import SQLite
import Tensors
import Training

@testable import ModelRegistry
@testable import RegistryStore

/// One thing that somebody does with a registry, and how to see that it is done.
struct Step {
  let name: String
  /// Does it, in a connection of its own.
  let run: (_ path: String) throws -> Void
  /// Whether it is done.
  let isDone: (Registry) throws -> Bool
  /// It takes several commits: a power cut may leave some of them.
  var isLong = false
  /// What has to happen before each attempt, on a disk that works.
  var prepare: (_ path: String) throws -> Void = { _ in }
  /// What is true however far it came.
  var holds: (Registry) throws -> Bool = { _ in true }
}

extension Step {
  /// A registry that is opened for it.
  init(
    _ name: String, _ access: Registry.Access = .write, isLong: Bool = false, _ run: @escaping (Registry) throws -> Void,
    isDone: @escaping (Registry) throws -> Bool
  ) {
    self.init(name: name, run: { path in try run(Registry(path: path, access: access)) }, isDone: isDone, isLong: isLong)
  }

  static func session() throws -> [Step] { try short + LongTraining().steps + LoggedSession().steps }

  private static var short: [Step] {
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
      Step("set an alias") {
        try $0.setAlias(champion, to: VersionName("1"))
      } isDone: {
        try alias(of: $0) == 1
      },
      Step("import a state_dict") {
        try importTensors($0, batch: .max)
      } isDone: {
        try versions(of: $0, in: "imported") >= 1
      },
      Step("import in batches", isLong: true) {
        try importTensors($0, batch: 4096, scale: 2)
      } isDone: {
        try versions(of: $0, in: "imported") >= 2
      },
      Step("import in pieces", isLong: true) {
        $0.pieceSizes = PieceSizes(largestRow: 1024, piece: 1024, window: 2048)
        try importTensors($0, batch: .max, scale: 3)
      } isDone: {
        try versions(of: $0, in: "imported") >= 3
      },
      Step("move the alias") {
        try $0.setAlias(champion, to: VersionName("2"))
      } isDone: {
        try alias(of: $0) == 2
      },
      Step("roll it back") {
        try $0.rollBackAlias(champion)
      } isDone: {
        try alias(of: $0) == 1
      },
      Step("tag") {
        try $0.updateTags(of: .version(VersionName("2")), setting: [("stage", .text("test"))])
      } isDone: {
        try $0.tags(of: .version(VersionName("2"))).tags.count == 1
      },
      Step("delete") {
        _ = try $0.delete(versions: [VersionName("2"), VersionName("imported/1"), VersionName("imported/3")])
      } isDone: {
        try live(of: $0).isDisjoint(with: ["neural-net/2", "imported/1", "imported/3"])
      },
      Step("restore") {
        _ = try $0.restore(versions: [VersionName("2")])
      } isDone: {
        try live(of: $0).contains("neural-net/2")
      },
      Step("collect garbage and shrink the file", isLong: true) {
        _ = try $0.collectGarbage()
      } isDone: {
        try $0.garbage().versions == 0 && live(of: $0) == ["neural-net/1", "neural-net/2", "imported/2"]
      },
    ]
  }

  private static var champion: AliasName { get throws { try AliasName("champion") } }

  private static func alias(of registry: Registry) throws -> Int? {
    try registry.aliases().first.map(\.version)
  }

  private static func versions(of registry: Registry, in model: String = Registry.defaultModel) throws -> Int {
    try registry.list(.models).rows.contains { $0[0] == .text(model) }
      ? registry.list(.versions, ListQuery(model: model, includesDeleted: true)).rows.count : 0
  }

  private static func live(of registry: Registry) throws -> Set<String> {
    Set(
      try registry.list(.versions).rows.map { row in
        guard case .text(let model) = row[0], case .integer(let version) = row[1] else { return "" }
        return "\(model)/\(version)"
      })
  }

  /// Five tensors of 4,000 bytes; another scale is another content.
  private static func importTensors(_ registry: Registry, batch: Int, scale: Float = 1) throws {
    let tensors = try (0..<5).map { layer in
      try Tensor((0..<1000).map { Float($0 + layer * 1000) * scale }, shape: [1000])
    }
    _ = try registry.importStateDict(
      StateDictImport(
        file: "net.pt", model: "imported", tensors: tensors.enumerated().map { ("layer_\($0)", $1.dtype, $1.shape) },
        load: { tensors[$0] }), limits: ImportLimits(batch: batch))
  }

  static func train(_ registry: Registry, seed: UInt64, epochs: Int = 20) throws {
    let dataset = try Dataset(BlobsSource(trainSamples: 12, testSamples: 6, seed: seed))
    let experiment = try Experiment(dataset: dataset, hyperparameters: Hyperparameters(epochs: epochs, seed: seed))
    // One commit at the end, however slow the machine.
    registry.recordingPace.flushInterval = .seconds(1_000_000_000)
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
