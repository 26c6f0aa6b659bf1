internal import Tensors

/// Why a CSV file is refused, and where.
public struct CSVError: Error, Equatable {
  /// The file as it was named; `standard input` for a stream without a name.
  public let file: String
  /// The physical line, from 1; nil where the file as a whole is meant.
  public let line: Int?
  /// The column's name in the header.
  public let column: String?
  /// The cell, shortened to 40 characters and without control characters.
  public let value: String?
  /// What is wrong there.
  public private(set) var reason: Reason
  /// What separates the file's cells, where the cell stands without quotes.
  public internal(set) var separator: UInt8?
  /// Whether the column is the one to predict.
  public internal(set) var isTarget = false

  /// The value is shortened here.
  public init(file: String, line: Int? = nil, column: String? = nil, value: String? = nil, reason: Reason) {
    self.file = file
    self.line = line
    self.column = column
    self.value = value.map(Self.shortened)
    self.reason = reason
  }

  /// The same place with another reason.
  func because(_ reason: Reason) -> CSVError {
    var error = self
    error.reason = reason
    return error
  }

  /// What can be wrong, each case with what the error message needs beside the place.
  public enum Reason: Equatable, Sendable {
    // The file
    case noSuchFile
    case isDirectory
    /// `errno` and the system's words for it.
    case unreadable(code: Int32, message: String)
    case empty
    case headerOnly
    case noRowLeft(dropped: Int)
    // Its text
    /// A file that is no text at all.
    case binary(BinaryFormat)
    case utf16
    case nulByte
    case invalidUTF8
    case strayQuote
    /// The error's line is the one where the quote opened.
    case unterminatedQuote
    case recordTooLong(limit: Int, quoteOpenedOnLine: Int?)
    case ragged(got: Int, needed: Int)
    // Its columns
    case tooManyColumns(limit: Int)
    case emptyName(position: Int)
    case duplicateName(String)
    /// The error's value is the first of them.
    case headerOfNumbers
    case targetDropped
    case targetIsDate
    case dateAndCategory
    case regressionOfTexts
    case missingColumns([String], known: [String], nearest: String?)
    case noFeature(target: String)
    /// A file without a header that isn't as wide as the one that a version was trained on.
    case otherWidth(got: Int, training: Int, features: Int)
    case tooManyRows(limit: Int)
    // A cell
    case missingCell
    case notANumber
    case notFinite
    /// An integer beyond 2^53 that float64 rounds.
    case integerTooLarge
    /// A text that was meant as a number or a date.
    case looksLike(CellLook)
    case notADate
    /// A date in another form than the one on that line, or than the dates that the column is known to hold.
    case mixedDates(DateForm, other: DateForm, line: Int?)
    /// Text where another line has a number.
    case textInNumberColumn(numberLine: Int)
    case tooManyCategories(limit: Int)
    case unknownCategory(known: [String])
    case unknownClass(known: [String])
    // The target
    case oneClass
    case tooManyClasses(limit: Int)
    case notTwoClasses(count: Int)
  }

  private static func shortened(_ value: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in value.unicodeScalars.prefix(40) {
      let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
      scalars.append(isControl ? "\u{fffd}" : scalar)
    }
    return value.unicodeScalars.count > 40 ? "\(String(scalars))…" : String(scalars)
  }
}

extension CSVError: CustomStringConvertible {
  /// `'wine.csv' line 7, column 'alcohol': '1,5' is not a number`.
  public var description: String {
    let place = (line.map { " line \($0)" } ?? "") + (column.map { ", column '\($0)'" } ?? "")
    return "'\(file)'\(place): \(problem)"
  }

  private var problem: String {
    let value = self.value ?? ""
    return switch reason {
    case .noSuchFile: "no such file"
    case .isDirectory: "is a directory"
    case .unreadable(_, let message): "cannot be read: \(message)"
    case .empty: "the file is empty"
    case .headerOnly: "a header and no row"
    case .noRowLeft(let dropped): "all \(dropped) rows have a missing cell, none is left"
    case .binary(let format): "the file \(format.words), only CSV text is read"
    case .utf16: "the text is UTF-16, only UTF-8 is read"
    case .nulByte: "a NUL byte: the file is binary or UTF-16, only UTF-8 text is read"
    case .invalidUTF8: "the text is not UTF-8"
    case .strayQuote: "a quote is inside a field that it doesn't enclose"
    case .unterminatedQuote: "the quote that opens here is never closed"
    case .recordTooLong(let limit, let opened):
      "a record of more than \(limit) bytes" + (opened.map { " (a quote opens on line \($0) and is not closed)" } ?? "")
    case .ragged(let got, let needed): "the row has \(got) field\(got == 1 ? "" : "s"), the header \(needed)"
    case .tooManyColumns(let limit): "more than \(limit) columns"
    case .emptyName(let position): "column \(position) has no name in the header"
    case .duplicateName(let name): "the header has '\(name)' twice"
    case .headerOfNumbers: "the header is nothing but numbers ('\(value)', …), so it looks like a row of data"
    case .targetDropped: "the target can't be dropped"
    case .targetIsDate: "the target can't be a date"
    case .regressionOfTexts: "a regression's target is a number, it can't be categorical"
    case .dateAndCategory: "the column can't be both a date and a category"
    case .missingColumns(let names, let known, let nearest):
      "no column \(Self.list(names)); there \(known.count == 1 ? "is" : "are") \(Self.list(known))"
        + (nearest.map { near in
          // Swift's own == is the question here: canonical equivalence.
          names.contains { $0 == near && !$0.hasSameBytes(as: near) }
            ? ", which differs only in Unicode normalisation (NFC, NFD)" : ", did you mean '\(near)'?"
        } ?? "")
    case .noFeature(let target): "no column besides the target '\(target)'"
    case .otherWidth(let got, let training, let features):
      "the file has \(got) column\(got == 1 ? "" : "s"), the training file had \(training) columns, \(features) of them features"
    case .tooManyRows(let limit): "more rows than a tensor of \(limit) bytes holds"
    case .missingCell: value.isEmpty ? "the cell is empty" : "the cell is missing ('\(value)')"
    case .notANumber: "'\(value)' is not a number"
    case .notFinite: "'\(value)' is beyond the range of float64"
    case .integerTooLarge: "'\(value)' is an integer beyond 2^53 that float64 can't hold exactly"
    case .looksLike(let look): "'\(value)' is \(look.words)"
    case .notADate: "'\(value)' isn't a date that is read"
    case .mixedDates(let form, let other, let line):
      "'\(value)' is \(form.words), \(line.map { "line \($0) has \(other.words)" } ?? "the column has \(other == .time ? "times" : "dates")")"
    case .textInNumberColumn(let line): "'\(value)' is text in a number column (line \(line) has a number)"
    case .tooManyCategories(let limit): "more than \(limit) different texts: an id or free text, not a category"
    case .unknownCategory(let known): "'\(value)' is an unseen category; known \(known.count == 1 ? "is" : "are") \(Self.list(known))"
    case .unknownClass(let known): "'\(value)' is an unseen class; known \(known.count == 1 ? "is" : "are") \(Self.list(known))"
    case .oneClass: "every row has the same value '\(value)', there is nothing to learn"
    case .tooManyClasses(let limit): "more than \(limit) classes"
    case .notTwoClasses(let count): "\(count) classes, a binary task needs two"
    }
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(8).map { "'\(shortened($0))'" }.joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }
}
