internal import Tensors

/// Streams the rows of a CSV file whose columns are known already: those of a stored dataset or version.
///
/// Columns are found by their names in any order, others are passed over.  A class that is not known and a cell that is no
/// number are errors with their line; so are a missing cell and an unseen category, unless asked for otherwise.
public struct FeatureRows: ~Copyable {
  /// A few thousand rows at a time.
  public struct Batch: Sendable, Hashable {
    /// How many there are, 1 or more.
    public let rows: Int
    /// Raw features, row-major (rows, features): what `FeatureEncoder.encode` takes.
    public let x: [Double]
    /// The number of each row in the file, from 1.
    public let positions: [Int]
    /// The texts of the columns to keep, row-major (rows, kept columns).
    public let kept: [String]
    /// The texts of unseen categories by their place in `x`, where `FeatureEncoder.unseenCategory` stands.
    public let unseen: [Int: String]
    /// Indices into the target's classes; empty unless a class target is read.
    public let labels: [Int64]
    /// The target's numbers; empty unless a number target is read.
    public let numbers: [Double]
  }

  /// Whether the file has the target's column, and a target was asked for.
  public var hasTarget: Bool { targetField != nil }
  /// Rows left out so far for a missing cell.
  public private(set) var droppedRows = 0
  /// The first of them, numbered from 1.
  public private(set) var firstDropped: [Int] = []
  /// Rows so far with a missing cell that was kept.
  public private(set) var incompleteRows = 0
  /// The features that a cell was missing of so far.
  public private(set) var incompleteFeatures: Set<Int> = []
  /// Whether the columns of a file without a header were named as in training, though it has fewer.
  public let isRenamed: Bool
  /// The names of the columns to keep.
  public var kept: [String] { keptFields.map { header.names[$0] } }
  /// Rows so far with an unseen category.
  public private(set) var unseenRows = 0

  private var tokenizer: CSVTokenizer
  private let header: CSVHeader
  private let features: [FeatureColumn]
  private let categories: [CategoryIndex?]
  private let isNumber: [Bool]
  /// The field of each feature.
  private let fields: [Int]
  private let target: TargetColumn?
  private let targetField: Int?
  private let classes: ClassIndex?
  private var dates: [DateForms]
  private let batchRows: Int
  private let dropMissing: Bool
  private let keepMissing: Bool
  private let unseen: UnseenCategories
  /// The fields of the columns to keep.
  private let keptFields: [Int]
  /// Records read so far.
  private var position = 0
  private static let namedRows = 20

  /// Opens the input and reads its header; throws when a feature's column is missing.  The `target` is read along
  /// when its column is there.  A missing cell of a feature is `Dataset.missingCell` with `keepMissing`; any
  /// other leaves its row out with `dropMissing`, and else is an error.  The columns of `keep`, each a name or a list of names,
  /// come along as texts.  A batch
  /// has `batchRows` rows, or fewer where they are so wide that it would have more than a million values.
  public static func open(
    _ input: CSVInput, features: [FeatureColumn], target: TargetColumn? = nil, delimiter: UInt8? = nil,
    dropMissing: Bool = false, keepMissing: Bool = false, unseen: UnseenCategories = .error, keep: [String] = [],
    noHeader: Headerless? = nil, batchRows: Int = 4_096
  ) throws(CSVError) -> FeatureRows {
    var tokenizer = try CSVTokenizer.open(input, delimiter: delimiter)
    var header = try CSVHeader(&tokenizer, isMissing: noHeader != nil)
    let names = features.map(\.name)
    let isRenamed = if let noHeader { try header.rename(noHeader, names) } else { false }
    let fields = try header.positions(of: names)
    let keptFields = try header.positions(of: keep.flatMap { header.listed($0) })
    return FeatureRows(
      tokenizer, header, isRenamed, features, fields: fields, target: target, dropMissing: dropMissing, keepMissing: keepMissing,
      unseen: unseen,
      keptFields: keptFields, batchRows: max(1, min(batchRows, (1 << 20) / max(1, features.count))))
  }

  private init(
    _ tokenizer: consuming CSVTokenizer, _ header: CSVHeader, _ isRenamed: Bool, _ features: [FeatureColumn], fields: [Int],
    target: TargetColumn?,
    dropMissing: Bool, keepMissing: Bool, unseen: UnseenCategories, keptFields: [Int], batchRows: Int
  ) {
    self.tokenizer = tokenizer
    self.header = header
    self.isRenamed = isRenamed
    self.features = features
    self.fields = fields
    self.target = target
    self.dropMissing = dropMissing
    self.keepMissing = keepMissing
    self.unseen = unseen
    self.keptFields = keptFields
    self.batchRows = batchRows
    categories = features.map { $0.categories.map { CategoryIndex($0) } }
    dates = features.map { DateForms(isTime: $0.isTime) }
    isNumber = features.map { $0.categories == nil && !$0.isDate }
    targetField = target.flatMap { header.names.firstIndex(named: $0.name) }
    classes = target?.classes.map { ClassIndex($0) }
  }

