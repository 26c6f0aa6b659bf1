import Datasets
import ModelRegistry
import Training

/// What a safetensors file says of its net besides the weights: texts under `registry.…` in its `__metadata__`.
///
/// `registry.architecture` has all of it, as the registry stores it, and comes back at import.  The others are there for people and scripts.
/// All depend on the version alone, so that it always gives the same bytes.
enum VersionMetadata {
  static let prefix = "registry."

  /// Hugging Face's libraries expect `format`.
  static func entries(of record: VersionRecord) -> [(name: String, value: String)] {
    var entries = [(name: "format", value: "pt")]
    guard let architecture = record.architecture else { return entries }
    func add(_ name: String, _ value: JSONValue) { entries.append((prefix + name, value.text)) }
    entries.append((prefix + "architecture", architecture.json))
    entries.append((prefix + "task", architecture.task.rawValue))
    let features = architecture.features
    add("features", .array(features.columns.map { .string($0.name) }))
    if !architecture.classes.isEmpty { add("classes", .array(architecture.classes.map { .string($0) })) }
    let categories = features.columns.compactMap { column in
      column.categories.map { (column.name, JSONValue.array($0.map { .string($0) })) }
    }
    if !categories.isEmpty { add("categories", .object(categories)) }
    var scaling = zip(features.columns, features.standardizations).compactMap { column, standardization in
      standardization.map { (column.name, Self.json(mean: $0.mean, scale: $0.scale)) }
    }
    if let target = architecture.targetScaler {
      scaling.append((architecture.target, json(mean: target.standardization.mean, scale: target.standardization.scale)))
    }
    if !scaling.isEmpty { add("scaling", .object(scaling)) }
    return entries
  }

  private static func json(mean: Double, scale: Double) -> JSONValue { .object([("mean", .real(mean)), ("scale", .real(scale))]) }
}
