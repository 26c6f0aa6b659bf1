/// A target column by row.
enum TargetValues {
  /// Indices into the column's classes.
  case labels([Int64])
  case numbers([Double])
}

/// Collects the target column of a training file, and decides at its end what it is.
struct TargetReader {
  static let classLimit = 1_000
  let name: String
  private let task: LearningTask?
  /// Texts by the user's word: `1` and `1.0` are two classes.
  private let isCategorical: Bool
  /// An integer was written with a zero in front, so these are codes, not numbers.
  private var hasLeadingZero = false
  /// The first integer that float64 doesn't hold.
  private var firstRounded: CSVError?
  /// The cells as numbers; nil as soon as one of them is none.
  private var numbers: [Double]? = []
  /// The cells' texts, numbered by first appearance; nil where no classes are wanted, or numbers are too many for them.
  private var codes: [Int32]?
  private var texts = CategoryIndex()
  private var marks = SpellingMarks()
  private var leadingZero: String?
  private var firstNumberLine: Int?
  /// The first cell that is no number.
  private var firstText: CSVError?

  init(name: String, task: LearningTask?, isCategorical: Bool = false) {
    self.name = name
    self.task = task
    self.isCategorical = isCategorical
    codes = task == .regression ? nil : []
  }

  /// Takes a cell of the record at hand.
  mutating func append(_ tokenizer: borrowing CSVTokenizer, _ field: Int) throws(CSVError) {
    let cell = tokenizer.cell(field)
    if isCategorical {
      if cell == .missing { throw error(.missingCell, tokenizer, field) }
      numbers = nil
      return try appendCode(tokenizer, field)
    }
    switch cell {
    case .number(let value):
      numbers?.append(value)
      if firstRounded == nil, tokenizer.isRounded(field, value) { firstRounded = error(.integerTooLarge, tokenizer, field) }
      if leadingZero == nil, tokenizer.hasLeadingZero(field) {
        leadingZero = tokenizer.text(field)
        // These were taken for numbers, being too many for classes, and are codes.
        if task == nil, codes == nil { throw error(.tooManyClasses(limit: Self.classLimit), tokenizer, field) }
      }
      if firstNumberLine == nil { firstNumberLine = tokenizer.line(of: field) }
    case .missing: throw error(.missingCell, tokenizer, field)
    case .overflow where task == nil || task == .regression: throw error(.notFinite, tokenizer, field)
    case .malformedNumber where task == nil: throw error(.notANumber, tokenizer, field)
    case .text, .overflow, .malformedNumber:
      let isNew = codes == nil || tokenizer.find(field, in: texts) == nil
      let look = isNew && (task == nil || task == .regression) ? CellLook(tokenizer.text(field)) : nil
      if let look, look.isRefused { throw error(.looksLike(look), tokenizer, field) }
      if task == .regression { throw error(.notANumber, tokenizer, field) }
      if firstText == nil { firstText = error(.notANumber, tokenizer, field) }
      numbers = nil
    }
    // A mixture is text where classes were asked for, and otherwise a slip of the file.
    if task == nil, let firstNumberLine, let text = firstText { throw text.because(.textInNumberColumn(numberLine: firstNumberLine)) }
    if codes != nil { try appendCode(tokenizer, field) }
  }

  private func error(_ reason: CSVError.Reason, _ tokenizer: borrowing CSVTokenizer, _ field: Int) -> CSVError {
    var error = tokenizer.error(reason, field: field, column: name)
    error.isTarget = true
    return error
  }

  private mutating func appendCode(_ tokenizer: borrowing CSVTokenizer, _ field: Int) throws(CSVError) {
    let known = texts.names.count
    let code = tokenizer.insert(field, into: &texts)
    marks.note(code, hasBlanks: tokenizer.fields[field].hasBlanks)
    if code == known, !hasLeadingZero { hasLeadingZero = ExactInteger.hasLeadingZero(texts.names[code]) }
    if code < Self.classLimit {
      codes?.append(Int32(code))
    } else if task == nil, numbers != nil, !hasLeadingZero {
      codes = nil
    } else {
      throw error(.tooManyClasses(limit: Self.classLimit), tokenizer, field)
    }
  }

