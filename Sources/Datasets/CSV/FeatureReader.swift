/// One feature column of a training file: decides by its first cell whether it is numbers or categories, and refuses
/// a mixture.
struct FeatureReader {
  static let categoryLimit = 1_000
  let name: String
  private var kind: Kind
  /// Categories by the user's word: numbers in it are texts.
  private let isNamedCategorical: Bool
  private let keepsMissing: Bool
  private var texts = CategoryIndex()
  private var firstNumberLine = 0
  private var firstText: CSVError?

  private enum Kind { case undecided, numbers, categories }

  init(name: String, isCategorical: Bool, keepsMissing: Bool = false) {
    self.name = name
    self.keepsMissing = keepsMissing
    isNamedCategorical = isCategorical
    kind = isCategorical ? .categories : .undecided
  }

  /// The cell's number, or the number of its category in the order of first appearance; `Dataset.missingCell` where it is
  /// missing and kept.
  mutating func value(_ tokenizer: borrowing CSVTokenizer, _ field: Int) throws(CSVError) -> Double {
    if kind == .numbers, let value = tokenizer.number(field) { return value }
    if kind == .categories, let code = tokenizer.find(field, in: texts) { return Double(code) }
    let cell = tokenizer.cell(field)
    if case .missing = cell {
      if keepsMissing { return Dataset.missingCell }
      throw tokenizer.error(.missingCell, field: field, column: name)
    }
    if isNamedCategorical { return try category(tokenizer, field) }
    switch cell {
    case .overflow: throw tokenizer.error(.notFinite, field: field, column: name)
    case .malformedNumber: throw tokenizer.error(.notANumber, field: field, column: name)
    case .number(let value):
      if let text = firstText {
        throw CSVError(
          file: text.file, line: text.line, column: name, value: text.value,
          reason: .textInNumberColumn(numberLine: tokenizer.line(of: field)))
      }
      kind = .numbers
      firstNumberLine = tokenizer.line(of: field)
      return value
    case .text, .missing:
      if kind == .numbers {
        throw tokenizer.error(.textInNumberColumn(numberLine: firstNumberLine), field: field, column: name)
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
    return Double(code)
  }

  /// The column, its categories sorted by their bytes (the order of Unicode scalars), and for a category column the
  /// index that each number given out by `value` has in that order.
  func finish() -> (column: FeatureColumn, indices: [Double]?) {
    guard kind == .categories else { return (FeatureColumn(name: name), nil) }
    let order = texts.names.indices.sorted { texts.names[$0].lexicographicallyPrecedes(texts.names[$1]) }
    var indices = [Double](repeating: 0, count: order.count)
    for (index, code) in order.enumerated() { indices[code] = Double(index) }
    return (FeatureColumn(name: name, categories: order.map { String(decoding: texts.names[$0], as: UTF8.self) }), indices)
  }
}
