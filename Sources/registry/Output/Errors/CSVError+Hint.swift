import Datasets

extension CSVError {
  /// What a file is read for: each has options of its own.
  enum Use {
    /// train and dataset add.
    case training
    /// predict and evaluate, whose columns the version has settled.
    case rows
  }

  /// What to do about it.
  func hint(_ use: Use = .training) -> String? {
    switch reason {
    case .missingCell: "--drop-missing leaves out such rows"
    case .binary(let format): Self.advice(format, file)
    case .utf16: convert(from: "UTF-16")
    case .invalidUTF8: convert(from: "WINDOWS-1252")
    case .ragged(let got, let needed) where got > needed: "put a cell that holds the separator in quotes: \"Smith, J\""
    case .headerOfNumbers where use == .rows: "--no-header if the first line is data"
    case .missingColumns(_, let known, _) where known.contains(where: { Double($0) != nil }): "--no-header if the first line is data"
    case .otherWidth(_, let training, let features):
      "give it all \(training) columns, or the \(features) features alone, in the order of the training"
    case .textInNumberColumn, .notANumber, .looksLike, .notADate, .mixedDates, .integerTooLarge: cellHint(use)
    default: use == .training ? trainingHint : nil
    }
  }

  private func convert(from encoding: String) -> String {
    let command = "iconv -f \(encoding) -t UTF-8"
    return file == "-" ? Self.before(command) : "\(command) \(file.quotedForShell) > utf8.csv"
  }

  /// What standard input has to go through first: a command that reads it again would wait at the terminal.
  private static func before(_ command: String) -> String { "put \(command) before registry in the pipe" }

  private var trainingHint: String? {
    switch reason {
    case .emptyName: "give it a name in line 1, then --drop NAME leaves it out"
    case .headerOfNumbers: "--no-header reads every line as data: its columns are x0, x1, …, and --target last is the last one"
    case .dateAndCategory: "name it in --date or in --categorical, not in both"
    case .regressionOfTexts: "leave out --categorical, or --task regression"
    case .targetIsDate: "write the target as a number, or name another --target"
    case .tooManyCategories: drop
    case .tooManyClasses: "--task regression where the target is a number"
    default: nil
    }
  }

  /// What to do about a cell.
  private func cellHint(_ use: Use) -> String? {
    // A long cell is shortened in the error.
    let look = if case .looksLike(let known) = reason { known } else { value.flatMap { CellLook($0) } }
    guard use == .training else {
      if case .mixedDates(_, other: .time, _) = reason { return "times are written as 12:30 or 12:30:00" }
      return look.flatMap { mend($0) } ?? (reason.isOfDates ? Self.datesThatAreRead : nil)
    }
    switch reason {
    case .integerTooLarge: return isTarget ? "\(categorical) keeps it as text" : "\(categorical) keeps it as text, \(drop) leaves it out"
    case .notADate: return "\(Self.datesThatAreRead); \(drop) leaves the column out"
    case .mixedDates: return "write all of them in one form, as 2024-01-31; \(drop) leaves the column out"
    case .textInNumberColumn where look == nil || look.map(Self.dates.contains) ?? false: return "\(categorical) reads every cell as text"
    default: return look.flatMap { advice($0) }
    }
  }

  private static let dates: [CellLook] = [.date, .numericDate, .unreadDate]
  private static let datesThatAreRead = "dates are written as 2024-01-31, 31.01.2024 or Jan 31 2024, with a time as 2024-01-31T12:30:00"

  private static let isoForms = "2024-01-31, 2024-01-31T12:30:00 or 12:30:00"

