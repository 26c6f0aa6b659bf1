internal import Tensors

/// The row numbers of a random split that keeps each class's share in both parts.
///
/// Throws what `trainTestSplit` throws, when a class has fewer than two rows, and when a part has fewer rows than there are classes.
/// Source: scikit-learn's `train_test_split(test_size=testFraction, random_state=seed, stratify=labels)`, bit for bit.
///
/// - Parameters:
///   - labels: each row's class, an index into `classes`.
///   - classes: the classes' names, for the errors; one that no row has is passed over.
public func stratifiedSplit(
  labels: [Int64], classes: [String], testFraction: Double, seed: UInt64
) throws(DatasetError) -> (train: [Int], test: [Int]) {
  let sizes = try splitSizes(count: labels.count, testFraction: testFraction)
  var rows = [[Int]](repeating: [], count: classes.count)  // of each class, in the file's order
  for (row, label) in labels.enumerated() { rows[Int(label)].append(row) }
  if let single = rows.firstIndex(where: { $0.count == 1 }) { throw .oneRowToStratify(name: classes[single]) }
  rows.removeAll(where: \.isEmpty)
  for (part, size) in [("train", sizes.train), ("test", sizes.test)] where size < rows.count {
    throw .tooFewRowsToStratify(part: part, rows: size, classes: rows.count)
  }

  var generator = MersenneTwister(seed: seed)
  let trainCounts = generator.shares(of: rows.map(\.count), total: sizes.train)
  let testCounts = generator.shares(of: zip(rows, trainCounts).map { $0.count - $1 }, total: sizes.test)
  var (train, test): ([Int], [Int]) = ([], [])
  for (index, rows) in rows.enumerated() {
    let order = generator.shuffledIndices(rows.count)
    let (trainCount, testCount) = (trainCounts[index], testCounts[index])
    train += order[..<trainCount].map { rows[$0] }
    test += order[trainCount..<trainCount + testCount].map { rows[$0] }
  }
  let trainOrder = generator.shuffledIndices(train.count)
  let testOrder = generator.shuffledIndices(test.count)
  return (train: trainOrder.map { train[$0] }, test: testOrder.map { test[$0] })
}

extension MersenneTwister {
  /// How many of `total` draws fall to each group: its share rounded down, and the draws that are left to the largest remainders, equal
  /// ones at random.  Source: scikit-learn's `_approximate_mode`.
  fileprivate mutating func shares(of counts: [Int], total: Int) -> [Int] {
    let sum = Double(counts.reduce(0, +))
    let exact = counts.map { Double($0) / sum * Double(total) }
    var shares = exact.map { Int($0.rounded(.down)) }
    var left = total - shares.reduce(0, +)
    let remainders = zip(exact, shares).map { $0 - Double($1) }
    for remainder in Set(remainders).sorted(by: >) where left > 0 {
      let tied = remainders.indices.filter { remainders[$0] == remainder }
      let taken = shuffledIndices(tied.count).prefix(left).map { tied[$0] }
      for index in taken { shares[index] += 1 }
      left -= taken.count
    }
    return shares
  }
}
