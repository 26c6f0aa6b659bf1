internal import Tensors

/// How a CSV file is to be read as a dataset.
public struct CSVOptions: Sendable {
  /// The target column's name.
  public var target: String
  /// nil: taken from the target column.
  public var task: LearningTask?
  /// Of the rows, unless there is a test file.
  public var testFraction = 0.2
  /// Of the split.
  public var seed: UInt64 = 0
  /// Whether the split keeps each class's share in both parts.
  public var stratify = false
  /// Leave out a row with a missing cell instead of refusing the file.
  public var dropMissing = false
  /// Keep missing cells of features as `Dataset.missingCell`; `dropMissing` then means missing cells of the target.
  public var keepMissing = false
  /// `,` `;` or tab as ASCII; nil: found in the header.
  public var delimiter: UInt8?
  /// Columns of texts even where they hold numbers: categories, or the target's classes.  Here and below `a,b` are two columns.
  public var categorical: [String] = []
  /// Columns of dates and times, read as days since 1970-01-01.
  public var dates: [String] = []
  /// Columns to leave out.
  public var drop: [String] = []
  /// The first line is data: columns are `x0`, `x1`, …, and may also be named by their number, the target as `last` too.
  public var noHeader = false

  /// All else as its default says.
  public init(target: String, task: LearningTask? = nil) {
    self.target = target
    self.task = task
  }
}

/// Reads a CSV file with a header as a dataset, and says which task its target was taken for and what of its texts was left out.
///
/// Without a test file the rows are split as `trainTestSplit` or `stratifiedSplit` does.  A test file has the same columns in any order;
/// a category or class that the first file does not have is an error.  Throws `CSVError` for the files' contents and
/// `DatasetError` for a split that cannot be; memory is bounded by the size of the tensors.
public func readDataset(
  csv input: CSVInput, testFile: CSVInput? = nil, options: CSVOptions
) throws -> (dataset: Dataset, inference: TaskInference, remarks: [ReadingRemark]) {
  if testFile == nil { try checkTestFraction(options.testFraction) }
  let table = try CSVTable(input, options, isSplit: testFile == nil)
  var source = CSVSource(
    file: input.fileName, delimiter: String(Unicode.Scalar(table.delimiter)), split: .fraction(options.testFraction, seed: options.seed),
    dropMissing: options.dropMissing, keepMissing: options.keepMissing, droppedRows: table.droppedRows, task: table.inference.task)
  source.droppedColumns = table.droppedColumns
  source.hasHeader = !options.noHeader
  let train: TablePart
  let test: TablePart
  if let testFile {
    let (part, dropped) = try readTestPart(testFile, table.columns, width: table.width, options)
    source.split = .testFile(testFile.fileName)
    source.droppedRows += dropped
    train = try table.part(0..<table.rows.count)
    test = part
  } else {
    if options.stratify { source.split = .stratified(options.testFraction, seed: options.seed) }
    let split = try table.split(options)
    train = try table.part(split.train)
    test = try table.part(split.test)
  }
  try checkClasses(table.columns.target, train.y, options)
  let tensors = try StateDict([("x_train", train.x), ("y_train", train.y), ("x_test", test.x), ("y_test", test.y)])
  let dataset = try Dataset(columns: table.columns, source: .csv(source), tensors: tensors)
  return (dataset, table.inference, table.remarks)
}

/// The rows of one part: features (rows, features) and the target (rows).
private struct TablePart {
  let x: Tensor
  let y: Tensor
}

/// Every class needs a row to be learnt from.  Classes come from the training file, so only a split can leave one without.
private func checkClasses(_ target: TargetColumn, _ y: Tensor, _ options: CSVOptions) throws {
  guard let classes = target.classes else { return }
  let seen = Set(try y.values(as: Int64.self))
  for (label, name) in classes.enumerated() where !seen.contains(Int64(label)) {
    throw DatasetError.classNotInTraining(
      name: name, target: target.name, testFraction: options.testFraction, seed: options.seed, isStratified: options.stratify)
  }
}

private func readTestPart(_ input: CSVInput, _ columns: Columns, width: Int, _ options: CSVOptions) throws -> (
  part: TablePart, droppedRows: Int
) {
  var reader = try FeatureRows.open(
    input, features: columns.features, target: columns.target, delimiter: options.delimiter,
    dropMissing: options.dropMissing, keepMissing: options.keepMissing,
    noHeader: options.noHeader ? Headerless(target: columns.target.name, width: width) : nil)
  try reader.requireTarget()
  let featureCount = columns.features.count
  var rows = RowBlocks(width: featureCount)
  var labels: [Int64] = []
  var numbers: [Double] = []
  while let batch = try reader.next() {
    for row in 0..<batch.rows { rows.append(batch.x[row * featureCount..<(row + 1) * featureCount]) }
    labels += batch.labels
    numbers += batch.numbers
    try Dataset.checkSize("x_test", rows: rows.count, width: featureCount)
  }
  guard rows.count > 0 else {
    throw CSVError(file: input.name, reason: reader.droppedRows > 0 ? .noRowLeft(dropped: reader.droppedRows) : .headerOnly)
  }
  let y = columns.target.classes == nil ? Tensor(numbers) : Tensor(labels)
  return (TablePart(x: try rows.tensor(0..<rows.count), y: y), reader.droppedRows)
}