  private func advice(_ look: CellLook) -> String? {
    let texts = "\(categorical) reads it as text"
    if isTarget, look == .ambiguousDate || Self.dates.contains(look) {
      return "\(categorical) takes each text for a class; to predict it as a number, write it as one"
    }
    switch look {
    case .date: return "\(drop) leaves it out, \(option("date")) reads it as days since 1970-01-01, \(texts)"
    case .numericDate:
      return "\(drop) leaves it out, \(texts), \(option("date")) reads it if none of its dates can be read in two ways, as 01/02/2024 can"
    case .ambiguousDate: return "write the dates as 2024-01-31 for \(option("date")); \(drop) leaves the column out, \(texts)"
    case .unreadDate: return "\(drop) leaves it out, \(texts); write it as \(Self.isoForms) for \(option("date"))"
    case .money, .percentage, .thousands, .otherMarks: return [mend(look), texts].compactMap(\.self).joined(separator: "; ")
    case .decimalComma: return mend(look)
    case .placeholder: return "an empty cell is a missing one; \(categorical) reads every cell as text"
    }
  }

  /// How the cell would be read as what it means.
  private func mend(_ look: CellLook) -> String? {
    let number = value.flatMap { CellLook.plainNumber($0) }
    switch look {
    case .date, .numericDate: return nil
    case .ambiguousDate: return "write the dates as 2024-01-31"
    case .unreadDate: return "write it as \(Self.isoForms)"
    case .money, .percentage, .otherMarks: return "write the number alone\(number.map { ": \($0)" } ?? "")"
    case .thousands: return "write it without separators\(number.map { ": \($0)" } ?? "")"
    case .decimalComma: return decimalComma(number)
    case .placeholder: return "an empty cell is a missing one"
    }
  }

  /// A comma between cells must stay: only where another mark separates them can a command tell the commas in numbers.
  private func decimalComma(_ number: String?) -> String {
    // 1,234 may be grouped: it is written without the comma, or with a point.
    let both = (value ?? "").split(separator: ",", omittingEmptySubsequences: false)
    let isUnsure = number == nil && both.count == 2
    guard let separator, separator != UInt8(ascii: ","), file != "-" else {
      if isUnsure {
        return "a number has no comma: write \(both[0])\(both[1]), or \(both[0]).\(both[1]) where the comma is the decimal mark"
      }
      return "a number has a point, no comma: write \(number ?? "1.5")"
    }
    let mark = separator == UInt8(ascii: "\t") ? "\\t" : String(Unicode.Scalar(separator))
    let command = "sed -E ':a;s/(^|\(mark))([-+]?[0-9]+),([0-9]+(\(mark)|\\r?$))/\\1\\2.\\3/;ta' \(file.quotedForShell) > points.csv"
    return isUnsure
      ? "where the comma is the decimal mark: \(command)"
      : "a number has a point, no comma (take points between thousands out first): \(command)"
  }

  private var drop: String { option("drop") }
  private var categorical: String { option("categorical") }

  /// `--drop NAME`: a name that begins like an option is bound to it.
  private func option(_ name: String) -> String {
    guard let column else { return "--\(name) COLUMN" }
    return "--\(name)\(column.hasPrefix("-") ? "=" : " ")\(column.quotedForShell)"
  }

  /// The very command that was given, reading what unpacks the file.
  private static func advice(_ format: BinaryFormat, _ file: String) -> String {
    let name = file.quotedForShell
    func unpack(_ command: String) -> String {
      file == "-" ? before(command) : "\(command) \(name) | \(HintCommand.again(reading: file))"
    }
    return switch format {
    case .gzip: unpack("gzip -dc")
    case .bzip2: unpack("bzip2 -dc")
    case .xz: unpack("xz -dc")
    case .zstd: unpack("zstd -dc")
    case .zip: "unzip \(file == "-" ? "it first" : name) where it holds a CSV file; save a workbook as CSV (UTF-8)"
    case .excel: "save the workbook as CSV (UTF-8)"
    case .parquet: "python3 -c \"import pandas; pandas.read_parquet('FILE').to_csv('data.csv', index=False)\""
    }
  }
}

extension CSVError.Reason {
  /// Whether a date was expected.
  fileprivate var isOfDates: Bool {
    switch self {
    case .notADate, .mixedDates: true
    default: false
    }
  }
}
