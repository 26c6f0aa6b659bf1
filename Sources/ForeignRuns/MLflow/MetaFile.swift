internal import Tensors

/// What a meta.yaml of MLflow holds: keys of one level, whose values are texts, lists of texts or flat dictionaries of texts.
///
/// It reads the part of YAML that MLflow writes, and refuses the rest by its line: no anchors, no tags, no block scalars, no deeper
/// nesting.  So nothing in it can refer, repeat or recurse.
struct MetaFile {
  enum Value: Equatable {
    case null
    case text(String)
    case list([String])
    case dictionary([ForeignPair])
  }

  private let values: [Name: Value]
  private let path: String

  /// A description has at most a few thousand characters, a schema some hundred thousand.
  static let longest = 16 << 20

  init(_ path: String) throws(ForeignError) { try self.init(try wholeFile(path, limit: Self.longest), path: path) }

  init(_ bytes: [UInt8], path: String) throws(ForeignError) {
    self.path = path
    var reader = MetaReader(bytes, path: path)
    values = try reader.read()
  }

  subscript(key: String) -> Value { values[Name(key)] ?? .null }

  /// A text; nil for null and for an empty one.
  func text(_ key: String) -> String? { if case .text(let text) = self[key], !text.isEmpty { text } else { nil } }

  func needed(_ key: String) throws(ForeignError) -> String {
    guard let text = text(key) else { throw ForeignError(file: path, .yaml("there is no '\(key)'")) }
    return text
  }

  /// A whole number; nil for null.
  func integer(_ key: String) throws(ForeignError) -> Int64? {
    guard let text = text(key) else { return nil }
    guard let number = Int64(text) else { throw ForeignError(file: path, .yaml("'\(key)' is '\(shown(text))', not a whole number")) }
    return number
  }
}
