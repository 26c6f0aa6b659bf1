import ArgumentParser
import ModelRegistry
import OutputPatterns
import Tensors

/// What is recorded of a run besides what it does.
struct RunOptions: ParsableArguments {
  @Option(name: .customLong("model"), help: "The model that its versions belong to (default: $REGISTRY_MODEL, else none).") var chosen:
    String?
  @Option(help: "A name that groups runs (default: the model's, else Default).") var experiment: String?
  @Option(help: "What the run is called.") var name: String?
  @Option(help: "A param, KEY=VALUE, besides those of the arguments; repeatable.") var param: [String] = []
  @Option(help: "A tag of the run, KEY=VALUE; repeatable.") var tag: [String] = []
  @Option(help: "A note on the run.") var note: String?

  /// Those of the command's arguments, and over them those that were given.
  func params(_ command: [String]) throws -> NamedValues<ParamValue> {
    let given = try param.map { try LogCommand.pair($0, "--param") }
    var all = CommandParams.params(command).filter { own in !given.contains { $0.key.hasSameBytes(as: own.key) } }
    for (index, pair) in given.enumerated() where !given[(index + 1)...].contains(where: { $0.key.hasSameBytes(as: pair.key) }) {
      all.append(pair)
    }
    return NamedValues(all.map { (name: $0.key, value: ParamValue(written: $0.value)) })
  }

  func tags() throws -> NamedValues<CellValue> {
    NamedValues(try tag.map { try LogCommand.pair($0, "--tag") }.map { (name: $0.key, value: CellValue(tag: $0.value)) })
  }
}

/// How metrics are found in the output.
struct PatternOptions: ParsableArguments {
  @Option(
    help: """
      A line with metrics, repeatable: 'Train loss at {step} is {train_loss}'; {name} is a number, {step} or {epoch} its step, {_} any \
      text, {{ a brace; blanks match any blanks; it turns the default patterns off.
      """) var pattern: [String] = []
  @Flag(help: "The default patterns as well, on lines that no --pattern matches.") var defaultPatterns = false
  @Flag(help: "Read no metrics from the output.") var noPatterns = false

  var isUsed: Bool { !noPatterns }
  /// Whether metrics are guessed, by the default patterns.
  var usesDefaults: Bool { !noPatterns && (pattern.isEmpty || defaultPatterns) }

  func reader() throws -> OutputReader {
    if noPatterns, let first = pattern.first { throw UsageError("'--no-patterns' and '--pattern \(first)' exclude each other.") }
    if noPatterns, defaultPatterns { throw UsageError("'--no-patterns' and '--default-patterns' exclude each other.") }
    let patterns = try pattern.map { text in
      do throws(LinePatternError) { return try LinePattern(text) } catch {
        throw UsageError("'--pattern \(text)': \(error.description).", hint: "--pattern 'Train loss at {step} is {train_loss}'")
      }
    }
    // A step alone is of use to other patterns.
    if let first = pattern.first, !usesDefaults, !patterns.contains(where: \.hasMetric) {
      throw UsageError(
        "'--pattern \(first)': it has a step, and no pattern has a metric.", hint: "--pattern 'Train loss at {step} is {train_loss}'")
    }
    return OutputReader(patterns: patterns, usesDefaults: usesDefaults)
  }
}
