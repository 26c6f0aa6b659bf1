/// A stored dataset without its tensors.
public struct DatasetRecord: Sendable {
  /// Sorted; may be none.
  public let names: [String]
  public let digest: String
  public let createdAt: String
  public let note: String?
  /// The runs that were trained on it, oldest first.
  public let runs: [Int]
  package let id: Int64

  /// Its first name, or the beginning of its digest.
  public var title: String { names.first ?? String(digest.prefix(12)) }
}

/// What became of a dataset that was added.
public struct StoredDataset: Sendable, Hashable {
  public let name: String
  public let digest: String
  /// Whether this content was stored already.
  public let wasKnown: Bool
}
