internal import Datasets
internal import RegistryStore
internal import SQLite
internal import Tensors
internal import Training

/// Makes nets and datasets of what the store keeps.
final class NetInterpreter: Interpreter {
  /// The architectures that were read lately, with their JSON: most versions of a model have the same.
  private var architectures: [(json: String, architecture: Architecture)] = []

  func architecture(json: String) throws -> any Sendable {
    if let known = architectures.first(where: { $0.json.hasSameBytes(as: json) }) { return known.architecture }
    let architecture = try Architecture(json: json)
    if architectures.count == 8 { architectures.removeFirst() }
    architectures.append((json, architecture))
    return architecture
  }

  func dataset(_ content: DatasetContent) throws -> DatasetContent { DatasetContent(try Dataset(content)) }

  func check(_ version: VersionRecord, in registry: Registry) throws {
    // Of those nobody knows the activation: the rows and tensors are as they were stored.
    do { try registry.checkNet(version) } catch let error as StoreError where error.isOfNoNet {}
  }

  var functionNames: [String] { NetFunctions.names }

  func add(to functions: SQLFunctions, on connection: borrowing Connection) throws { try NetFunctions.add(to: functions, on: connection) }
}
