internal import Datasets
internal import SQLite
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
    let (first, second) = try snapshot { (try storedTensors(of: a), try storedTensors(of: b)) }
    let others = Dictionary(second.map { ($0.name, $0) }) { first, _ in first }
    let known = Set(first.map(\.name))
    return try first.map { entry in
      guard let other = others[entry.name] else {
        return TensorComparison(name: entry.name, status: .removed, first: entry.kind, second: nil, difference: nil)
      }
      return try compare(entry, other, titles: (a.title, b.title))
    }
      + second.filter { !known.contains($0.name) }.map {
        TensorComparison(name: $0.name, status: .added, first: nil, second: $0.kind, difference: nil)
      }
  }

  private func compare(_ a: StoredTensor, _ b: StoredTensor, titles: (String, String)) throws -> TensorComparison {
    func result(_ status: TensorComparison.Status, _ difference: TensorDifference?) -> TensorComparison {
      TensorComparison(name: a.name, status: status, first: a.kind, second: b.kind, difference: difference)
    }
    if a.kind.digest == b.kind.digest { return result(.equal, .none(count: a.kind.count)) }
    guard a.kind.shape == b.kind.shape else { return result(.reshaped, nil) }
    let x = try tensor(a, title: "tensor '\(a.name)' of \(titles.0)")
    let y = try tensor(b, title: "tensor '\(b.name)' of \(titles.1)")
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

  private struct StoredTensor {
    let name: String
    let id: Int64
    let kind: TensorComparison.Kind
  }

  /// The names and digests of a version's tensors, which together are what the version's own digest says.
  private func storedTensors(of record: VersionRecord) throws -> [StoredTensor] {
    let rotten = RegistryError.rotten(what: "the state_dict of \(record.title)", path: path)
    let tensors = try connection.query(
      """
      SELECT e.name, t.id, t.dtype, t.shape, t.digest FROM version_tensors AS e JOIN tensors AS t ON t.id = e.tensor_id
      WHERE e.version_id = ? ORDER BY e.position
      """, record.id
    ) { row in
      guard let shape = Self.shape(json: try row.text(3)) else { throw rotten }
      let kind = TensorComparison.Kind(dtype: try row.text(2), shape: shape, digest: try row.text(4))
      return StoredTensor(name: try row.text(0), id: try row.int64(1), kind: kind)
    }
    let digests = tensors.compactMap { tensor in Digest(hex: tensor.kind.digest).map { (tensor.name, $0) } }
    guard digests.count == record.tensorCount, StateDict.digest(of: digests).hex == record.stateDictDigest else { throw rotten }
    return tensors
  }

  private func tensor(_ stored: StoredTensor, title: String) throws -> Tensor {
    let tensor = try reading {
      try connection.queryFirst(
        "SELECT digest, dtype, shape, data FROM tensors WHERE id = ? AND digest = ?", stored.id, stored.kind.digest
      ) { row in try verifiedTensor(row, firstColumn: 0, title: title) }
    }
    guard let tensor else { throw RegistryError.rotten(what: title, path: path) }
    return tensor
  }
}
