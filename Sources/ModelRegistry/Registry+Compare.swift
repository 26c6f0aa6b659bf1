internal import Datasets
public import Tensors
public import Training

/// A tensor of one version beside that of the same name of another.
public struct TensorComparison: Sendable, Hashable {
  public enum Status: String, Sendable {
    case equal, changed
    /// The values of another element type, or the same number under another shape.
    case retyped, reshaped
    /// Only the second has it, or only the first.
    case added, removed
  }

  /// What a tensor is, without its values.
  public struct Kind: Sendable, Hashable {
    /// As safetensors spells it: `F32`.
    public let dtype: String
    public let shape: [Int]
    public let digest: String

    /// How many elements there are.
    public var count: Int { shape.reduce(1, *) }
  }

  public let name: String
  public let status: Status
  /// Nil where that version has no tensor of this name.
  public let first: Kind?
  public let second: Kind?
  /// Nil where there is nothing to subtract: added, removed, reshaped, or complex beside real.
  public let difference: TensorDifference?
}

/// What was found about the predictions of two versions.
public enum AgreementResult: Sendable, Equatable {
  /// On the test part of this dataset.
  case found(Agreement, dataset: String)
  case none(AgreementProblem)
}

extension Registry {
  /// The tensors of two versions side by side, in the order of the first; what only the second has stands at the end.
  ///
  /// Equal ones are known by their digests and not read.  Of the others one pair at a time is in memory, each checked against its
  /// digest, and the file isn't held locked between them.
  public func compareTensors(_ a: VersionRecord, _ b: VersionRecord) throws -> [TensorComparison] {
    let (first, second) = try snapshot { (try storedTensors(a), try storedTensors(b)) }
    let others = Dictionary(second.map { (Name($0.name), $0) }) { first, _ in first }
    let known = Set(first.map { Name($0.name) })
    return try first.map { entry in
      guard let other = others[Name(entry.name)] else {
        return TensorComparison(name: entry.name, status: .removed, first: entry.kind, second: nil, difference: nil)
      }
      return try compare(entry, of: a, other, of: b)
    }
      + second.filter { !known.contains(Name($0.name)) }.map {
        TensorComparison(name: $0.name, status: .added, first: nil, second: $0.kind, difference: nil)
      }
  }

  private func compare(
    _ a: StoredTensor, of first: VersionRecord, _ b: StoredTensor, of second: VersionRecord
  ) throws -> TensorComparison {
    func result(_ status: TensorComparison.Status, _ difference: TensorDifference?) -> TensorComparison {
      TensorComparison(name: a.name, status: status, first: a.kind, second: b.kind, difference: difference)
    }
    if a.digest == b.digest { return result(.equal, .none(count: a.kind.count)) }
    guard a.shape == b.shape else { return result(.reshaped, nil) }
    let x = try tensor(a, of: first)
    let y = try tensor(b, of: second)
    return result(x.dtype == y.dtype ? .changed : .retyped, x.isComplex == y.isComplex ? try TensorDifference(x, y) : nil)
  }

  /// Whether two versions predict the same on the test data that the first was measured on, or if it has none, the second.
  public func agreement(_ a: VersionRecord, _ b: VersionRecord) throws -> AgreementResult {
    guard let first = a.architecture else { return .none(.noArchitecture(version: a.title)) }
    guard let second = b.architecture else { return .none(.noArchitecture(version: b.title)) }
    if let problem = AgreementProblem(first, second) { return .none(problem) }
    for record in [a, b] {
      guard let dataset = try dataset(ofRun: record.run) else { continue }
      guard dataset.columns.features == first.features.columns else { return .none(.otherFeatures) }
      let agreement = try Agreement(try loadPredictor(a), try loadPredictor(b), on: dataset.x(.test))
      let name = try run(record.run).dataset ?? String(dataset.digest.hex.prefix(12))
      return .found(agreement, dataset: name)
    }
    return .none(.noDataset)
  }
}

extension StoredTensor {
  fileprivate var kind: TensorComparison.Kind { TensorComparison.Kind(dtype: dtype.rawValue, shape: shape, digest: digest.hex) }
}
