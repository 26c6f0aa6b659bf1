import SQLite
import StoreTestSupport
import Tensors
import TestSupport
import Testing

@testable import RegistryStore

/// Random histories of training, fine-tuning, aliases, deleting, restoring and gc, compared with a model in plain Swift.
@Suite("over random histories")
struct GarbagePropertyTests {
  static let histories = Torture.count(64, full: 200)
  static let batch = 8

  @Test("gc removes what nothing needs, all of it, and nothing else", arguments: 0..<histories / batch)
  func agreesWithModel(batch: Int) throws {
    for seed in batch * Self.batch..<(batch + 1) * Self.batch {
      var history = try History(seed: UInt64(seed))
      for _ in 0..<20 { try history.step() }
      try history.collect()
    }
  }
}

private struct History {
  let seed: UInt64
  let synthetic = Result { try Synthetic() }
  var model = GarbageModel()
  var generator: SplitMix64

  init(seed: UInt64) throws {
    self.seed = seed
    generator = SplitMix64(seed: seed)
  }

  private var registry: Registry { get throws { try synthetic.get().registry } }

  private mutating func random(_ range: Range<Int>) -> Int { Int.random(in: range, using: &generator) }
  /// One of some keys, whatever order their dictionary has.
  private mutating func random(_ keys: some Sequence<String>) -> String? { keys.sorted().randomElement(using: &generator) }

  mutating func step() throws {
    switch random(0..<22) {
    case 0...5: try train()
    case 6: try failedRun()
    case 7...8: try setAlias()
    case 9: try rollBackOrRemoveAlias()
    case 10...12: try deleteVersion()
    case 13...14: try deleteRun()
    case 15: try restoreVersion()
    case 16: try restoreRun()
    case 17: try dropDatasetName()
    case 18...20: try logRun()
    default: try collect()
    }
  }

  private mutating func parent() throws -> (key: String, record: VersionRecord)? {
    guard random(0..<2) == 0, let key = random(model.versions.filter { !$0.value.isDeleted }.keys) else { return nil }
    return (key, try registry.version(VersionName(key)))
  }

  private mutating func train() throws {
    let (name, dataset, parent) = (["a", "b"][random(0..<2)], random(0..<3), try parent())
    let tensors = (0..<random(1..<4)).map { _ in random(0..<6) }
    let stored = try synthetic.get().version(tensors, model: name, dataset: dataset, parent: parent?.record)
    let number = model.nextVersion[name, default: 1]
    #expect(stored.version == number, "numbers are given once and without a gap, seed \(seed)")
    model.nextVersion[name] = number + 1
    model.versions["\(name)/\(number)"] = .init(model: name, number: number, run: stored.run, tensors: tensors)
    add(run: stored.run, dataset, parent?.key)
  }

  private mutating func failedRun() throws {
    let (dataset, parent) = (random(0..<3), try parent())
    let run = try synthetic.get().run(model: ["a", "b", "c"][random(0..<3)], parent: parent?.record, dataset: dataset)
    add(run: run, dataset, parent?.key)
  }

  private mutating func add(run: Int, _ dataset: Int, _ parent: String?) {
    #expect(model.runs[run] == nil)
    model.runs[run] = .init(dataset: dataset, parent: parent)
    // Whoever trains on it gives it a name.
    model.datasets.insert(dataset)
    model.named.insert(dataset)
  }

  /// A run of another program: some files, up to three versions of one model or two, perhaps a part of another run.
  private mutating func logRun() throws {
    let registry = try registry
    let whole = random(0..<2) == 0 ? model.runs.keys.sorted().randomElement(using: &generator) : nil
    var info = RunInfo()
    info.parentRun = whole
    let writer = try RunWriter(registry, info)
    var run = GarbageModel.Run(dataset: nil, parent: nil, whole: whole)
    for index in 0..<random(0..<3) {
      let number = random(0..<6)
      try writer.add(bytes: GarbageModel.file(number), as: "f\(index)")
      run.files.append(number)
    }
    #expect(model.runs[writer.run] == nil)
    for _ in 0..<random(0..<3) {
      let name = ["a", "b"][random(0..<2)]
      let (tensors, files) = ((0..<random(0..<3)).map { _ in random(0..<6) }, (0..<random(0..<3)).map { _ in random(0..<6) })
      guard !tensors.isEmpty || !files.isEmpty else { continue }
      var version = LoggedVersion()
      if !tensors.isEmpty { version.weights = LoggedVersion(try Synthetic.stateDict(tensors)).weights }
      version.model = name
      for (index, number) in files.enumerated() {
        let file = try synthetic.get().stored.folder.path("file\(number)")
        try write(GarbageModel.file(number), to: file)
        version.files.append((file: file, name: "v\(index)"))
      }
      let stored = try writer.save(version)
      let number = model.nextVersion[name, default: 1]
      #expect(stored.version == number, "seed \(seed)")
      model.nextVersion[name] = number + 1
      model.versions["\(name)/\(number)"] = .init(model: name, number: number, run: writer.run, tensors: tensors, files: files)
    }
    try writer.end()
    model.runs[writer.run] = run
  }

  private mutating func setAlias() throws {
    guard let key = random(model.versions.keys), let version = model.versions[key] else { return }
    let alias = try AliasName("\(version.model)@\(["champion", "old"][random(0..<2)])")
    let name = VersionName(model: version.model, .number(version.number))
    if version.isDeleted {
      #expect(throws: StoreError.self, "seed \(seed)") { try registry.setAlias(alias, to: name) }
    } else {
      try registry.setAlias(alias, to: name)
      model.aliases[alias.title] = key
    }
  }

