import ArgumentParser
import Datasets
import Tensors

/// Where samples come from: a CSV file, or the generator of blobs.
struct DataOptions: ParsableArguments {
  @Option(help: "The CSV column to predict.") var target: String?
  @Option(parsing: .unconditional, help: "The share of the CSV's rows kept for testing (default: 0.2).") var testFraction: Double?
  @Option(help: "A CSV file with the rows to test on, instead of a share.") var testCsv: String?
  @Flag(help: "Split so that each class has the same share in both parts.") var stratify = false
  @Flag(help: "Leave out rows with a missing cell instead of refusing the file; with --impute, those without a target.")
  var dropMissing = false
  @Option(help: "What separates the CSV's cells: comma, semicolon or tab (default: found in the header).") var delimiter: Delimiter?
  @Option(
    help: "CSV columns of texts, even where they hold numbers: categories, or the target's classes (1 and 1.0 are two then); repeatable.")
  var categorical: [String] = []
  @Option(help: "CSV columns of dates or times, read as days since 1970-01-01 (UTC unless an offset is written); repeatable.")
  var date: [String] = []
  @Option(help: "CSV columns to leave out: id or id,name; repeatable.") var drop: [String] = []
  @Flag(help: "The CSV's first line is data: columns are x0, x1, …, the target may be --target last or a number from 0.")
  var noHeader = false
  @Option(parsing: .unconditional, help: "Generated samples to train on; a quarter as many more to test on (default: 80).") var samples:
    Int?
  @Option(parsing: .unconditional, help: "Centres of the generated blobs: '1,1;-1,-1;1,-1;-1,1'.") var centers: String?
  @Option(parsing: .unconditional, help: "Spread of the generated blobs (default: 0.3).") var clusterStd: Double?

  enum Delimiter: String, ArgumentWord {
    case comma = ","
    case semicolon = ";"
    case tab

    init?(argument: String) {
      switch argument {
      case ",", "comma": self = .comma
      case ";", "semicolon": self = .semicolon
      case "\t", "tab": self = .tab
      default: return nil
      }
    }

    static var allValueStrings: [String] { ["comma", "semicolon", "tab"] }

    var byte: UInt8 {
      switch self {
      case .comma: UInt8(ascii: ",")
      case .semicolon: UInt8(ascii: ";")
      case .tab: UInt8(ascii: "\t")
      }
    }
  }

  /// A dataset that was read or made.
  struct Loaded {
    let dataset: Dataset
    /// The name that it gets unless it has one.
    let name: String
    /// How the task was found; nil for generated data.
    let inference: TaskInference?
    /// What of the file's texts was left out.
    var remarks: [ReadingRemark] = []
  }

  private static let maximumSamples = 10_000_000

  /// The generated options that were given, for saying that they don't go with something else.
  private var generatorOptions: [String] {
    [samples.map { "--samples \($0)" }, centers.map { "--centers \($0)" }, clusterStd.map { "--cluster-std \($0)" }].compactMap(\.self)
  }

  private var csvOptions: [String] {
    [
      target.map { "--target \($0)" }, testFraction.map { "--test-fraction \($0)" }, testCsv.map { "--test-csv \($0)" },
      stratify ? "--stratify" : nil,
      dropMissing ? "--drop-missing" : nil, delimiter.map { "--delimiter \($0.rawValue)" }, categorical.first.map { "--categorical \($0)" },
      date.first.map { "--date \($0)" }, drop.first.map { "--drop \($0)" }, noHeader ? "--no-header" : nil,
    ].compactMap(\.self)
  }

  /// Throws when options of data were given that a stored dataset has settled.
  func requireNone(with option: String) throws {
    if let first = (generatorOptions + csvOptions).first { throw UsageError("'\(option)' and '\(first)' exclude each other.") }
  }

  /// The generated blobs.
  func generated(seed: UInt64) throws -> Loaded {
    if let first = csvOptions.first {
      throw UsageError("'\(first)' needs a CSV file.", hint: "registry train --csv FILE --target COLUMN")
    }
    let samples = samples ?? BlobsSource().trainSamples
    guard (4...Self.maximumSamples).contains(samples) else {
      throw UsageError("'--samples \(samples)': it has to be between 4 and \(Self.maximumSamples).")
    }
    var source = BlobsSource(trainSamples: samples, testSamples: samples / 4, seed: seed)
    if let centers { source.centers = try Self.parse(centers: centers) }
    if let clusterStd { source.clusterStd = clusterStd }
    let isTutorial = source == BlobsSource(trainSamples: samples, testSamples: samples / 4, seed: seed)
    let size = samples == BlobsSource().trainSamples ? "" : "-\(samples)"
    return Loaded(dataset: try Dataset(source), name: "blobs\(isTutorial ? "" : "-custom")\(size)-seed\(seed)", inference: nil)
  }

  /// A CSV file; `-` is standard input.  With `keepMissing` a missing cell of a feature is part of the dataset;
  /// `missingHint` names the option for it.
  func read(csv: String, seed: UInt64, task: LearningTask?, keepMissing: Bool, missingHint: String) throws -> Loaded {
    if let first = generatorOptions.first { throw UsageError("'--csv \(csv)' and '\(first)' exclude each other.") }
    if let testFraction, testCsv != nil { throw UsageError("'--test-csv' and '--test-fraction \(testFraction)' exclude each other.") }
    if let testCsv, stratify { throw UsageError("'--test-csv \(testCsv)' and '--stratify' exclude each other: the file is the split.") }
    guard let target else {
      throw UsageError("'\(csv)' needs the column to predict.", hint: "--target COLUMN")
    }
    var options = CSVOptions(target: target, task: task)
    options.testFraction = testFraction ?? 0.2
    options.seed = seed
    options.stratify = stratify
    options.dropMissing = dropMissing
    options.keepMissing = keepMissing
    options.delimiter = delimiter?.byte
    options.categorical = categorical
    options.dates = date
    options.drop = drop
    options.noHeader = noHeader
    let input = Self.input(csv)
    let (dataset, inference, remarks): (Dataset, TaskInference, [ReadingRemark])
    do {
      (dataset, inference, remarks) = try readDataset(csv: input, testFile: testCsv.map(Self.input), options: options)
    } catch let error as CSVError where error.reason == .missingCell {
      // None may be a class.
      let isWord = error.value.map { $0.lowercased().hasSameBytes(as: "none") } ?? false
      let hint =
        "--drop-missing leaves out such rows" + (isWord ? "; where '\(error.value ?? "")' is a value, write it in another way" : "")
      throw ErrorReport("\(error.description).", hint: error.isTarget ? hint : "\(missingHint), \(hint)", .badData)
    }
    let stem = csv == "-" ? "stdin" : input.fileName.split(separator: ".").first.map(String.init) ?? "csv"
    return Loaded(dataset: dataset, name: stem, inference: inference, remarks: remarks)
  }

  static func input(_ path: String) -> CSVInput { path == "-" ? .standardInput : .path(path) }

  private static func parse(centers: String) throws -> [[Double]] {
    try centers.split(separator: ";", omittingEmptySubsequences: false).map { centre in
      try centre.split(separator: ",", omittingEmptySubsequences: false).map { text in
        let trimmed = text.drop { $0 == " " }
        guard let number = Double(trimmed), number.isFinite else {
          throw UsageError("'--centers \(centers)': '\(text)' isn't a number.", hint: "--centers '1,1;-1,-1'")
        }
        return number
      }
    }
  }
}
