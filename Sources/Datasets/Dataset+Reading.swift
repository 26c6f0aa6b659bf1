internal import Tensors

extension Dataset {
  /// What the columns were taken for: `7 numbers, 3 categories (2, 4 and 9 values), 1 date, 1 dropped`.
  public var columnSummary: String {
    let counts = columns.features.compactMap { $0.categories?.count }
    let times = columns.features.count(where: \.isTime)
    let dates = columns.features.count(where: \.isDate) - times
    let numbers = columns.features.count - counts.count - dates - times
    var parts: [String] = []
    if numbers > 0 { parts.append("\(numbers) number\(numbers == 1 ? "" : "s")") }
    if !counts.isEmpty {
      let shown = counts.prefix(20).map(String.init)
      let rest = counts.count > shown.count ? ["\(counts.count - shown.count) more"] : []
      parts.append(
        "\(counts.count) categor\(counts.count == 1 ? "y" : "ies") (\(Self.list(shown + rest)) value\(counts == [1] ? "" : "s"))")
    }
    if dates > 0 { parts.append("\(dates) date\(dates == 1 ? "" : "s")") }
    if times > 0 { parts.append("\(times) time\(times == 1 ? "" : "s")") }
    if !droppedColumns.isEmpty { parts.append("\(droppedColumns.count) dropped") }
    return parts.joined(separator: ", ")
  }

  /// The columns of the file that were left out.
  public var droppedColumns: [String] { if case .csv(let source) = source { source.droppedColumns } else { [] } }

  private static func list(_ items: [String]) -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return "\(items.dropLast().joined(separator: ", ")) and \(last)"
  }

  /// What alone tells two names from each other.
  public enum Difference: Sendable {
    /// Canonically equivalent: NFC and NFD, say.
    case unicode
    /// Around them, or characters that nobody sees.
    case blanks
    /// `yes` and `Yes`.
    case letterCase
  }

  /// Names, categories or classes that hardly differ, and categories or classes that differ only in upper and lower case: where, and one
  /// pair of each.
  public var lookalikes: [(place: String, first: String, second: String, difference: Difference)] {
    var found: [(place: String, first: String, second: String, difference: Difference)] = []
    func look(_ names: [String], _ place: String, folds: Bool = true) {
      // Swift's own == is the question here: canonical equivalence.
      var met: Set<String> = []
      var bare: [Name: String] = [:]
      var folded: [Name: String] = [:]
      for name in names {
        let (isNew, other) = met.insert(name)
        if !isNew, !other.hasSameBytes(as: name) { found.append((place, other, name, .unicode)) }
        // Blanks around it, and characters that nobody sees: U+200B, U+00AD, U+FEFF.
        let seen = String(String.UnicodeScalarView(name.unicodeScalars.filter { $0.properties.generalCategory != .format }))
        let core = String(seen.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
        if let other = bare.updateValue(name, forKey: Name(core)) {
          found.append((place, other, name, .blanks))
        } else if folds, let other = folded.updateValue(name, forKey: Name(name.lowercased())) {
          found.append((place, other, name, .letterCase))
        }
      }
    }
    look(columns.features.map(\.name) + [columns.target.name], "the column names", folds: false)
    for feature in columns.features { look(feature.categories ?? [], "the categories of '\(feature.name)'") }
    look(columns.target.classes ?? [], "the classes of '\(columns.target.name)'")
    return found
  }

  /// Features that look like an id or an index: pandas' nameless first column, and those that have hardly a value twice and are texts, or
  /// integers that fill a range or whose name says so.
  public var likelyIDs: [String] {
    let rows = trainCount + testCount
    return columns.features.enumerated().compactMap { index, feature in
      // pandas' index, as it is written and as it is read back.
      if feature.name.hasSameBytes(as: CSVHeader.unnamed) || feature.name.hasPrefix("Unnamed: 0") { return feature.name }
      guard rows >= 10 else { return nil }
      if let categories = feature.categories { return categories.count * 10 >= rows * 9 ? feature.name : nil }
      return !feature.isDate && isLikelyID(index, rows, feature.name) && !areDays(index) ? feature.name : nil
    }
  }

  /// Columns of numbers that look like dates: each is a day written as eight digits, `20240131`.  The target comes last.
  public var likelyDates: [String] {
    let features = columns.features.enumerated().filter { $1.categories == nil && !$1.isDate && areDays($0) }.map(\.element.name)
    let target = columns.target
    let isTarget =
      target.classes?.allSatisfy { $0.utf8.count == 8 && Double($0).map(DateText.isDay) ?? false }
      ?? Part.allCases.allSatisfy { numbers($0).allSatisfy(DateText.isDay) }
    return features + (isTarget ? [target.name] : [])
  }

  /// Whether a column of numbers holds days written as digits and nothing else.
  private func areDays(_ column: Int) -> Bool {
    var hasDay = false
    for part in Part.allCases {
      guard let x = tensors[part == .train ? "x_train" : "x_test"] else { return false }
      for row in 0..<min(count(part), Self.rowsLookedAt) {
        let place = row * featureCount + column
        guard let value = x.doubles(place..<place + 1).first else { return false }
        if value.isNaN { continue }
        guard DateText.isDay(value) else { return false }
        hasDay = true
      }
    }
    return hasDay
  }

  private static let rowsLookedAt = 100_000

  private func isLikelyID(_ column: Int, _ rows: Int, _ name: String) -> Bool {
    var numbers: Set<Int> = []
    for part in Part.allCases {
      guard let x = tensors[part == .train ? "x_train" : "x_test"] else { return false }
      for row in 0..<min(count(part), Self.rowsLookedAt) {
        let place = row * featureCount + column
        guard let value = x.doubles(place..<place + 1).first, let number = Int(exactly: value) else { return false }
        // Most columns of integers show within a few rows that they repeat.
        if !numbers.insert(number).inserted, numbers.count * 10 < row * 9 { return false }
      }
    }
    let looked = Part.allCases.reduce(0) { $0 + min(count($1), Self.rowsLookedAt) }
    guard numbers.count * 100 >= looked * 99, let least = numbers.min(), let most = numbers.max() else { return false }
    let words = name.lowercased()
    let isNamed =
      words.hasSuffix("id") || ["account", "customer", "user", "key", "serial", "record", "code"].contains { words.hasPrefix($0) }
      || ["index", "idx", "row", "rownames", "no", "nr", "#", CSVHeader.unnamed].contains(words) || words.hasPrefix("unnamed")
    let (range, overflow) = most.subtractingReportingOverflow(least)
    return isNamed || !overflow && range < rows + rows / 10
  }
}