  private mutating func rollBackOrRemoveAlias() throws {
    guard let title = random(model.aliases.keys) else { return }
    let alias = try AliasName(title)
    if random(0..<2) == 0 {
      try registry.removeAlias(alias)
      model.aliases[title] = nil
    } else if let move = try? registry.rollBackAlias(alias) {
      let key = move.version.map { "\(alias.model)/\($0)" }
      #expect(
        key.map { model.versions[$0]?.isDeleted == false } ?? true, "an alias never comes to point to a deleted version, seed \(seed)")
      model.aliases[title] = key
    }
  }

  private mutating func deleteVersion() throws {
    guard let key = random(model.versions.keys) else { return }
    let name = try VersionName(key)
    if model.aliases(of: key).isEmpty {
      try registry.delete(versions: [name])
      model.versions[key]?.isDeleted = true
    } else {
      expect(.aliased, "seed \(seed)") { try registry.delete(versions: [name]) }
    }
  }

  private mutating func deleteRun() throws {
    guard let run = model.runs.keys.sorted().randomElement(using: &generator) else { return }
    let keys = model.liveVersions(ofRun: run)
    let isFree = keys.allSatisfy { model.aliases(of: $0).isEmpty }
    if isFree {
      try registry.delete(versions: keys.map { try VersionName($0) }, runs: [run])
      for key in keys { model.versions[key]?.isDeleted = true }
      model.runs[run]?.isDeleted = true
    } else {
      expect(.runHasVersions, "seed \(seed)") { try registry.delete(versions: [], runs: [run]) }
    }
  }

  private mutating func restoreVersion() throws {
    if let key = random(model.removed) {
      let name = try VersionName(key)
      guard case .number(let number) = name.selector else { return }
      #expect(throws: StoreError.versionRemoved(model: name.model, version: number, path: try registry.path)) {
        try registry.restore(versions: [name])
      }
    }
    guard let key = random(model.versions.filter(\.value.isDeleted).keys), let version = model.versions[key] else { return }
    try registry.restore(versions: [VersionName(key)])
    model.versions[key]?.isDeleted = false
    model.runs[version.run]?.isDeleted = false
  }

  private mutating func restoreRun() throws {
    guard let run = model.runs.keys.sorted().randomElement(using: &generator) else { return }
    try registry.restore(versions: [], runs: [run])
    model.runs[run]?.isDeleted = false
  }

  private mutating func dropDatasetName() throws {
    let dataset = random(0..<3)
    try registry.connection.execute("DELETE FROM dataset_names WHERE name = ?", "d\(dataset)")
    model.named.remove(dataset)
  }

  /// Runs gc on both, and compares all that there is.
  mutating func collect() throws {
    let registry = try registry
    let before = (versions: model.versions.count, runs: model.runs.count, datasets: model.datasets.count)
    let told = try registry.garbage()
    model.collect()
    let report = try registry.collectGarbage(compacting: false)
    #expect(
      [report.versions, report.runs, report.datasets]
        == [before.versions - model.versions.count, before.runs - model.runs.count, before.datasets - model.datasets.count], "seed \(seed)")
    #expect(
      [told.versions, told.runs, told.datasets, told.models, told.tensors, told.metrics, told.bytes]
        == [report.versions, report.runs, report.datasets, report.models, report.tensors, report.metrics, report.bytes], "seed \(seed)")

    let synthetic = try synthetic.get()
    let keys = "SELECT m.name || '/' || v.version FROM model_versions AS v JOIN models AS m ON m.id = v.model_id"
    #expect(try Set(synthetic.texts(keys)) == Set(model.versions.keys), "seed \(seed)")
    #expect(try Set(synthetic.texts("SELECT CAST(id AS TEXT) FROM runs")) == Set(model.runs.keys.map(String.init)), "seed \(seed)")
    #expect(try Set(synthetic.texts("SELECT digest FROM tensors")) == model.tensorDigests, "seed \(seed)")
    #expect(try Set(synthetic.texts("SELECT digest FROM contents")) == model.fileDigests, "seed \(seed)")
    let wholes = "SELECT id || ' ' || parent_run_id FROM runs WHERE parent_run_id IS NOT NULL"
    #expect(
      try Set(synthetic.texts(wholes)) == Set(model.runs.compactMap { id, run in run.whole.map { "\(id) \($0)" } }), "seed \(seed)")
    #expect(
      try Set(synthetic.texts("SELECT digest FROM datasets")) == Set(model.datasets.map { Synthetic.datasets[$0].digest }),
      "seed \(seed)")
    for (key, version) in model.versions where !version.isDeleted {
      let record = try registry.version(VersionName(key))
      #expect(try registry.stateDict(record) == Synthetic.stateDict(version.tensors), "seed \(seed)")
      #expect(record.files.map(\.digest) == version.files.map { digest(of: GarbageModel.file($0)) }, "seed \(seed)")
      _ = try registry.run(version.run)
    }
    for (title, key) in model.aliases { #expect(try registry.version(VersionName(title)).title == key, "seed \(seed)") }
    #expect(try registry.aliases().count == model.aliases.count, "seed \(seed)")
    #expect(try synthetic.texts("PRAGMA foreign_key_check").isEmpty, "seed \(seed)")
  }
}
