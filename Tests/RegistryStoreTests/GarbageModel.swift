import StoreTestSupport
import Tensors

@testable import RegistryStore

/// What a registry should hold, kept in plain Swift beside the real one: deliberately simple, and written without a look at its SQL.
struct GarbageModel {
  struct Version {
    let model: String
    let number: Int
    let run: Int
    let tensors: [Int]
    var files: [Int] = []
    var isDeleted = false
  }

  struct Run {
    let dataset: Int?
    /// The parent version's key.
    let parent: String?
    var files: [Int] = []
    /// The run that it is a part of.
    var whole: Int?
    var isDeleted = false
  }

  var versions: [String: Version] = [:]
  var runs: [Int: Run] = [:]
  /// Model and alias -> version's key.
  var aliases: [String: String] = [:]
  var nextVersion: [String: Int] = [:]
  /// Keys that gc has removed.
  var removed: Set<String> = []
  /// Datasets that are stored, and those of them that have a name.
  var datasets: Set<Int> = []
  var named: Set<Int> = []

  func aliases(of key: String) -> [String] { aliases.filter { $0.value == key }.map(\.key) }
  func liveVersions(ofRun run: Int) -> [String] { versions.filter { $0.value.run == run && !$0.value.isDeleted }.map(\.key) }

  /// Takes away, one by one, whatever nothing needs, until nothing is left to take.
  mutating func collect() {
    var isChanging = true
    while isChanging {
      isChanging = false
      for (key, version) in versions where version.isDeleted && !runs.values.contains(where: { $0.parent == key }) {
        versions[key] = nil
        removed.insert(key)
        isChanging = true
      }
      for (id, run) in runs where run.isDeleted && !versions.values.contains(where: { $0.run == id }) {
        runs[id] = nil
        for part in runs.keys where runs[part]?.whole == id { runs[part]?.whole = nil }
        isChanging = true
      }
    }
    datasets.formIntersection(named.union(runs.values.compactMap(\.dataset)))
  }

  /// The bytes of the file of a number: another for each.
  static func file(_ number: Int) -> [UInt8] { [UInt8](repeating: UInt8(number), count: number) }

  /// The digests of all files that something holds.
  var fileDigests: Set<String> { Set((versions.values.flatMap(\.files) + runs.values.flatMap(\.files)).map { digest(of: Self.file($0)) }) }

  /// The digests of all tensors that something holds.
  var tensorDigests: Set<String> {
    get throws {
      let ofVersions = Set(versions.values.flatMap(\.tensors)).map { Synthetic.tensor($0).digest.hex }
      let ofDatasets = datasets.flatMap { Synthetic.datasets[$0].tensors.entries.map { $0.tensor.digest.hex } }
      return Set(ofVersions + ofDatasets)
    }
  }
}
