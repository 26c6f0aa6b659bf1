internal import Tensors

/// The row numbers of a random split of `count` rows: the test part is the first ceil(testFraction * count) of the
/// seed's permutation, the training part the rest in the permutation's order.
///
/// Throws when the fraction is not between 0 and 1, or when a part would be empty.
/// Source: scikit-learn's `train_test_split(test_size=testFraction, random_state=seed)`, bit for bit.
public func trainTestSplit(count: Int, testFraction: Double, seed: UInt64) throws(DatasetError) -> (train: [Int], test: [Int]) {
  let testCount = try splitSizes(count: count, testFraction: testFraction).test
  var generator = MersenneTwister(seed: seed)
  let order = generator.shuffledIndices(count)
  return (train: Array(order[testCount...]), test: Array(order[..<testCount]))
}

/// How many rows each part gets.  Throws when the fraction is not between 0 and 1, or when a part would be empty.
func splitSizes(count: Int, testFraction: Double) throws(DatasetError) -> (train: Int, test: Int) {
  try checkTestFraction(testFraction)
  guard count >= 0, count <= Int(UInt32.max) else {
    throw .illegalArgument(name: "row count", value: "\(count)", needed: "between 0 and 2^32")
  }
  let testCount = Int((testFraction * Double(count)).rounded(.up))
  guard testCount > 0 else { throw .emptyPart(part: "test", rows: count, testFraction: testFraction) }
  guard testCount < count else { throw .emptyPart(part: "train", rows: count, testFraction: testFraction) }
  return (train: count - testCount, test: testCount)
}

/// Throws unless the fraction is between 0 and 1.
func checkTestFraction(_ fraction: Double) throws(DatasetError) {
  guard fraction > 0, fraction < 1 else {
    throw .illegalArgument(name: "test fraction", value: "\(fraction)", needed: "between 0 and 1")
  }
}