  /// The next rows; nil at the end of the file.
  public mutating func next() throws(CSVError) -> Batch? {
    var rows = 0
    var x: [Double] = []
    var labels: [Int64] = []
    var numbers: [Double] = []
    var positions: [Int] = []
    var kept: [String] = []
    var unseenTexts: [Int: String] = [:]
    x.reserveCapacity(batchRows * features.count)
    while rows < batchRows, try tokenizer.next(keepsBlankLines: header.names.count == 1) {
      try header.checkWidth(tokenizer)
      position += 1
      if dropMissing, mustBeDropped() {
        droppedRows += 1
        if firstDropped.count < Self.namedRows { firstDropped.append(position) }
        continue
      }
      let start = x.count
      for index in fields.indices {
        if isNumber[index], let value = tokenizer.number(fields[index]), value.magnitude < ExactInteger.limit {
          x.append(value)
        } else {
          x.append(try value(index))
        }
      }
      if keepMissing, x[start...].contains(where: \.isNaN) {
        incompleteRows += 1
        for index in fields.indices where x[start + index].isNaN { incompleteFeatures.insert(index) }
      }
      if unseen == .ignore { noteUnseen(x[start...], in: &unseenTexts) }
      for field in keptFields { kept.append(tokenizer.text(field)) }
      positions.append(position)
      if let target, let field = targetField {
        if let classes { labels.append(try label(field, target, classes)) } else { numbers.append(try number(field, target.name)) }
      }
      rows += 1
    }
    guard rows > 0 else { return nil }
    return Batch(rows: rows, x: x, positions: positions, kept: kept, unseen: unseenTexts, labels: labels, numbers: numbers)
  }

  /// Throws when the file does not have the target's column.
  func requireTarget() throws(CSVError) {
    if let target { _ = try header.positions(of: [target.name]) }
  }

  /// Whether the record at hand has a missing cell that isn't kept: the target's never is.
  private func mustBeDropped() -> Bool {
    !keepMissing && fields.contains { tokenizer.cell($0) == .missing } || targetField.map { tokenizer.cell($0) == .missing } ?? false
  }

  /// Counts the record at hand if it has an unseen category, and keeps the texts of those that it has.
  private mutating func noteUnseen(_ row: ArraySlice<Double>, in texts: inout [Int: String]) {
    let before = texts.count
    for (index, place) in zip(fields.indices, row.indices) where categories[index] != nil && row[place] == FeatureEncoder.unseenCategory {
      texts[place] = tokenizer.text(fields[index])
    }
    if texts.count > before { unseenRows += 1 }
  }

  private mutating func value(_ index: Int) throws(CSVError) -> Double {
    let field = fields[index]
    guard let known = categories[index] else {
      let isMissing = (keepMissing || features[index].isDate) && tokenizer.cell(field) == .missing
      if keepMissing, isMissing { return Dataset.missingCell }
      if features[index].isDate, !isMissing { return try tokenizer.date(field, column: features[index].name, &dates[index]) }
      return try number(field, features[index].name)
    }
    if let category = tokenizer.find(field, in: known) { return Double(category) }
    if tokenizer.cell(field) == .missing {
      guard keepMissing else { throw tokenizer.error(.missingCell, field: field, column: features[index].name) }
      return Dataset.missingCell
    }
    guard unseen == .error else { return FeatureEncoder.unseenCategory }
    throw tokenizer.error(.unknownCategory(known: features[index].categories ?? []), field: field, column: features[index].name)
  }

  private func number(_ field: Int, _ name: String) throws(CSVError) -> Double {
    if let value = tokenizer.number(field) {
      if tokenizer.isRounded(field, value) { throw tokenizer.error(.integerTooLarge, field: field, column: name) }
      return value
    }
    switch tokenizer.cell(field) {
    case .missing: throw tokenizer.error(.missingCell, field: field, column: name)
    case .overflow: throw tokenizer.error(.notFinite, field: field, column: name)
    case .number, .malformedNumber, .text: throw tokenizer.error(.notANumber, field: field, column: name)
    }
  }

  private func label(_ field: Int, _ target: TargetColumn, _ classes: ClassIndex) throws(CSVError) -> Int64 {
    if let label = tokenizer.find(field, in: classes.texts) { return Int64(label) }
    let cell = tokenizer.cell(field)
    if case .number(let value) = cell, let label = classes.numbers[value], !ExactInteger.hasLeadingZero(tokenizer.text(field).utf8) {
      return label
    }
    throw tokenizer.error(
      cell == .missing ? .missingCell : .unknownClass(known: target.classes ?? []), field: field, column: target.name)
  }
}

/// Finds a class by its text, or by its value where all classes are different plain numbers (`1.0` is the class `1`).
private struct ClassIndex {
  let texts: CategoryIndex
  let numbers: [Double: Int64]

  init(_ classes: [String]) {
    texts = CategoryIndex(classes)
    let values = classes.compactMap { name -> Double? in
      let bytes = Array(name.utf8)
      guard case .number(let value) = NumberParser.parse(bytes.span), value.magnitude < ExactInteger.limit,
        !ExactInteger.hasLeadingZero(bytes)
      else { return nil }
      return value
    }
    let isByValue = values.count == classes.count && Set(values).count == classes.count
    numbers = isByValue ? Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, Int64($0)) }) : [:]
  }
}
