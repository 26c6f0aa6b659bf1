/// What was stored at the end of a run.
public struct StoredVersion: Sendable, Hashable {
  public let model: String
  public let version: Int
  public let run: Int
  /// A name of the dataset, or the beginning of its digest.
  public let dataset: String
}
