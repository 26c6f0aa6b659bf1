/// A dictionary of named tensors that keeps its order, as PyTorch's `state_dict()` does.
public struct StateDict: Sendable, Hashable {
  public struct Entry: Sendable, Hashable {
    @Name public private(set) var name: String
    public let tensor: Tensor
  }

  public private(set) var entries: [Entry] = []
  private var positions: [Name: Int] = [:]

  public init() {}

  /// Throws when a name occurs twice.
  public init(_ pairs: [(name: String, tensor: Tensor)]) throws(StateDictError) {
    for (name, tensor) in pairs { try append(name, tensor) }
  }

  /// Adds a tensor at the end; throws when the name is taken.
  public mutating func append(_ name: String, _ tensor: Tensor) throws(StateDictError) {
    let key = Name(name)
    guard positions[key] == nil else { throw .duplicate(name) }
    positions[key] = entries.count
    entries.append(Entry(name: name, tensor: tensor))
  }

  public subscript(name: String) -> Tensor? { positions[Name(name)].map { entries[$0].tensor } }
  public var names: [String] { entries.map(\.name) }
  public var count: Int { entries.count }
  /// How many numbers there are in all.
  public var parameterCount: Int { entries.reduce(0) { $0 + $1.tensor.count } }

  /// SHA-256 over each name (as a netstring) and the digest of its tensor (64 hexadecimal digits), in order.
  public var digest: Digest { Self.digest(of: entries.map { ($0.name, $0.tensor.digest) }) }

  /// The digest of a dictionary whose tensors' digests are known already.
  public static func digest(of tensors: [(name: String, digest: Digest)]) -> Digest {
    var builder = DigestBuilder()
    for (name, digest) in tensors {
      builder.update(netstring: name)
      builder.update(Array(digest.hex.utf8))
    }
    return builder.finalize()
  }

  /// Checks that the names and shapes are exactly those of `expected`, and that every tensor is of `dtype`.
  ///
  /// Source: the checks of PyTorch's `Module.load_state_dict(strict=True)`.
  public func verify(matches expected: [(name: String, shape: [Int])], dtype: DType) throws(StateDictError) {
    // In order and right: what almost every load finds.
    let isRight =
      entries.count == expected.count
      && zip(entries, expected).allSatisfy { $0.name.hasSameBytes(as: $1.name) && $0.tensor.shape == $1.shape && $0.tensor.dtype == dtype }
    if isRight { return }
    let known = Set(expected.map { Name($0.name) })
    let missing = expected.filter { self[$0.name] == nil }.map(\.name)
    let unexpected = names.filter { !known.contains(Name($0)) }
    guard missing.isEmpty, unexpected.isEmpty else {
      throw .keys(missing: missing, unexpected: unexpected)
    }
    for (name, shape) in expected {
      guard let tensor = self[name] else { continue }
      guard tensor.shape == shape else { throw .shape(name: name, needed: shape, got: tensor.shape) }
      guard tensor.dtype == dtype else { throw .dtype(name: name, needed: dtype, got: tensor.dtype) }
    }
  }
}

/// Why a state_dict is refused.
public enum StateDictError: Error, Equatable {
  case duplicate(String)
  case keys(missing: [String], unexpected: [String])
  case shape(name: String, needed: [Int], got: [Int])
  case dtype(name: String, needed: DType, got: DType)
  /// A number of it that is finite, and isn't in float32.
  case beyondFloat32(name: String)
  /// Why it can't be run as the net that it should be.
  case noNet(String)
}

extension StateDictError: CustomStringConvertible {
  public var description: String {
    func quoted(_ names: [String]) -> String {
      let shown = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
      return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
    }
    switch self {
    case .duplicate(let name): return "the state_dict has '\(name)' twice"
    case .keys(let missing, let unexpected):
      let parts = [missing.isEmpty ? nil : "missing \(quoted(missing))", unexpected.isEmpty ? nil : "unexpected \(quoted(unexpected))"]
      return "the state_dict does not fit: " + parts.compactMap(\.self).joined(separator: ", ")
    case .shape(let name, let needed, let got): return "'\(name)' has shape \(got), the net needs \(needed)"
    case .dtype(let name, let needed, let got): return "'\(name)' is \(got.rawValue), the net needs \(needed.rawValue)"
    case .noNet(let reason): return "the state_dict can't be run as a net: \(reason)"
    case .beyondFloat32(let name): return "'\(name)' has numbers beyond float32, which a net is computed in"
    }
  }
}
