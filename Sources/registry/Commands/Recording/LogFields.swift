import JSONText
import ModelRegistry
import Tensors

/// What is wrong with a line of `registry log`.
struct LogLineError: Error {
  let message: String
  var hint: String?

  init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
}

/// The fields of a line, and how the values of each kind are read.
struct LogFields {
  /// The keys that mean something; any other is a metric.
  enum Word: String, CaseIterable {
    case params, tags, note, dataset, metrics, step, epoch, time, file, text, `as`, version, end, error, ack
    case exitCode = "exit_code"
  }

  let pairs: [(key: String, value: JSONNode)]

  /// Throws for an empty key, and for one that stands twice: which would be meant?
  init(_ pairs: [(key: String, value: JSONNode)]) throws {
    self.pairs = pairs
    if pairs.contains(where: \.key.isEmpty) { throw LogLineError("a metric has no name") }
    if let key = Self.repeatedKey(pairs) { throw LogLineError("'\(key)' stands in it twice") }
  }

  /// A key that stands twice.
  private static func repeatedKey(_ pairs: [(key: String, value: JSONNode)]) -> String? {
    // Most lines have a few keys: comparing them takes less than hashing them.
    guard pairs.count <= 8 else { return pairs.map(\.key).firstRepeatedName() }
    for (index, pair) in pairs.enumerated().dropFirst() {
      for earlier in pairs[..<index] where earlier.key.hasSameBytes(as: pair.key) { return pair.key }
    }
    return nil
  }

  private static let words = Dictionary(uniqueKeysWithValues: Word.allCases.map { (Name($0.rawValue), $0) })
  private static let longestWord = Word.allCases.map(\.rawValue.utf8.count).max() ?? 0

  /// What a key means; nil for a metric.
  static func word(_ key: String) -> Word? { key.utf8.count > longestWord ? nil : words[Name(key)] }

  subscript(key: String) -> JSONNode? { pairs.first { $0.key.hasSameBytes(as: key) }?.value }

  static func object(_ node: JSONNode, _ key: String) throws -> [(key: String, value: JSONNode)] {
    guard case .object(let pairs) = node else { throw LogLineError("'\(key)' is \(node.kind): it has to be an object") }
    if let key = repeatedKey(pairs) { throw LogLineError("'\(key)' stands in it twice") }
    return pairs
  }

  static func text(_ node: JSONNode, _ key: String) throws -> String {
    guard case .string(let text) = node else { throw LogLineError("'\(key)' is \(node.kind): it has to be a text") }
    return text
  }

  /// One text, or several in a list.
  static func texts(_ node: JSONNode, _ key: String) throws -> [String] {
    guard case .array(let nodes) = node else { return [try text(node, key)] }
    return try nodes.map { try text($0, key) }
  }

  /// A whole number, also written as 10.0 or 1e3.
  static func integer(_ node: JSONNode, _ key: String) throws -> Int {
    if case .number(let text) = node {
      if let number = Int(text) { return number }
      if let number = Double(text), let whole = Int(exactly: number), abs(number) < 9e15 { return whole }
      throw LogLineError("'\(key)' is \(text): it has to be a whole number of at most 64 bits")
    }
    throw LogLineError("'\(key)' is \(node.kind): it has to be a whole number")
  }

