/// How a date is written, as far as it has to be the same in a whole column.
public enum DateForm: Equatable, Sendable {
  /// Whose day, month and year can't be mistaken.
  case day
  /// A time of day alone.
  case time
  /// `31/01/2024` or `01/31/2024`; nil where day and month are equal.
  case numbers(isDayFirst: Bool?)

  /// What it is, for an error message.
  var words: String {
    switch self {
    case .day, .numbers(isDayFirst: nil): "a date"
    case .time: "a time without a date"
    case .numbers(isDayFirst: true?): "a date with the day first"
    case .numbers(isDayFirst: false?): "a date with the month first"
    }
  }
}

/// The forms of the dates in a column so far: either times alone or dates, with day and month in one order.
struct DateForms {
  private var first: (form: DateForm, line: Int?)?
  private var ordered: (form: DateForm, line: Int)?

  /// Of a column that was read before; of times alone or of dates.
  init(isTime: Bool) { first = (isTime ? .time : .day, nil) }

  init() {}

  /// Whether the column holds times alone.
  var areTimes: Bool { first?.form == .time }

  /// Takes the form of a cell; gives the other form and its line where they can't stand in one column.
  mutating func take(_ form: DateForm, line: Int) -> (form: DateForm, line: Int?)? {
    if let first, (first.form == .time) != (form == .time) { return first }
    if first == nil { first = (form, line) }
    guard case .numbers(_?) = form else { return nil }
    if let ordered, ordered.form != form { return ordered }
    if ordered == nil { ordered = (form, line) }
    return nil
  }
}
