import Datasets

extension CSVError {
  /// What to do about it.
  var hint: String? {
    switch reason {
    case .missingCell: "--drop-missing leaves out such rows"
    case .binary(let format): Self.advice(format, file)
    case .utf16: "iconv -f UTF-16 -t UTF-8 \(file.quotedForShell) > utf8.csv"
    case .invalidUTF8: "iconv -f LATIN1 -t UTF-8 \(file.quotedForShell) > utf8.csv"
    case .emptyName: "give it a name in line 1, then --drop NAME leaves it out"
    case .headerOfNumbers: "--no-header takes every line for data: its columns are x0, x1, …, and --target last is the last one"
    case .missingColumns(_, let known, _) where known.contains(where: { Double($0) != nil }): "--no-header if the first line is data"
    case .dateAndCategory: "name it in --date or in --categorical, not in both"
    case .regressionOfTexts: "leave out --categorical, or --task regression"
    case .targetIsDate: "--drop the dates that aren't needed, or write the target as a number"
    case .tooManyCategories: column.map { "--drop \($0.quotedForShell)" }
    case .tooManyClasses: "--task regression where the target is a number"
    case .integerTooLarge: column.map { "--categorical \($0.quotedForShell) keeps its texts, --drop \($0.quotedForShell) leaves it out" }
    case .textInNumberColumn: mixedHint
    case .notANumber: value.flatMap { CellLook($0) }.flatMap { advice($0) }
    case .looksLike(let look): advice(look)
    case .notADate: "dates are written as 2024-01-31, 31.01.2024 or Jan 31 2024, with a time as 2024-01-31T12:30:00"
    default: nil
    }
  }

  private var mixedHint: String? {
    if let look = value.flatMap({ CellLook($0) }), look != .date, let text = advice(look) { return text }
    return column.map { "--categorical \($0.quotedForShell) takes every cell for a text" }
  }

  private func advice(_ look: CellLook) -> String? {
    let name = (column ?? "COLUMN").quotedForShell
    switch look {
    case .date:
      return "--drop \(name) leaves it out, --date \(name) reads it as days since 1970-01-01, --categorical \(name) takes it for texts"
    case .ambiguousDate:
      return "write the dates as 2024-01-31; --drop \(name) leaves the column out"
    case .money: return "write the number alone: \(digits); --categorical \(name) takes it for texts"
    case .percentage: return "write the number alone: \(digits); --categorical \(name) takes it for texts"
    case .thousands: return "write it without separators: \(digits); --categorical \(name) takes it for texts"
    case .decimalComma:
      return "a number has a point, no comma; if ';' separates the cells: tr , . < \(file.quotedForShell) > points.csv"
    case .placeholder: return "an empty cell is a missing one; --categorical \(name) takes every cell for a text"
    }
  }

  /// The number in the cell without what stands around it.
  private var digits: String {
    let kept = (value ?? "").unicodeScalars.filter { ("0"..."9").contains($0) || $0 == "." || $0 == "-" }
    return String(String.UnicodeScalarView(kept))
  }

  private static func advice(_ format: BinaryFormat, _ file: String) -> String {
    let file = file.quotedForShell
    return switch format {
    case .gzip: "gzip -dc \(file) | registry train --csv - --target COLUMN"
    case .bzip2: "bzip2 -dc \(file) | registry train --csv - --target COLUMN"
    case .xz: "xz -dc \(file) | registry train --csv - --target COLUMN"
    case .zstd: "zstd -dc \(file) | registry train --csv - --target COLUMN"
    case .zip: "unzip \(file) where it holds a CSV file; save a workbook as CSV (UTF-8)"
    case .excel: "save the workbook as CSV (UTF-8)"
    case .parquet: "python3 -c \"import pandas; pandas.read_parquet('FILE').to_csv('data.csv', index=False)\""
    }
  }
}
