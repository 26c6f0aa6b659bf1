internal import SQLite
internal import Tensors

extension Registry {
  /// The tensors of two versions side by side, in the order of the first; what only the second has stands at the end.
  ///
  /// Equal ones are known by their digests and not read.  Of the others one pair at a time is in memory, and of a large pair a window; each
  /// is checked against its digest, and the file isn't held locked between them.
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
    let status: TensorComparison.Status = a.dtype == b.dtype ? .changed : .retyped
    guard isLarge(a) || isLarge(b) else {
      let x = try tensor(a, of: first)
      let y = try tensor(b, of: second)
      return result(status, x.isComplex == y.isComplex ? try TensorDifference(x, y) : nil)
    }
    return result(status, a.dtype.isComplex == b.dtype.isComplex ? try windowedDifference(a, of: first, b, of: second) : nil)
  }

  private func windowedDifference(
    _ a: StoredTensor, of first: VersionRecord, _ b: StoredTensor, of second: VersionRecord
  ) throws -> TensorDifference {
    /// Calls `body` with as many elements of each.
    func inParts(_ body: (Tensor, Tensor) throws -> Void) throws {
      var x = TensorReader(self, a, title: first.title)
      var y = TensorReader(self, b, title: second.title)
      while let part = try x.next(Self.elementsAtOnce * a.dtype.size), let other = try y.next(Self.elementsAtOnce * b.dtype.size) {
        try body(
          Tensor(dtype: a.dtype, shape: [part.count / a.dtype.size], data: part),
          Tensor(dtype: b.dtype, shape: [other.count / b.dtype.size], data: other))
      }
      // The first was read to its end, and so its digest was looked at.
      _ = try y.next(1)
    }
    var largest: Double?
    if PartwiseDifference.needsLargest(a.dtype, b.dtype) {
      try inParts { largest = max(largest ?? 0, $0.largestFinite, $1.largestFinite) }
    }
    var difference = PartwiseDifference(largest: largest)
    try inParts { try difference.add($0, $1) }
    return difference.result
  }

  /// Of each of two tensors that are compared through a window: a multiple of 4096.
  private static let elementsAtOnce = 1 << 18
}

extension StoredTensor {
  fileprivate var kind: TensorComparison.Kind { TensorComparison.Kind(dtype: dtype.rawValue, shape: shape, digest: digest.hex) }
}
