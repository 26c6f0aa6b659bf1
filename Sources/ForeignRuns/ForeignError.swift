/// Why a source can't be read, and where.
public struct ForeignError: Error, Hashable, Sendable {
  /// The file or folder as it was named.
  public let file: String
  public let place: Place?
  public let problem: Problem

  public enum Place: Hashable, Sendable {
    /// From 0.
    case byte(Int)
    /// From 1.
    case line(Int)
  }

  public enum Problem: Hashable, Sendable {
    case noSuchFile
    case notAFile
    case notAFolder
    /// `errno` and the system's words for it.
    case unreadable(code: Int32, message: String)
    /// SQLite's words for what is wrong with a database.
    case database(String)
    /// Another program's database, by what it lacks.
    case notMLflow(missing: String)
    /// A database of an MLflow that this program doesn't know: its schema, and what is missing in it.
    case unknownSchema(version: String, missing: [String])
    /// An upgrade of the database that didn't end.
    case severalSchemas([String])
    /// No `meta.yaml` of an experiment in a folder.
    case notRuns
    /// No event files in a folder.
    case noEvents
    /// A line of a meta.yaml.
    case yaml(String)
    case record(RecordProblem)
    case message(String)
    case log(LogProblem)
  }

  public init(file: String, _ place: Place, _ problem: Problem) {
    self.file = file
    self.place = place
    self.problem = problem
  }

  public init(file: String, _ problem: Problem) {
    self.file = file
    place = nil
    self.problem = problem
  }
}

/// What is wrong with the framing of an event file.
public enum RecordProblem: Hashable, Sendable {
  /// The file ends in the middle of a record, as a killed writer leaves it.
  case cut
  case lengthChecksum
  case dataChecksum
}

/// What is wrong with a CSV or JSON Lines log.
public enum LogProblem: Hashable, Sendable {
  case empty
  case noSuchColumn(String, known: [String])
  case repeatedColumn(String)
  /// No column has numbers.
  case noMetrics(columns: [String])
  case fieldCount(expected: Int, actual: Int)
  case step(column: String, text: String)
  case time(column: String, text: String)
  case lineTooLong(limit: Int)
  case openQuote
  case notUTF8
  case json(String)
}

/// What was left out of a source, and goes on without it.
public enum ForeignRemark: Hashable, Sendable {
  /// A file was read up to here: what comes after it is cut off or damaged.
  case readUpTo(file: String, place: ForeignError.Place, problem: ForeignError.Problem)
  /// So many values of a kind that isn't kept: images, texts, histograms.
  case leftOut(kind: String, count: Int)
  /// Lines that are no objects of JSON.
  case badLines(count: Int, firstLine: Int, problem: String)
  /// Cells of a column that was asked for and aren't numbers.
  case notNumbers(column: String, count: Int, firstLine: Int)

  /// Whether bytes were lost, not just left out.
  public var isDamage: Bool {
    if case .readUpTo(_, _, let problem) = self { problem != .record(.cut) } else { false }
  }
}

extension ForeignError: CustomStringConvertible {
  public var description: String {
    let place =
      switch self.place {
      case .byte(let offset)?: " (byte \(offset))"
      case .line(let number)?: " (line \(number))"
      case nil: ""
      }
    return "'\(file)'\(problem.separator)\(problem)\(place)"
  }
}

extension ForeignError.Problem: CustomStringConvertible {
  /// What stands between the file's name and the problem.
  fileprivate var separator: String {
    switch self {
    case .notAFile, .notAFolder, .notMLflow, .unknownSchema, .severalSchemas, .notRuns, .noEvents: " "
    default: ": "
    }
  }

  public var description: String {
    switch self {
    case .noSuchFile: "no such file or folder"
    case .notAFile: "isn't a regular file"
    case .notAFolder: "isn't a folder"
    case .unreadable(_, let message): "cannot be read: \(message)"
    case .database(let message): message
    case .notMLflow(let missing): "isn't a database of MLflow: it has no \(missing)"
    case .unknownSchema(let version, let missing):
      "was made by an MLflow that this program doesn't know (schema \(shown(version))): it has no \(quotedList(missing))"
    case .severalSchemas(let versions): "is in the middle of an upgrade (schemas \(quotedList(versions)))"
    case .notRuns: "has no experiments of MLflow in it: no folder has a meta.yaml"
    case .noEvents: "has no event files in it"
    case .yaml(let problem): problem
    case .record(let problem): problem.description
    case .message(let problem): problem
    case .log(let problem): problem.description
    }
  }
}

extension RecordProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cut: "the file ends in the middle of a record"
    case .lengthChecksum: "the checksum of a record's length doesn't match"
    case .dataChecksum: "the checksum of a record doesn't match"
    }
  }
}

extension LogProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty: "there is nothing in it"
    case .noSuchColumn(let name, let known): "no column '\(shown(name))' (there is \(quotedList(known)))"
    case .repeatedColumn(let name): "two columns are called '\(shown(name))'"
    case .noMetrics(let columns): "no column of numbers but the step (there is \(quotedList(columns)))"
    case .fieldCount(let expected, let actual): "\(actual) fields, the header has \(expected)"
    case .step(let column, let text): "'\(shown(text))' in '\(shown(column))' isn't a step: a whole number is needed"
    case .time(let column, let text): "'\(shown(text))' in '\(shown(column))' isn't a time"
    case .lineTooLong(let limit): "longer than \(limit) bytes"
    case .openQuote: "a quoted field has no end"
    case .notUTF8: "text that isn't UTF-8"
    case .json(let problem): problem
    }
  }
}

/// Text of a foreign file as a message may show it: at most 80 characters, none of them a control character.
func shown(_ text: String) -> String {
  var scalars = String.UnicodeScalarView()
  for scalar in text.unicodeScalars.prefix(80) {
    scalars.append(scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) ? "\u{fffd}" : scalar)
  }
  return text.unicodeScalars.count > 80 ? "\(String(scalars))…" : String(scalars)
}

/// Up to eight names in quotes, and how many more there are.
func quotedList(_ names: [String]) -> String {
  let quoted = names.prefix(8).map { "'\(shown($0))'" }.joined(separator: ", ")
  return names.count > 8 ? "\(quoted) and \(names.count - 8) more" : quoted
}
