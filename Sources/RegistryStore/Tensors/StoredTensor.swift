internal import SQLite
public import Tensors

/// What is stored of a tensor besides its bytes, which `Registry.tensor(_:of:)` and `readTensor` read.
public struct StoredTensor: Sendable, Hashable {
  @Name public private(set) var name: String
  public let dtype: DType
  public let shape: [Int]
  public let digest: Digest
  /// The size of its data.
  public let byteCount: Int
  internal let id: Int64
  /// The contents that hold its data, where they are in pieces.
  internal let content: Int64?
}

extension Registry {
  /// The tensors of a version in order, without their bytes: all of them, and in the order that was stored.
  public func storedTensors(_ record: VersionRecord) throws -> [StoredTensor] {
    try snapshot {
      let tensors = try tensorRows(of: .version, id: record.id, title: record.title)
      try check(tensors.map { ($0.name, $0.digest) }, of: record)
      return tensors
    }
  }

  /// Reads one of `storedTensors`; it is what its digest says.  All of it is in memory: `readTensor` reads through a window.
  public func tensor(_ tensor: StoredTensor, of record: VersionRecord) throws -> Tensor {
    try snapshot { try verifiedTensor(tensor, title: record.title) }
  }

  /// What people say of a version, by key.
  public func versionTags(_ record: VersionRecord) throws -> [(key: String, value: CellValue)] {
    try reading {
      try connection.query("SELECT key, value FROM version_tags WHERE version_id = ? ORDER BY key", record.id) { row in
        (key: try row.text(0), value: CellValue(try row.value(1)))
      }
    }
  }
}
