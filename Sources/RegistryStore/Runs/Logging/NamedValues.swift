internal import Tensors

/// Values by their names, in order: `["train_loss": 0.7, "val_loss": 0.8]`.
///
/// A dictionary would take names that only look the same for one: here a name is its bytes.
public struct NamedValues<Value> {
  public private(set) var pairs: [(name: String, value: Value)] = []

  public init() {}
  public init(_ pairs: some Sequence<(name: String, value: Value)>) { self.pairs = Array(pairs) }

  public mutating func append(_ name: String, _ value: Value) { pairs.append((name, value)) }

  /// The last value of a name; nil where there is none.
  public subscript(name: String) -> Value? { pairs.last { $0.name.hasSameBytes(as: name) }?.value }

  public var isEmpty: Bool { pairs.isEmpty }
  public var count: Int { pairs.count }
}

extension NamedValues: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, Value)...) { pairs = elements.map { (name: $0.0, value: $0.1) } }
}

extension NamedValues: Sequence {
  public func makeIterator() -> IndexingIterator<[(name: String, value: Value)]> { pairs.makeIterator() }
}

extension NamedValues: Sendable where Value: Sendable {}
