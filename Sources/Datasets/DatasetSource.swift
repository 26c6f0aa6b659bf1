internal import FoundationEssentials

/// Where a dataset came from, with all that is needed to make it again.  Coded as the `source` JSON of the registry,
/// told apart by `kind`: `make_blobs` or `csv`.
public enum DatasetSource: Sendable, Hashable {
  case makeBlobs(BlobsSource)
  case csv(CSVSource)

  /// Reads the `source` JSON; throws `DatasetError.inconsistent` for anything that is not one.
  public init(json: String) throws(DatasetError) {
    do {
      self = try JSONDecoder().decode(DatasetSource.self, from: Data(json.utf8))
    } catch {
      throw .inconsistent(part: "source", problem: "not the JSON of a source")
    }
  }

  /// The canonical JSON: keys sorted, no spaces.
  public var json: String { canonicalJSON(self) }
}

/// The arguments of two `makeBlobs` calls, training part first, on one generator.
public struct BlobsSource: Codable, Sendable, Hashable {
  /// Rows to train on.
  public var trainSamples: Int
  /// Rows to test on.
  public var testSamples: Int
  /// (centres, dimensions); a centre's index is its label.
  public var centers: [[Double]]
  /// The standard deviation in every dimension.
  public var clusterStd: Double
  /// Of the generator, modulo 2^32.
  public var seed: UInt64

  private enum CodingKeys: String, CodingKey {
    case trainSamples = "train_samples"
    case testSamples = "test_samples"
    case centers
    case clusterStd = "cluster_std"
    case seed
  }

  /// The defaults are the tutorial's: four centres, a spread of 0.3, 80 samples to train on and 20 to test on.
  public init(
    trainSamples: Int = 80, testSamples: Int = 20, centers: [[Double]] = [[1, 1], [-1, -1], [1, -1], [-1, 1]],
    clusterStd: Double = 0.3, seed: UInt64 = 0
  ) {
    self.trainSamples = trainSamples
    self.testSamples = testSamples
    self.centers = centers
    self.clusterStd = clusterStd
    self.seed = seed
  }
}

/// How a CSV file was read and split.
public struct CSVSource: Codable, Sendable, Hashable {
  /// The file's name without its folders; `-` for standard input.
  public var file: String
  /// `,`, `;` or a tab.
  public var delimiter: String
  /// How the test rows were chosen.
  public var split: Split
  /// Whether rows with a missing cell were left out instead of refused.
  public var dropMissing: Bool
  /// Whether missing cells of features were kept.
  public var keepMissing: Bool
  /// Rows left out for a missing cell, in both files together.
  public var droppedRows: Int
  /// The task that was given or inferred.
  public var task: LearningTask
  /// Columns left out, in the file's order.
  public var droppedColumns: [String] = []
  /// Whether the first line named the columns.
  public var hasHeader = true

  /// Takes all of it; what was dropped is none by default.
  public init(
    file: String, delimiter: String, split: Split, dropMissing: Bool = false, keepMissing: Bool = false, droppedRows: Int = 0,
    task: LearningTask
  ) {
    self.file = file
    self.delimiter = delimiter
    self.split = split
    self.dropMissing = dropMissing
    self.keepMissing = keepMissing
    self.droppedRows = droppedRows
    self.task = task
  }

  /// Where the test rows came from.
  public enum Split: Sendable, Hashable {
    case fraction(Double, seed: UInt64)
    /// A share of each class's rows, as `stratifiedSplit` takes them.
    case stratified(Double, seed: UInt64)
    /// A file of its own, its name without its folders.
    case testFile(String)
  }
}

extension CSVSource {
  private enum CodingKeys: String, CodingKey {
    case file, delimiter, task, seed, stratify
    case testFraction = "test_fraction"
    case testFile = "test_file"
    case dropMissing = "drop_missing"
    case keepMissing = "keep_missing"
    case droppedRows = "dropped_rows"
    case droppedColumns = "dropped_columns"
    case noHeader = "no_header"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    file = try container.decode(String.self, forKey: .file)
    delimiter = try container.decode(String.self, forKey: .delimiter)
    if let testFile = try container.decodeIfPresent(String.self, forKey: .testFile) {
      split = .testFile(testFile)
    } else {
      let (fraction, seed) = (try container.decode(Double.self, forKey: .testFraction), try container.decode(UInt64.self, forKey: .seed))
      let isStratified = try container.decodeIfPresent(Bool.self, forKey: .stratify) ?? false
      split = isStratified ? .stratified(fraction, seed: seed) : .fraction(fraction, seed: seed)
    }
    dropMissing = try container.decode(Bool.self, forKey: .dropMissing)
    keepMissing = try container.decodeIfPresent(Bool.self, forKey: .keepMissing) ?? false
    droppedRows = try container.decode(Int.self, forKey: .droppedRows)
    task = try container.decode(LearningTask.self, forKey: .task)
    droppedColumns = try container.decodeIfPresent([String].self, forKey: .droppedColumns) ?? []
    hasHeader = try !(container.decodeIfPresent(Bool.self, forKey: .noHeader) ?? false)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(file, forKey: .file)
    try container.encode(delimiter, forKey: .delimiter)
    switch split {
    case .fraction(let fraction, let seed):
      try container.encode(fraction, forKey: .testFraction)
      try container.encode(seed, forKey: .seed)
    case .stratified(let fraction, let seed):
      try container.encode(fraction, forKey: .testFraction)
      try container.encode(seed, forKey: .seed)
      try container.encode(true, forKey: .stratify)
    case .testFile(let name): try container.encode(name, forKey: .testFile)
    }
    try container.encode(dropMissing, forKey: .dropMissing)
    if keepMissing { try container.encode(true, forKey: .keepMissing) }
    try container.encode(droppedRows, forKey: .droppedRows)
    try container.encode(task, forKey: .task)
    if !droppedColumns.isEmpty { try container.encode(droppedColumns, forKey: .droppedColumns) }
    if !hasHeader { try container.encode(true, forKey: .noHeader) }
  }
}

extension DatasetSource: Codable {
  private enum Kind: String, Codable {
    case makeBlobs = "make_blobs"
    case csv
  }
  private enum CodingKeys: String, CodingKey { case kind }

  public init(from decoder: any Decoder) throws {
    switch try decoder.container(keyedBy: CodingKeys.self).decode(Kind.self, forKey: .kind) {
    case .makeBlobs: self = .makeBlobs(try BlobsSource(from: decoder))
    case .csv: self = .csv(try CSVSource(from: decoder))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .makeBlobs(let source):
      try container.encode(Kind.makeBlobs, forKey: .kind)
      try source.encode(to: encoder)
    case .csv(let source):
      try container.encode(Kind.csv, forKey: .kind)
      try source.encode(to: encoder)
    }
  }
}
