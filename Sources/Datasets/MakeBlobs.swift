public import Tensors

/// Gaussian blobs around `centers`: `samples` rows in shuffled order, and the index of each row's centre.
///
/// x is row-major, (samples, dimensions); y is (samples).  Throws for centres of unequal length, a negative or
/// non-finite number, or sizes that no tensor could hold.
///
/// Source: scikit-learn's `make_blobs(n_samples, centers=centers, cluster_std=clusterStd)` on NumPy's global
/// generator, bit for bit; the generator's kept normal value lives on into the next call, as NumPy's does.
public func makeBlobs(
  samples: Int, centers: [[Double]], clusterStd: Double, using generator: inout MersenneTwister
) throws(DatasetError) -> (x: [Double], y: [Int64]) {
  try checkBlobs(samples: samples, centers: centers, clusterStd: clusterStd)
  let dimensions = centers[0].count
  var x: [Double] = []  // (samples, dimensions), centre by centre
  var y: [Int64] = []
  x.reserveCapacity(samples * dimensions)
  y.reserveCapacity(samples)
  for (label, center) in centers.enumerated() {
    let rows = samples / centers.count + (label < samples % centers.count ? 1 : 0)
    for _ in 0..<rows {
      for coordinate in center { x.append(coordinate + clusterStd * generator.nextGauss()) }
      y.append(Int64(label))
    }
  }
  let order = generator.shuffledIndices(samples)
  return (gatherRows(x, width: dimensions, order[...]), order.map { y[$0] })
}

/// The chosen rows of a row-major array, in the order of `indices`.
func gatherRows(_ x: [Double], width: Int, _ indices: ArraySlice<Int>) -> [Double] {
  var rows: [Double] = []
  rows.reserveCapacity(indices.count * width)
  for index in indices { rows.append(contentsOf: x[index * width..<(index + 1) * width]) }
  return rows
}

private func checkBlobs(samples: Int, centers: [[Double]], clusterStd: Double) throws(DatasetError) {
  guard samples >= 1, samples <= Int(UInt32.max) else {
    throw .illegalArgument(name: "samples", value: "\(samples)", needed: "1 or more")
  }
  guard let dimensions = centers.first?.count, dimensions > 0, centers.allSatisfy({ $0.count == dimensions }) else {
    throw .illegalArgument(
      name: "centers", value: "\(centers.map(\.count)) numbers", needed: "one or more points with equally many coordinates")
  }
  guard centers.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
    throw .illegalArgument(name: "centers", value: "\(centers)", needed: "finite numbers")
  }
  guard clusterStd.isFinite, clusterStd >= 0 else {
    throw .illegalArgument(name: "cluster_std", value: "\(clusterStd)", needed: "0 or a positive number")
  }
  try Dataset.checkSize("x", rows: samples, width: dimensions)
}
