public import Tensors

/// How people name an alias: `champion`, `@champion` or `name@champion`.
public struct AliasName: Sendable, Hashable {
  @Name public private(set) var model: String
  @Name public private(set) var alias: String

  /// Reads a name; where it names no model, `defaultModel` is meant.  Throws for what no alias can be called, `latest` among it.
  public init(_ text: String, defaultModel: String = Registry.defaultModel) throws(StoreError) {
    let at = text.unicodeScalars.lastIndex(of: "@")
    let name = at.map { text[..<$0] } ?? ""
    alias = at.map { String(text[text.unicodeScalars.index(after: $0)...]) } ?? text
    model = name.isEmpty ? defaultModel : String(name)
    try Registry.checkName(alias, of: "alias")
  }

  /// `name@champion`.
  public var title: String { "\(model)@\(alias)" }
}
