import Datasets
import Tensors

/// What is said about a CSV file that was read.
enum ReadingNotes {
  /// What the target and the columns were taken for, and what in them is likely to be a slip; nothing of data that isn't a CSV file's.
  static func notes(_ loaded: DataOptions.Loaded, asked task: LearningTask?) -> [Note] {
    guard let inference = loaded.inference else { return [] }
    let dataset = loaded.dataset
    // A handful of integers may be amounts.
    let isGuess = if case .fewIntegers = inference.reason { true } else { false }
    var notes = task == nil ? [Note(text: "\(inference)\(isGuess ? ", a guess (--task says otherwise)" : "")")] : []
    notes.append(Note(text: "Features: \(dataset.columnSummary)"))
    if case .csv(let source) = dataset.source, source.droppedRows > 0 {
      let were = source.droppedRows == 1 ? "was" : "were"
      notes.append(Note(text: "\(source.droppedRows.counted("row")) with a missing cell \(were) left out."))
    }
    return notes + warnings(dataset, loaded.remarks).map { Note(text: $0, isWarning: true) }
  }

  private static func warnings(_ dataset: Dataset, _ remarks: [ReadingRemark]) -> [String] {
    var warnings = remarks.prefix(5).map(sentence) + dataset.lookalikes.prefix(5).map(sentence)
    let dates = dataset.likelyDates
    if let last = dates.last {
      let isTarget = last.hasSameBytes(as: dataset.columns.target.name)
      let columns = isTarget ? Array(dates.dropLast()) : dates
      if !columns.isEmpty {
        warnings.append(
          "\(names(columns)) look\(columns.count == 1 ? "s" : "") like dates (20240131) and \(columns.count == 1 ? "is" : "are") taken for numbers; \(option("date", columns)) reads dates, \(option("drop", columns)) leaves \(columns.count == 1 ? "it" : "them") out."
        )
      }
      if isTarget { warnings.append("the target \(last.quotedInList) looks like dates (20240131); they are taken for numbers.") }
    }
    let ids = dataset.likelyIDs
    if !ids.isEmpty {
      let (verb, them) = ids.count == 1 ? ("looks", "it") : ("look", "them")
      warnings.append("\(names(ids)) \(verb) like an id or an index; \(option("drop", ids)) leaves \(them) out.")
    }
    if dataset.columns.features.count(where: { Double($0.name) != nil }) * 2 > dataset.featureCount {
      warnings.append("the header is made of numbers; --no-header if the first line is data.")
    }
    return warnings
  }

  private static func sentence(_ remark: ReadingRemark) -> String {
    switch remark {
    case .leadingZeros(let column, let example):
      "\(column.quotedInList) has numbers with zeros in front ('\(example)'), which a number doesn't keep; \(option("categorical", [column])) reads them as texts."
    case .blanks(let column, let example):
      "in \(column.quotedInList), texts that differ only in blanks around them are one ('\(example)'); a cell in quotes keeps its blanks."
    case .units(let column, let example):
      "\(column.quotedInList) looks like numbers with a unit ('\(example)') and is taken for texts; write the numbers alone, or \(option("categorical", [column]))."
    case .placeholder(let column, let example):
      "\(column.quotedInList) has '\(example)' as a value of its own; where it means a missing cell, write nothing there (\(option("categorical", [column])) if not)."
    }
  }

  private static func sentence(_ pair: (place: String, first: String, second: String, difference: Dataset.Difference)) -> String {
    let difference =
      switch pair.difference {
      case .unicode: "Unicode normalisation (NFC, NFD)"
      case .blanks: "blanks around them or invisible characters"
      case .letterCase: "upper and lower case"
      }
    return "among \(pair.place), '\(pair.first)' and '\(pair.second)' differ only in \(difference); they stay two."
  }

  private static func names(_ columns: [String]) -> String {
    columns.prefix(5).map(\.quotedInList).joined(separator: ", ") + (columns.count > 5 ? " and \(columns.count - 5) more" : "")
  }

  /// The option with these columns; one that begins with a dash would be taken for an option itself.
  private static func option(_ name: String, _ columns: [String]) -> String {
    let list = list(columns)
    return list.hasPrefix("-") ? "--\(name)=\(list)" : "--\(name) \(list)"
  }

  /// As --drop takes them: names with commas in quotes.
  private static func list(_ columns: [String]) -> String {
    let quoted = columns.prefix(5).map { name in
      name.contains { ",\"".contains($0) }
        ? "\"\(name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\"" : name
    }
    return quoted.joined(separator: ",").quotedForShell
  }
}
