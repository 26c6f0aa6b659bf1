/// One feature column of a training file: decides by its first cell whether it is numbers or categories, and refuses
/// a mixture, an integer that float64 doesn't hold, and a text that was meant as a number or a date.
struct FeatureReader {
  static let categoryLimit = 1_000
  let name: String
  private var kind: Kind
  /// Categories by the user's word: numbers in it are texts.
  private let isNamedCategorical: Bool
  private let keepsMissing: Bool
  private var texts = CategoryIndex()
  private var marks = SpellingMarks()
  private var dates = DateForms()
  /// The first number with a zero in front.
  private var leadingZero: String?
  private var firstNumberLine = 0
  private var firstText: CSVError?

  private enum Kind { case undecided, numbers, categories, dates }

  init(name: String, isCategorical: Bool, isDate: Bool = false, keepsMissing: Bool = false) {
    self.name = name
    self.keepsMissing = keepsMissing
    isNamedCategorical = isCategorical
    kind = isDate ? .dates : isCategorical ? .categories : .undecided
  }

  /// The cell's number, or the number of its category in the order of first appearance; `Dataset.missingCell` where it is
  /// missing and kept.
  mutating func value(_ tokenizer: borrowing CSVTokenizer, _ field: Int) throws(CSVError) -> Double {
    if kind == .numbers, let (value, hasLeadingZero) = tokenizer.markedNumber(field), value.magnitude < ExactInteger.limit {
      if hasLeadingZero { noteLeadingZero(tokenizer, field) }
      return value
    }
    if kind == .categories, let code = tokenizer.find(field, in: texts) {
      marks.note(code, hasBlanks: tokenizer.fields[field].hasBlanks)
      return Double(code)
    }
    let cell = tokenizer.cell(field)
    if case .missing = cell {
      if keepsMissing { return Dataset.missingCell }
      throw tokenizer.error(.missingCell, field: field, column: name)
    }
    if isNamedCategorical { return try category(tokenizer, field) }
    if kind == .dates { return try tokenizer.date(field, column: name, &dates) }
    switch cell {
    case .overflow: throw tokenizer.error(.notFinite, field: field, column: name)
    case .malformedNumber: throw tokenizer.error(.notANumber, field: field, column: name)
    case .number(let value):
      if tokenizer.isRounded(field, value) { throw tokenizer.error(.integerTooLarge, field: field, column: name) }
      if let text = firstText { throw text.because(.textInNumberColumn(numberLine: tokenizer.line(of: field))) }
      if tokenizer.hasLeadingZero(field) { noteLeadingZero(tokenizer, field) }
      kind = .numbers
      firstNumberLine = tokenizer.line(of: field)
      return value
    case .text, .missing:
      if kind == .numbers {
        throw tokenizer.error(.textInNumberColumn(numberLine: firstNumberLine), field: field, column: name)
      }
      if let look = CellLook(tokenizer.text(field)), look.isRefused {
        throw tokenizer.error(.looksLike(look), field: field, column: name)
      }
      if firstText == nil { firstText = tokenizer.error(.notANumber, field: field, column: name) }
      kind = .categories
      return try category(tokenizer, field)
    }
  }

  private mutating func category(_ tokenizer: borrowing CSVTokenizer, _ field: Int) throws(CSVError) -> Double {
    let code = tokenizer.insert(field, into: &texts)
    guard code < Self.categoryLimit else {
      throw tokenizer.error(.tooManyCategories(limit: Self.categoryLimit), field: field, column: name)
    }
    marks.note(code, hasBlanks: tokenizer.fields[field].hasBlanks)
    return Double(code)
  }

  private mutating func noteLeadingZero(_ tokenizer: borrowing CSVTokenizer, _ field: Int) {
    if leadingZero == nil { leadingZero = tokenizer.text(field) }
  }

  /// What became of the column's texts without a refusal.
  var remark: ReadingRemark? {
    if kind == .numbers { return leadingZero.map { .leadingZeros(column: name, example: $0) } }
    return marks.remark(texts.names, column: name, isAsked: isNamedCategorical)
  }

  /// The column, its categories sorted by their bytes (the order of Unicode scalars), and for a category column the
  /// index that each number given out by `value` has in that order.
  func finish() -> (column: FeatureColumn, indices: [Double]?) {
    guard kind == .categories else { return (FeatureColumn(name: name, isDate: kind == .dates, isTime: dates.areTimes), nil) }
    let order = texts.names.indices.sorted { texts.names[$0].lexicographicallyPrecedes(texts.names[$1]) }
    var indices = [Double](repeating: 0, count: order.count)
    for (index, code) in order.enumerated() { indices[code] = Double(index) }
    return (FeatureColumn(name: name, categories: order.map { String(decoding: texts.names[$0], as: UTF8.self) }), indices)
  }
}

extension CSVTokenizer {
  /// The date in a field, as days since 1970-01-01; its form has to be that of the column.
  func date(_ field: Int, column: String, _ forms: inout DateForms) throws(CSVError) -> Double {
    let (date, form) = DateText.reading(text(field))
    switch date {
    case .days(let days), .digits(let days):
      if let (other, line) = forms.take(form, line: line(of: field)) {
        throw error(.mixedDates(form, other: other, line: line), field: field, column: column)
      }
      return days
    case .ambiguous: throw error(.looksLike(.ambiguousDate), field: field, column: column)
    case .none: throw error(.notADate, field: field, column: column)
    }
  }
}
