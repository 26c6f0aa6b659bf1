internal import Tensors

/// What the store refuses, in words that any door can show: the program, a server, a library's caller.
///
///     param 'lr' of run 7 in registry.db: it is 0.1 already, and never changes (given: 0.2)
public struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of failure it is: what a door makes an exit code or a status of.
  public enum Code: String, Sendable {
    /// A value that can't be: an empty name, a path with `..`.
    case illegalValue
    case notFound
    /// Something else has the name, or another value stands there.
    case conflict
    /// It can't be done in the state that things are in: a run that has ended, an experiment that is deleted.
    case refused
    /// What is read became something else meanwhile.
    case changed
  }

  public let code: Code
  /// What it is about: `param 'lr' of run 7`.
  public let subject: String
  /// What is wrong with it, as the end of a sentence about the subject.
  public let message: String
  /// The registry; empty for what isn't in one, such as a file of the disk.
  public let path: String
  /// What could be done instead: names that are there, or a few words.
  public let suggestions: [String]

  public init(_ code: Code, _ subject: String, _ message: String, path: String, suggestions: [String] = []) {
    self.code = code
    self.subject = subject
    self.message = message
    self.path = path
    self.suggestions = suggestions
  }

  public var description: String { path.isEmpty ? "\(subject): \(message)" : "\(subject) in \(path): \(message)" }

  public static func == (a: StoreError, b: StoreError) -> Bool {
    a.code == b.code
      && [a.subject, a.message, a.path].hasSameNames(as: [b.subject, b.message, b.path]) && a.suggestions.hasSameNames(as: b.suggestions)
  }

  /// A run that another program logged can neither be resumed nor reproduced.
  package static func notTrainedHere(run: Int, path: String) -> StoreError {
    StoreError(
      .refused, "run \(run)", "another program logged it: it was not trained here, so nothing says how to train it again", path: path)
  }
}
