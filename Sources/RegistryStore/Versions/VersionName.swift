public import Tensors

/// How people name a version: `3`, `name/3`, `latest`, or by an alias: `name@champion`, and of the default model `@champion` or
/// `champion`, where it begins with a letter.
public struct VersionName: Sendable, Hashable {
  public enum Selector: Sendable, Hashable {
    case number(Int)
    case alias(String)
    /// The newest version that isn't deleted.
    case latest

    public static func == (a: Selector, b: Selector) -> Bool {
      switch (a, b) {
      case (.number(let a), .number(let b)): a == b
      case (.alias(let a), .alias(let b)): a.hasSameBytes(as: b)
      case (.latest, .latest): true
      case (.number, _), (.alias, _), (.latest, _): false
      }
    }

    public func hash(into hasher: inout Hasher) {
      switch self {
      case .number(let number): hasher.combine(number)
      case .alias(let alias): hasher.combine(Name(alias))
      case .latest: hasher.combine(0)
      }
    }
  }

  @Name public private(set) var model: String
  public let selector: Selector

  public init(model: String, _ selector: Selector) {
    self.model = model
    self.selector = selector
  }

  /// Reads a name; where it names no model, `defaultModel` is meant.  Throws for what isn't one.
  public init(_ text: String, defaultModel: String = Registry.defaultModel) throws(StoreError) {
    func number(_ digits: Substring) -> Int? { Int(digits).flatMap { $0 > 0 && digits.allSatisfy(\.isNumber) ? $0 : nil } }
    func orDefault(_ name: Substring) -> String { name.isEmpty ? defaultModel : String(name) }
    if let at = text.unicodeScalars.lastIndex(of: "@") {
      let alias = text[text.unicodeScalars.index(after: at)...]
      guard !alias.isEmpty else { throw .illegalVersionName(text) }
      self.init(model: orDefault(text[..<at]), alias == "latest" ? .latest : .alias(String(alias)))
    } else if let slash = text.unicodeScalars.lastIndex(of: "/") {
      let rest = text[text.unicodeScalars.index(after: slash)...]
      guard let selector = rest == "latest" ? .latest : number(rest).map(Selector.number) else { throw .illegalVersionName(text) }
      self.init(model: orDefault(text[..<slash]), selector)
    } else if text == "latest" {
      self.init(model: defaultModel, .latest)
    } else if let version = number(text[...]) {
      self.init(model: defaultModel, .number(version))
    } else if text.first?.isLetter == true, (try? Registry.checkName(text, of: "alias")) != nil {
      self.init(model: defaultModel, .alias(text))
    } else {
      throw .illegalVersionName(text)
    }
  }

  /// `name/3`, `name@champion` or `name@latest`.
  public var title: String {
    switch selector {
    case .number(let number): "\(model)/\(number)"
    case .alias(let alias): "\(model)@\(alias)"
    case .latest: "\(model)@latest"
    }
  }
}
