public import Tensors

/// An immutable dataset: columns, where it came from, and four tensors.
///
/// `x_train` and `x_test` are F64 (rows, features) as read or generated, a category as its index in the column's list,
/// a missing cell as NaN.
/// `y_train` and `y_test` are I64 (rows) for classes, as indices into the target's list, and F64 (rows) for numbers.
///
/// Invariant: shapes and columns agree, both parts have a row, every number is finite or `missingCell`, every index
/// is in its list.
public struct Dataset: Sendable, Hashable {
  /// What the tensors' columns are.
  public let columns: Columns
  /// How to make it again.
  public let source: DatasetSource
  /// `x_train`, `y_train`, `x_test`, `y_test`, in that order.
  public let tensors: StateDict
  /// Rows to train on, 1 or more.
  public let trainCount: Int
  /// Rows to test on, 1 or more.
  public let testCount: Int
  /// SHA-256 over the columns' JSON (as a netstring) and the digest of `tensors`.  The source is left out, so equal
  /// content is one dataset wherever it came from.
  public let digest: Digest
  /// Those of `tensors`, in that order.
  package let tensorDigests: [Digest]

  /// The names of the tensors, in order.
  public static let tensorNames = ["x_train", "y_train", "x_test", "y_test"]

  /// Bytes that one tensor may have: SQLite's bound for a blob is 1,000,000,000 for the whole row.
  public static let maximumTensorBytes = 999_999_000

  /// What a missing cell of a feature is stored as: this NaN and no other, so that equal content has equal bytes.
  public static let missingCell = Double.nan

  /// The number of feature columns.
  public var featureCount: Int { columns.features.count }

  /// Takes the parts as the registry stores them, and checks every one: throws `DatasetError` when they contradict
  /// each other, whatever the JSON and the tensors hold.
  public init(columnsJSON: String, sourceJSON: String, tensors: StateDict) throws(DatasetError) {
    try self.init(columnsJSON: columnsJSON, sourceJSON: sourceJSON, tensors: tensors, digests: nil)
  }

  /// The same; `digests` are those of the tensors, in their order, where whoever has read them has checked them.
  package init(columnsJSON: String, sourceJSON: String, tensors: StateDict, digests: [Digest]?) throws(DatasetError) {
    try self.init(columns: Columns(json: columnsJSON), source: DatasetSource(json: sourceJSON), tensors: tensors, digests: digests)
  }

  /// Throws `DatasetError` when the parts contradict each other.
  public init(columns: Columns, source: DatasetSource, tensors: StateDict) throws(DatasetError) {
    try self.init(columns: columns, source: source, tensors: tensors, digests: nil)
  }

  private init(columns: Columns, source: DatasetSource, tensors: StateDict, digests: [Digest]?) throws(DatasetError) {
    guard Set(tensors.names.map { Name($0) }) == Set(Self.tensorNames.map { Name($0) }), tensors.count == 4 else {
      throw .inconsistent(part: "tensors", problem: "\(tensors.names.prefix(8)) instead of \(Self.tensorNames)")
    }
    self.columns = columns
    self.source = source
    trainCount = try Self.check(tensors, "train", columns)
    testCount = try Self.check(tensors, "test", columns)
    var ordered = StateDict()
    for name in Self.tensorNames {
      guard let tensor = tensors[name] else { continue }
      do { try ordered.append(name, tensor) } catch { throw .inconsistent(part: "tensors", problem: error.description) }
    }
    self.tensors = ordered
    let known = digests.map { Dictionary(zip(tensors.names.map { Name($0) }, $0)) { first, _ in first } }
    var builder = DigestBuilder()
    builder.update(netstring: columns.json)
    tensorDigests = ordered.entries.map { known?[Name($0.name)] ?? $0.tensor.digest }
    builder.update(Array(StateDict.digest(of: Array(zip(ordered.names, tensorDigests))).hex.utf8))
    digest = builder.finalize()
  }

  /// The four blobs of the tutorial, or any others.  Features are named `x0`, `x1`, …, the target `y`, its classes by number.
  public init(_ source: BlobsSource) throws(DatasetError) {
    var generator = MersenneTwister(seed: source.seed)
    let train = try makeBlobs(
      samples: source.trainSamples, centers: source.centers, clusterStd: source.clusterStd, using: &generator)
    let test = try makeBlobs(
      samples: source.testSamples, centers: source.centers, clusterStd: source.clusterStd, using: &generator)
    let columns = try Columns(
      features: source.centers[0].indices.map { FeatureColumn(name: "x\($0)") },
      target: TargetColumn(name: "y", classes: source.centers.indices.map(String.init)))
    let width = columns.features.count
    do {
      try self.init(
        columns: columns, source: .makeBlobs(source),
        tensors: StateDict([
          ("x_train", Tensor(train.x, shape: [train.y.count, width])), ("y_train", Tensor(train.y)),
          ("x_test", Tensor(test.x, shape: [test.y.count, width])), ("y_test", Tensor(test.y)),
        ]))
    } catch let error as DatasetError {
      throw error
    } catch {
      throw .inconsistent(part: "tensors", problem: "\(error)")
    }
  }

  /// The features of one part, row-major (rows, features).
  public func x(_ part: Part) -> [Double] { doubles(part == .train ? "x_train" : "x_test") }

  /// The labels of one part, as indices into the target's classes; empty when the target is a number.
  public func labels(_ part: Part) -> [Int64] {
    (try? tensors[part == .train ? "y_train" : "y_test"]?.values(as: Int64.self)) ?? []
  }

  /// The target numbers of one part; empty when the target is a class.
  public func numbers(_ part: Part) -> [Double] { doubles(part == .train ? "y_train" : "y_test") }

  /// How many rows a part has.
  public func count(_ part: Part) -> Int { part == .train ? trainCount : testCount }

  /// How many cells of each feature are missing, in both parts together.
  public var missingCounts: [Int] {
    var counts = [Int](repeating: 0, count: featureCount)
    for part in Part.allCases {
      for (index, value) in x(part).enumerated() where value.isNaN { counts[index % featureCount] += 1 }
    }
    return counts
  }

  /// One of the two parts of a dataset.
  public enum Part: String, Sendable, CaseIterable { case train, test }

  /// The check of `init` leaves no tensor missing, so nothing but the wrong kind of target gives no values.
  private func doubles(_ name: String) -> [Double] { (try? tensors[name]?.values(as: Double.self)) ?? [] }
}