/// A training file as read: the columns, and the rows in the file's order.
private struct CSVTable {
  let columns: Columns
  let inference: TaskInference
  let delimiter: UInt8
  private(set) var rows: RowBlocks
  private(set) var droppedRows = 0
  let droppedColumns: [String]
  /// The columns of the file.
  let width: Int
  let target: TargetValues
  let remarks: [ReadingRemark]

  init(_ input: CSVInput, _ options: CSVOptions, isSplit: Bool) throws {
    var tokenizer = try CSVTokenizer.open(input, delimiter: options.delimiter)
    delimiter = tokenizer.delimiter
    let header = try CSVHeader(&tokenizer, isMissing: options.noHeader)
    func positions(_ columns: [String]) throws(CSVError) -> Set<Int> {
      var found: Set<Int> = []
      for column in columns.flatMap({ header.listed($0) }) { found.insert(try header.position(of: column, isByNumber: options.noHeader)) }
      return found
    }
    let categorical = try positions(options.categorical)
    let dates = try positions(options.dates)
    let dropped = try positions(options.drop)
    let targetPosition = try header.position(of: options.target, isByNumber: options.noHeader)
    let targetName = header.names[targetPosition]
    if let both = categorical.intersection(dates).min() {
      throw CSVError(file: input.name, column: header.names[both], reason: .dateAndCategory)
    }
    guard !dropped.contains(targetPosition) else { throw CSVError(file: input.name, column: targetName, reason: .targetDropped) }
    guard !dates.contains(targetPosition) else { throw CSVError(file: input.name, column: targetName, reason: .targetIsDate) }
    guard options.task != .regression || !categorical.contains(targetPosition) else {
      throw CSVError(file: input.name, column: targetName, reason: .regressionOfTexts)
    }
    droppedColumns = dropped.sorted().map { header.names[$0] }
    width = header.names.count
    let fields = header.names.indices.filter { $0 != targetPosition && !dropped.contains($0) }
    guard !fields.isEmpty else { throw CSVError(file: input.name, line: 1, reason: .noFeature(target: targetName)) }

    var features = fields.map {
      FeatureReader(
        name: header.names[$0], isCategorical: categorical.contains($0), isDate: dates.contains($0), keepsMissing: options.keepMissing)
    }
    var target = TargetReader(name: targetName, task: options.task, isCategorical: categorical.contains(targetPosition))
    // The larger part of the split decides whether the rows fit into a tensor.
    let largerPart = isSplit ? max(options.testFraction, 1 - options.testFraction) : 1
    let rowLimit = Int(Double(Dataset.maximumTensorBytes / 8 / features.count) / largerPart)
    rows = RowBlocks(width: features.count)
    var row = [Double](repeating: 0, count: features.count)
    while try tokenizer.next() {
      try header.checkWidth(tokenizer)
      if options.dropMissing {
        let isComplete = options.keepMissing || !fields.contains { tokenizer.cell($0) == .missing }
        guard isComplete, tokenizer.cell(targetPosition) != .missing else {
          droppedRows += 1
          continue
        }
      }
      try Self.read(tokenizer, fields, &features, into: &row)
      rows.append(row)
      try target.append(tokenizer, targetPosition)
      guard rows.count <= rowLimit else {
        throw CSVError(file: input.name, line: tokenizer.line, reason: .tooManyRows(limit: Dataset.maximumTensorBytes))
      }
    }
    guard rows.count > 0 else {
      throw CSVError(file: input.name, reason: droppedRows > 0 ? .noRowLeft(dropped: droppedRows) : .headerOnly)
    }
    let finished = features.map { $0.finish() }
    for (column, feature) in finished.enumerated() {
      if let indices = feature.indices { rows.map(column: column) { $0.isNaN ? $0 : indices[Int($0)] } }
    }
    let (column, values, inference) = try target.finish(file: input.name)
    columns = try Columns(features: finished.map(\.column), target: column)
    self.target = values
    self.inference = inference
    remarks = features.compactMap(\.remark) + [target.remark(column)].compactMap(\.self)
  }

  /// Reads the features of the record at hand.
  private static func read(
    _ tokenizer: borrowing CSVTokenizer, _ fields: [Int], _ features: inout [FeatureReader], into row: inout [Double]
  ) throws(CSVError) {
    // Spans: whether the arrays are shared is asked once for the row, not for each cell.
    var features = features.mutableSpan
    var row = row.mutableSpan
    for index in fields.indices { row[index] = try features[index].value(tokenizer, fields[index]) }
  }

  /// The rows of both parts.
  func split(_ options: CSVOptions) throws(DatasetError) -> (train: [Int], test: [Int]) {
    guard options.stratify else { return try trainTestSplit(count: rows.count, testFraction: options.testFraction, seed: options.seed) }
    guard case .labels(let labels) = target, let classes = columns.target.classes else {
      throw .numbersToStratify(target: columns.target.name)
    }
    return try stratifiedSplit(labels: labels, classes: classes, testFraction: options.testFraction, seed: options.seed)
  }

  func part(_ indices: some Collection<Int>) throws -> TablePart {
    let y =
      switch target {
      case .labels(let labels): Tensor(indices.map { labels[$0] })
      case .numbers(let numbers): Tensor(indices.map { numbers[$0] })
      }
    return TablePart(x: try rows.tensor(indices), y: y)
  }
}
