import Datasets
import Foundation
import Tensors
import TestSupport
import Testing

@Suite("make_blobs, label_map and the split")
struct MakeBlobsTests {
  struct Reference: Decodable {
    let xTrain: [[Double]]
    let yTrain: [Int64]
    let xTest: [[Double]]
    let yTest: [Int64]

    enum CodingKeys: String, CodingKey {
      case xTrain = "x_train"
      case yTrain = "y_train"
      case xTest = "x_test"
      case yTest = "y_test"
    }
  }

  @Test("the tutorial's data equal scikit-learn's bit for bit", arguments: [0, 1, 42] as [UInt64])
  func tutorial(seed: UInt64) throws {
    let reference = try JSONDecoder().decode(Reference.self, from: Fixtures.data("tutorial_seed\(seed).json"))
    let dataset = try Dataset(BlobsSource(seed: seed))
    #expect(dataset.x(.train) == reference.xTrain.flatMap(\.self))
    #expect(dataset.labels(.train) == reference.yTrain)
    #expect(dataset.x(.test) == reference.xTest.flatMap(\.self))
    #expect(dataset.labels(.test) == reference.yTest)
    #expect(dataset.trainCount == 80 && dataset.testCount == 20)
    #expect(dataset.columns.target.classes == ["0", "1", "2", "3"])
  }

  // numpy.random.seed(7); make_blobs(n_samples=7, centers=[[0, 10, -5], [100, 0, 0.5]], cluster_std=2.5)
  @Test("an odd count, three dimensions and another spread equal scikit-learn's")
  func otherShapes() throws {
    var generator = MersenneTwister(seed: 7)
    let blobs = try makeBlobs(samples: 7, centers: [[0, 10, -5], [100, 0, 0.5]], clusterStd: 2.5, using: &generator)
    #expect(blobs.y == [0, 1, 0, 1, 1, 0, 0])
    #expect(blobs.x.count == 21)
    #expect(
      Array(blobs.x[..<6]) == [
        1.5012462897988734, 8.4364275650831, -5.428870652989303, 96.36689646877302, 1.3864507797297196, 0.8097022632175961,
      ])
  }

  @Test("labels are replaced as the tutorial's label_map does")
  func labelMapping() {
    let y = labelMap([0, 1, 2, 3, 7], from: [0, 1], to: 0)
    #expect(labelMap(y, from: [2, 3], to: 1) == [0, 0, 1, 1, 7])
  }

  // train_test_split(range(10), test_size=f, random_state=S)
  @Test(
    "the split equals scikit-learn's",
    arguments: [
      (0.2, 0, [4, 9, 1, 6, 7, 3, 0, 5], [2, 8]),
      (0.25, 42, [0, 7, 2, 9, 4, 3, 6], [8, 1, 5]),
      (0.5, 4294967295, [0, 7, 4, 2, 3], [6, 9, 5, 1, 8]),
      (0.01, 3, [4, 1, 2, 9, 6, 7, 0, 3, 8], [5]),
    ] as [(Double, UInt64, [Int], [Int])])
  func split(fraction: Double, seed: UInt64, train: [Int], test: [Int]) throws {
    let parts = try trainTestSplit(count: 10, testFraction: fraction, seed: seed)
    #expect(parts.train == train)
    #expect(parts.test == test)
  }

  @Test("a split that leaves a part empty is refused", arguments: [(1, 0.2), (10, 0.95), (0, 0.5)])
  func emptyPart(count: Int, fraction: Double) {
    #expect(throws: DatasetError.self) { try trainTestSplit(count: count, testFraction: fraction, seed: 0) }
  }

  @Test("a test fraction outside of 0 to 1 is refused", arguments: [0, 1, -0.1, 2, .nan, .infinity] as [Double])
  func illegalFraction(fraction: Double) {
    #expect(throws: DatasetError.illegalArgument(name: "test fraction", value: "\(fraction)", needed: "between 0 and 1")) {
      try trainTestSplit(count: 10, testFraction: fraction, seed: 0)
    }
  }

  @Test(
    "senseless blobs are refused",
    arguments: [
      BlobsSource(trainSamples: 0), BlobsSource(testSamples: -1), BlobsSource(centers: []), BlobsSource(centers: [[1], [1, 2]]),
      BlobsSource(centers: [[], []]), BlobsSource(centers: [[.nan, 1], [0, 0]]), BlobsSource(clusterStd: -1),
      BlobsSource(clusterStd: .infinity), BlobsSource(trainSamples: .max), BlobsSource(trainSamples: 100_000_000),
      BlobsSource(centers: [[1, 1]]),
    ])
  func senselessBlobs(source: BlobsSource) {
    #expect(throws: DatasetError.self) { try Dataset(source) }
  }
}
