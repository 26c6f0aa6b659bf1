/// A registered model of the source.
public struct ForeignModel: Sendable {
  public let name: String
  public var note: String?
  public var tags: [ForeignPair] = []
  /// By their numbers.
  public var versions: [ForeignVersion] = []
  public var aliases: [(alias: String, version: Int64)] = []

  public init(name: String) { self.name = name }
}

/// A version of a registered model.
public struct ForeignVersion: Sendable {
  /// 36 lower-case characters, the same each time that the source is read.
  public let uuid: String
  public let number: Int64
  /// The `uuid` of its run.
  public var run: String?
  /// Milliseconds since 1970.
  public var createdAt: Int64?
  public var note: String?
  /// Where it came from, as the source says it: `runs:/…/model`, a path.
  public var source: String?
  /// `Staging`, `Production`, `Archived`; nil for none.
  public var stage: String?
  public var tags: [ForeignPair] = []
  /// Numbers that were measured with these very weights.
  public var metrics: [(key: String, value: Double)] = []
  /// Where its files stand, as the source says it; nil where it doesn't.
  public var artifactLocation: String?
  /// The id that a path of its files has in it: of its run or its logged model.
  public var artifactOwner: String?

  public init(uuid: String, number: Int64) {
    self.uuid = uuid
    self.number = number
  }
}
