internal import FoundationEssentials
internal import Tensors

/// The columns of a dataset: the features in order, and the target.  Coded as the `columns` JSON of the registry:
/// `{"features":[{"name":"age","type":"number"},{"categories":["blue","red"],"name":"color","type":"category"}],
/// "target":{"classes":["no","yes"],"name":"bought","type":"class"}}`.
///
/// Invariant: at least one feature, every name once, and no category or class twice in a list.
public struct Columns: Sendable, Hashable {
  /// In the order of the tensors' columns.
  public let features: [FeatureColumn]
  /// What is to be predicted.
  public let target: TargetColumn

  /// Throws when the invariant does not hold.
  public init(features: [FeatureColumn], target: TargetColumn) throws(DatasetError) {
    guard !features.isEmpty else { throw .inconsistent(part: "columns", problem: "no feature column") }
    if let name = (features.map(\.name) + [target.name]).firstRepeatedName() {
      throw .inconsistent(part: "columns", problem: "the name '\(name)' occurs twice")
    }
    for feature in features {
      if let name = feature.categories?.firstRepeatedName() {
        throw .inconsistent(part: "columns", problem: "'\(feature.name)' has the category '\(name)' twice")
      }
    }
    if let classes = target.classes {
      guard classes.count >= 2 else { throw .inconsistent(part: "columns", problem: "'\(target.name)' has fewer than two classes") }
      if let name = classes.firstRepeatedName() {
        throw .inconsistent(part: "columns", problem: "'\(target.name)' has the class '\(name)' twice")
      }
    }
    self.features = features
    self.target = target
  }

  /// Reads the `columns` JSON; throws `DatasetError.inconsistent` for anything that is not one.
  public init(json: String) throws(DatasetError) {
    do {
      self = try JSONDecoder().decode(Columns.self, from: Data(json.utf8))
    } catch let error as DatasetError {
      throw error
    } catch {
      throw .inconsistent(part: "columns", problem: "not the JSON of columns")
    }
  }

  /// The canonical JSON: keys sorted, no spaces.  Equal columns give equal bytes.
  public var json: String { canonicalJSON(self) }
}

/// A feature column: a number, a date (days since 1970-01-01), a time (a fraction of a day), or one of a list of categories (sorted by their UTF-8 bytes).
public struct FeatureColumn: Sendable, Hashable {
  /// As the header has it.
  public let name: String
  /// nil for a column of numbers or dates.
  public let categories: [String]?
  /// Whether its numbers are written as dates in a CSV file.
  public let isDate: Bool
  /// Whether these dates are times of day alone, fractions of a day.
  public let isTime: Bool

  /// A number column without categories.
  public init(name: String, categories: [String]? = nil, isDate: Bool = false, isTime: Bool = false) {
    self.name = name
    self.categories = categories
    self.isDate = isDate
    self.isTime = isDate && isTime
  }

  /// What its numbers are, of a column of dates or of times.
  public var unit: String { isTime ? "a fraction of a day since midnight UTC" : "days since 1970-01-01 00:00 UTC" }

  /// The days that a cell's text stands for, in a column of dates or of times alone; nil when it isn't one of those.
  public func days(_ text: String) -> Double? {
    (DateText.reading(text).form == .time) == isTime ? DateText.days(text) : nil
  }

  /// A cell of it as a CSV file has it: a date in ISO 8601.
  public func dateText(_ value: Double) -> String { isTime ? DateText.time(value) : DateText.iso(value) }

  /// By the bytes of the names.
  public static func == (a: FeatureColumn, b: FeatureColumn) -> Bool {
    a.name.hasSameBytes(as: b.name) && a.isDate == b.isDate && a.isTime == b.isTime
      && a.categories?.map { Name($0) } == b.categories?.map { Name($0) }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(Name(name))
    hasher.combine(categories?.map { Name($0) })
  }
}

/// The target column: a number, or one of a list of classes (a label is an index into it).
public struct TargetColumn: Sendable, Hashable {
  /// As the header has it.
  public let name: String
  /// nil for a number.
  public let classes: [String]?

  /// A number without classes.
  public init(name: String, classes: [String]? = nil) {
    self.name = name
    self.classes = classes
  }

  /// By the bytes of the names.
  public static func == (a: TargetColumn, b: TargetColumn) -> Bool {
    a.name.hasSameBytes(as: b.name) && a.classes?.map { Name($0) } == b.classes?.map { Name($0) }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(Name(name))
    hasher.combine(classes?.map { Name($0) })
  }
}

extension Columns: Codable {
  private enum CodingKeys: String, CodingKey { case features, target }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      features: container.decode([FeatureColumn].self, forKey: .features),
      target: container.decode(TargetColumn.self, forKey: .target))
  }
}

extension FeatureColumn: Codable {
  private enum Kind: String, Codable { case number, date, time, category }
  private enum CodingKeys: String, CodingKey { case name, type, categories }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    let kind = try container.decode(Kind.self, forKey: .type)
    isDate = kind == .date || kind == .time
    isTime = kind == .time
    switch kind {
    case .number, .date, .time: categories = nil
    case .category: categories = try container.decode([String].self, forKey: .categories)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(categories != nil ? Kind.category : isTime ? .time : isDate ? .date : .number, forKey: .type)
    try container.encodeIfPresent(categories, forKey: .categories)
  }
}

extension TargetColumn: Codable {
  private enum Kind: String, Codable { case number, `class` }
  private enum CodingKeys: String, CodingKey { case name, type, classes }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    switch try container.decode(Kind.self, forKey: .type) {
    case .number: classes = nil
    case .class: classes = try container.decode([String].self, forKey: .classes)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(classes == nil ? Kind.number : .class, forKey: .type)
    try container.encodeIfPresent(classes, forKey: .classes)
  }
}

/// JSON with sorted keys and no spaces: equal values give equal bytes.
func canonicalJSON(_ value: some Encodable) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
  // With that strategy there is no value of this room that the encoder refuses.
  return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
}
