/// A matrix of activations: features × samples, feature-major, float32.
///
/// The arithmetic runs over whole vectors of samples: a row has room for `columns`, the number of samples rounded up to 16.  What
/// lies beyond `samples` is whatever the last operation left there.
public struct Batch: Sendable {
  public let features: Int
  public let samples: Int
  /// The length of a row in floats: `columns`, and 16 more where long rows would else begin at the same place of every cache line set.
  public let stride: Int
  internal var values: [Float]  // (features, stride)

  /// The samples rounded up to 16.
  internal var columns: Int { Self.columns(samples) }
  internal static func columns(_ samples: Int) -> Int { (samples + Kernels.lanes - 1) / Kernels.lanes * Kernels.lanes }

  /// Zeros.
  public init(features: Int, samples: Int) {
    self.features = features
    self.samples = samples
    let columns = Self.columns(samples)
    // An odd number of cache lines of 64 bytes: rows that lie a power of two apart fall upon a few sets of a cache, and thrash it.
    stride = columns >= 16 * Kernels.lanes && columns % (2 * Kernels.lanes) == 0 ? columns + Kernels.lanes : columns
    values = [Float](repeating: 0, count: features * stride)
  }

  /// From samples as rows, shape (samples, features).
  public init(rows: [Float], features: Int) {
    self.init(features: features, samples: features == 0 ? 0 : rows.count / features)
    precondition(samples * features == rows.count, "\(rows.count) numbers are no rows of \(features) features")
    for sample in 0..<samples {
      for feature in 0..<features { values[feature * stride + sample] = rows[sample * features + feature] }
    }
  }

  public subscript(feature: Int, sample: Int) -> Float { values[feature * stride + sample] }

  /// The samples as rows, shape (samples, features).
  public var rows: [Float] {
    var rows = [Float](repeating: 0, count: samples * features)
    for sample in 0..<samples {
      for feature in 0..<features { rows[sample * features + feature] = values[feature * stride + sample] }
    }
    return rows
  }

  /// Puts all samples of another batch of as many features in place of as many, from `first` on.
  internal mutating func replaceColumns(from first: Int, by other: Batch) {
    precondition(other.features == features && first + other.samples <= samples, "the batch has another size")
    for feature in 0..<features {
      let (row, otherRow) = (feature * stride + first, feature * other.stride)
      values.replaceSubrange(row..<row + other.samples, with: other.values[otherRow..<otherRow + other.samples])
    }
  }

  /// Copies the given samples (columns) of another batch of as many features into this one.
  public mutating func gather(_ indices: ArraySlice<Int>, from source: Batch) {
    precondition(indices.count == samples && source.features == features, "the batch has another size")
    precondition(indices.allSatisfy { (0..<source.samples).contains($0) }, "a sample that isn't there")
    unsafe indices.withUnsafeBufferPointer { indices in
      unsafe source.values.withUnsafeBufferPointer { from in
        unsafe values.withUnsafeMutableBufferPointer { to in
          for feature in 0..<features {
            for (position, index) in indices.enumerated() { to[feature * stride + position] = from[feature * source.stride + index] }
          }
        }
      }
    }
  }
}