  /// A number; NaN and the infinities bare or in quotes.
  static func metric(_ node: JSONNode, _ key: String) throws -> Double {
    guard !key.isEmpty else { throw LogLineError("a metric has no name") }
    if case .number(let text) = node, let number = Double(text), number.isFinite { return number }
    switch node {
    case .number(let text), .string(let text):
      switch text.lowercased() {
      case "nan": return .nan
      case "infinity", "inf", "+infinity", "+inf": return .infinity
      case "-infinity", "-inf": return -.infinity
      default: break
      }
      if case .number = node { throw LogLineError("metric '\(key)' is \(text): no double is as large", hint: "Infinity is a value") }
      throw LogLineError(
        "metric '\(key)' is the text '\(text.prefix(100))': a metric is a number",
        hint: #"a text is a param or a tag: {"params": {"\#(key)": "…"}}"#)
    case .null: throw LogLineError("metric '\(key)' is null", hint: "leave it out where there is no value; NaN is one")
    case .bool, .array, .object: throw LogLineError("metric '\(key)' is \(node.kind): a metric is a number")
    }
  }

  static func tags(_ node: JSONNode) throws -> NamedValues<CellValue> {
    var tags = NamedValues<CellValue>()
    for (key, node) in try object(node, "tags") {
      guard !key.isEmpty else { throw LogLineError("a tag has no name") }
      switch node {
      case .string(let text): tags.append(key, .text(text))
      case .number(let text):
        // A number whose spelling would be lost is a text.
        let number = ParamValue(written: text)
        tags.append(key, number.spelling == nil ? number.value : .text(text))
      case .bool(let value): tags.append(key, .text(value ? "true" : "false"))
      case .null, .array, .object: tags.append(key, .text(node.text))
      }
    }
    return tags
  }
}

extension LogLine.Version {
  private static let words = [
    "version", "metrics", "step", "alias", "model", "files", "tags", "description", "source", "key", "activation", "batch_norm",
    "batch_norm_eps", "task", "classes", "features", "ack",
  ]

  /// Of a line with `version`: the file of the weights, or true where there are files alone.
  init(_ node: JSONNode, _ fields: LogFields) throws {
    for (key, _) in fields.pairs where !Self.words.contains(named: key) {
      throw LogLineError(
        "'\(key)' is nothing that a version has", hint: #"metrics of it: {"version": "model.pt", "metrics": {"\#(key)": 1}}"#)
    }
    switch node {
    case .string(let file): weights = file
    case .bool(true): break
    default: throw LogLineError("'version' is \(node.kind): it has to be a file of weights, or true for files alone")
    }
    if let node = fields["files"] { files = try Self.files(node) }
    guard weights != nil || !files.isEmpty else {
      throw LogLineError("a version has weights or files", hint: #"{"version": true, "files": ["model.bin"]}"#)
    }
    key = try fields["key"].map { try LogFields.text($0, "key") }
    model = try fields["model"].map { try LogFields.text($0, "model") }
    step = try fields["step"].map { try LogFields.integer($0, "step") }
    source = try fields["source"].map { try LogFields.text($0, "source") }
    description = try fields["description"].map { try LogFields.text($0, "description") }
    if let node = fields["metrics"] {
      for (key, node) in try LogFields.object(node, "metrics") { metrics.append(key, try LogFields.metric(node, key)) }
    }
    if let node = fields["tags"] { tags = try LogFields.tags(node) }
    if let node = fields["alias"] { aliases = try LogFields.texts(node, "alias") }
    for word in ["activation", "batch_norm", "batch_norm_eps", "task", "classes", "features"] {
      guard let node = fields[word] else { continue }
      let value: String
      switch node {
      case .string(let text), .number(let text): value = text
      default: value = try LogFields.texts(node, word).joined(separator: ",")
      }
      netOptions += ["--\(word.split(separator: "_").joined(separator: "-"))", value]
    }
  }

  /// A list of files, or an object of names and files.
  private static func files(_ node: JSONNode) throws -> [(file: String, name: String)] {
    if case .object(let pairs) = node { return try pairs.map { (try LogFields.text($0.value, "files"), $0.key) } }
    return try LogFields.texts(node, "files").map { file in
      var name = Substring(file)
      while name.utf8.count > 1, name.utf8.last == 0x2f { name = name.dropLast() }
      return (file, name.utf8.lastIndex(of: 0x2f).map { String(name[name.utf8.index(after: $0)...]) } ?? String(name))
    }
  }
}
