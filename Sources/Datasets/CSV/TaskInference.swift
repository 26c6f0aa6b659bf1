/// Which task a target column was given or taken for, and why.
public struct TaskInference: Sendable, Hashable {
  /// The task that was given or inferred.
  public let task: LearningTask
  /// The target column's name.
  public let target: String
  /// What decided it.
  public let reason: Reason

  /// What can decide the task.
  public enum Reason: Sendable, Hashable {
    case given
    /// The two values.
    case twoValues(String, String)
    case texts(count: Int)
    case fewIntegers(count: Int)
    case numbers
  }

  /// At most this many different integers are taken for classes …
  public static let maximumIntegerClasses = 20
  /// … and each has to stand in this many rows on average.
  public static let minimumRowsPerIntegerClass = 5
}

extension TaskInference: CustomStringConvertible {
  /// `'target' has the two values 'benign' and 'malignant': binary`.
  public var description: String {
    switch reason {
    case .given: "'\(target)': \(task.rawValue), as given"
    case .twoValues(let first, let second): "'\(target)' has the two values '\(first)' and '\(second)': \(task.rawValue)"
    case .texts(let count): "'\(target)' has \(count) different texts: \(task.rawValue)"
    case .fewIntegers(let count): "'\(target)' has \(count) different integers: \(task.rawValue)"
    case .numbers: "'\(target)' is a number: \(task.rawValue)"
    }
  }
}
