import ArgumentParser
import Files
import ModelRegistry
import Tensors

#if canImport(Glibc)
import Glibc
#endif

/// What is kept of the files that a command wrote.
struct RunFileOptions: ParsableArguments {
  @Option(help: "Keep the files that match: 'plots/*.png', 'out/**/*.csv'; repeatable; a folder stands for all that is in it.")
  var artifact: [String] = []
  @Option(
    help: """
      Keep a file of weights that the command wrote as a version, with the last value of each metric (repeatable; a pattern as well); it \
      is read as 'registry import' reads it.
      """) var weights: [String] = []
  @Option(help: "Point this alias to the version of the weights.") var alias: String?

  /// The model of the run: weights need one.
  func model(_ chosen: String?) -> String? { chosen ?? (weights.isEmpty ? nil : Registry.defaultModel) }

  func check() throws {
    guard let alias else { return }
    guard !weights.isEmpty else { throw UsageError("'--alias \(alias)' is for the version of '--weights'.", hint: "--weights model.pt") }
    try Registry.checkName(alias, of: "alias")
  }

  /// The files that match, with the names that they get; never the registry itself, nor the outputs that lie beside it.
  func artifacts(besides registry: String) -> [Artifact] {
    let spools = OutputSpool.prefix(besides: registry).pathName
    let own = ["", "-journal", "-wal", "-shm"].compactMap { FileState(registry + $0) }
    return artifact.flatMap { text -> [Artifact] in
      let pattern = FilePattern(text)
      let matches = pattern.matches().filter { path in
        let state = FileState(path)
        return !own.contains { $0.isSameFile(as: state) } && !path.pathName.hasPrefix(spools)
      }
      if matches.isEmpty { return [Artifact(path: nil, name: text)] }
      return matches.map { Artifact(path: $0, name: Self.name($0)) }
    }
  }

  struct Artifact {
    /// Nil where nothing matches.
    let path: String?
    /// Empty for a folder without a name of its own, such as `.`: what is in it stands at the top.
    let name: String
  }

  /// Below the folder that it stands in, wherever that is.
  private static func name(_ path: String) -> String {
    let parts = path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    return parts.drop { [".", ".."].contains(named: $0) }.joined(separator: "/")
  }

  /// What the weights are before the command starts.
  func watch() -> WeightsWatch { WeightsWatch(patterns: weights.map { FilePattern($0) }) }
}

/// Files of weights, before and after a command.
struct WeightsWatch {
  private let patterns: [FilePattern]
  private let before: [(path: String, state: FileState)]

  init(patterns: [FilePattern]) {
    self.patterns = patterns
    before = patterns.flatMap { $0.matches() }.compactMap { path in FileState(path).map { (path, $0) } }
  }

  enum Found {
    /// The command wrote it.
    case written(String)
    /// It is what it was before.
    case untouched(String)
    case missing(String)
  }

  /// What the command left, in the order in which it was written.
  func found() -> [Found] {
    var written: [(path: String, state: FileState)] = []
    var others: [Found] = []
    for pattern in patterns {
      let matches = pattern.matches()
      if matches.isEmpty { others.append(.missing(pattern.text)) }
      let new = matches.compactMap { path in FileState(path).map { (path: path, state: $0) } }.filter { path, state in
        !before.contains { $0.path.hasSameBytes(as: path) && $0.state == state }
      }
      if new.isEmpty, let first = matches.first { others.append(.untouched(first)) }
      written += new.filter { path, _ in !written.contains { $0.path.hasSameBytes(as: path) } }
    }
    return written.sorted { $0.state.modified.lexicographicallyPrecedes($1.state.modified) }.map { .written($0.path) } + others
  }
}
