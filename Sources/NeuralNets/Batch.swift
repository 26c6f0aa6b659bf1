/// A matrix of activations: features × samples, feature-major, float32.
///
/// Each row is `stride` floats long, the number of samples rounded up to 16, so that the arithmetic runs over whole vectors of
/// samples.  The columns beyond `samples` hold whatever the last operation left there.
public struct Batch: Sendable {
  public let features: Int
  public let samples: Int
  /// The length of a row in floats.
  public let stride: Int
  internal var values: [Float]  // (features, stride)

  /// Zeros.
  public init(features: Int, samples: Int) {
    self.features = features
    self.samples = samples
    stride = (samples + Kernels.lanes - 1) / Kernels.lanes * Kernels.lanes
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

  /// Copies the given samples (columns) of another batch of as many features into this one.
  public mutating func gather(_ indices: ArraySlice<Int>, from source: Batch) {
    precondition(indices.count == samples && source.features == features, "the batch has another size")
    for feature in 0..<features {
      var target = feature * stride
      let row = feature * source.stride
      for index in indices {
        values[target] = source.values[row + index]
        target += 1
      }
    }
  }
}