  /// What became of the column's texts without a refusal: of numbers their zeros in front, of classes their blanks.
  func remark(_ column: TargetColumn) -> ReadingRemark? {
    if column.classes == nil { return leadingZero.map { .leadingZeros(column: name, example: $0) } }
    guard numbers == nil else { return nil }
    return marks.remark(texts.names, column: name, isAsked: isCategorical)
  }

  /// What the column is, and its values by row.
  func finish(file: String) throws(CSVError) -> (column: TargetColumn, values: TargetValues, inference: TaskInference) {
    guard let codes else { return try asNumbers(task == nil ? .numbers : .given) }
    let classes = Classes(texts.names, areNumbers: numbers != nil)
    let count = classes.names.count
    guard count > 1 else { throw CSVError(file: file, column: name, value: classes.names.first, reason: .oneClass) }
    if task == .binary, count != 2 { throw CSVError(file: file, column: name, reason: .notTwoClasses(count: count)) }

    let inference: (LearningTask, TaskInference.Reason)
    if let task {
      inference = (task, .given)
    } else if count == 2 {
      inference = (.binary, .twoValues(classes.names[0], classes.names[1]))
    } else if numbers == nil || hasLeadingZero {
      inference = (.multiclass, .texts(count: count))
    } else if classes.areIntegers, count <= TaskInference.maximumIntegerClasses,
      codes.count >= count * TaskInference.minimumRowsPerIntegerClass
    {
      inference = (.multiclass, .fewIntegers(count: count))
    } else {
      return try asNumbers(.numbers)
    }
    return (
      TargetColumn(name: name, classes: classes.names), .labels(codes.map { classes.labels[Int($0)] }),
      TaskInference(task: inference.0, target: name, reason: inference.1)
    )
  }

  private func asNumbers(_ reason: TaskInference.Reason) throws(CSVError) -> (TargetColumn, TargetValues, TaskInference) {
    if let firstRounded { throw firstRounded }
    return (TargetColumn(name: name), .numbers(numbers ?? []), TaskInference(task: .regression, target: name, reason: reason))
  }
}

/// The classes of a target in order: numbers by value, texts by their bytes (the order of code points).  `1` and `1.0`
/// are one class, named as it is first written; but where one of them has a leading zero or is 2^53 or beyond, each text is a class.
///
/// Source: the order of scikit-learn's `LabelEncoder`.
private struct Classes {
  let names: [String]
  /// The class of each text, in the order the texts came in.
  private(set) var labels: [Int64]
  let areIntegers: Bool

  init(_ texts: [[UInt8]], areNumbers: Bool) {
    let values = areNumbers ? texts.map { Double(String(decoding: $0, as: UTF8.self)) ?? 0 } : []
    let isMerged =
      areNumbers && values.allSatisfy { $0.magnitude < ExactInteger.limit } && !texts.contains(where: ExactInteger.hasLeadingZero)
    // Equal numbers that are one class keep the order they came in, so that the first spelling names it.
    let order = texts.indices.sorted { a, b in
      if areNumbers, values[a] != values[b] { return values[a] < values[b] }
      return isMerged ? a < b : texts[a].lexicographicallyPrecedes(texts[b])
    }
    labels = [Int64](repeating: 0, count: texts.count)
    var names: [String] = []
    var previous: Int?
    for text in order {
      let isSame = isMerged && previous.map { values[$0] == values[text] } ?? false
      if !isSame { names.append(String(decoding: texts[text], as: UTF8.self)) }
      labels[text] = Int64(names.count - 1)
      previous = text
    }
    self.names = names
    areIntegers = areNumbers && values.allSatisfy { $0 == $0.rounded() }
  }
}
