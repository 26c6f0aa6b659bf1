import ArgumentParser
import Datasets
import ForeignRuns
import Formats
import ModelRegistry
import Tensors
import Training

/// All wording of errors, and the exit code of each (sysexits): what failed, the value in quotes, where, and a hint that can be run.
struct ErrorReport: Error, Equatable {
  enum Code: Int32, Sendable {
    case failed = 1
    case usage = 64
    case badData = 65
    case notFound = 66
    case cannotCreate = 73
    case inputOutput = 74
    case busy = 75
    // Of a command that `registry run` can't start, as shells have them.
    case cannotExecute = 126
    case noCommand = 127
    // 128 and the number of the signal.
    case hangup = 129
    case interrupted = 130
    case terminated = 143

    init(signal: Int32) { self = Code(rawValue: 128 + signal) ?? .terminated }
  }

  let message: String
  let hint: String?
  let code: Code

  init(_ message: String, hint: String? = nil, _ code: Code) {
    self.message = message
    self.hint = hint
    self.code = code
  }

  /// As it is printed.  A value of any length may be quoted in it: what goes on for pages helps nobody.
  var text: String {
    func line(_ text: String) -> String { text.singleLine.truncatedInMiddle(to: 3000) }
    let message = "Error: \(line(self.message))"
    return hint.map { "\(message)\n  hint: \(line(HintCommand.completed($0)))" } ?? message
  }

  /// The report of any error that a command throws; nil for those that the argument parser words.
  init?(_ error: any Error) {
    switch error {
    case let error as ErrorReport: self = error
    case let error as UsageError: self.init(error.message, hint: error.hint, .usage)
    case let error as StoreError: self.init(error)
    case let error as RunInterruption: self.init(error, by: "a request", .failed)
    case let error as CSVError: self.init(csv: error)
    case let error as FormatError: self.init(error)
    case let error as ForeignError: self.init(error)
    case let error as HyperparameterError: self.init("'--\(error.name) \(error.value)': it has to be \(error.needed).", .usage)
    case let error as TaskError: self.init(error)
    case let error as FineTuneError: self.init("\(error.description).", .badData)
    case let error as DatasetError: self.init(error)
    case let error as ArchitectureError: self.init("\(error.description).", .badData)
    case let error as StateDictError: self.init("\(error.description).", .badData)
    case let error as TensorError: self.init("\(error.description).", .badData)
    case let error as OutputError: self.init("cannot write to standard output: \(error.message).", .inputOutput)
    default: return nil
    }
  }

  private init(_ error: TaskError) {
    switch error {
    case .wrongTarget(let task, let column):
      let fitting = column.classes.map { $0.count == 2 ? "binary" : "multiclass" } ?? "regression"
      self.init("\(error.description).", hint: task.rawValue == fitting ? nil : "--task \(fitting)", .badData)
    }
  }

  private init(_ error: DatasetError) {
    switch error {
    case .illegalArgument(let name, let value, let needed):
      self.init("'--\(name.split { " _".contains($0) }.joined(separator: "-")) \(value)': it has to be \(needed).", .usage)
    case .missingCell:
      self.init("\(error.description).", hint: "registry train --impute median makes a version that fills missing cells in", .badData)
    case .nothingToImputeFrom(let column):
      self.init("\(error.description).", hint: "--drop \(column.quotedForShell) leaves the column out", .badData)
    default: self.init("\(error.description).", hint: error.hint, .badData)
    }
  }

  /// A CSV file's error, with the hint for what it was read for.
  init(csv error: CSVError, _ use: CSVError.Use = .training) {
    let hint = error.hint(use)
    switch error.reason {
    case .noSuchFile: self.init("\(error.description).", .notFound)
    case .unreadable: self.init("\(error.description).", .inputOutput)
    case .targetDropped, .targetIsDate, .dateAndCategory, .regressionOfTexts: self.init("\(error.description).", hint: hint, .usage)
    default: self.init("\(error.description).", hint: hint, .badData)
    }
  }
}

/// What was asked for makes no sense, whatever the registry holds.
struct UsageError: Error {
  let message: String
  var hint: String?

  init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
}

extension String {
  /// The text as one word of a shell's command line.
  var quotedForShell: String {
    let isPlain = !isEmpty && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._/-+=@%:".contains($0)) }
    return isPlain ? self : "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
