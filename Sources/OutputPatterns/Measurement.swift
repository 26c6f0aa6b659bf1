/// A number that the output of a command names, at its step.
public struct Measurement: Sendable, Equatable {
  public let key: String
  public let step: Int
  public let value: Double
  /// When its line was read, in milliseconds since 1970.
  public let time: Int64

  public init(key: String, step: Int, value: Double, time: Int64 = 0) {
    (self.key, self.step, self.value, self.time) = (key, step, value, time)
  }
}

/// What one line says: where the training stands, and numbers with their names.
struct Finding {
  /// Who prints the line; of what one source shows again and again at a step, the last counts.
  enum Source: Hashable {
    /// A line for itself.
    case line
    /// A line that is replaced by the next one: of this stream.
    case refresh(Int)
    /// A progress bar: of this stream, with a hash of its description, and how far it goes.
    case bar(Int, description: Int, total: Int)
    /// A line of a pattern that is replaced by the next one.
    case pattern(Int)
  }

  struct Value: Equatable {
    let key: [UInt8]
    let value: Double

    func hasSameName(as other: Value) -> Bool { key.elementsEqual(other.key) }
  }

  var source: Source
  /// Of a line: whose lines it may end.
  let replaces: Source?
  /// The epoch, which may be a fraction.
  var epoch: Double?
  /// The step, iteration or batch, and how many there are.
  var step: Int?
  var total: Int?
  /// Whether the step counts on from epoch to epoch.
  var isGlobal = false
  /// Whether a bar is full and its line has ended.
  var isFinal = false
  var values: [Value] = []

  /// Of a line that is done, or is going to be replaced by the next one of the same source.
  init(of source: Source, isRefresh: Bool) { (self.source, replaces) = (isRefresh ? source : .line, source) }

  var isEmpty: Bool { values.isEmpty && epoch == nil && step == nil }
}
