import ModelRegistry

/// What is said while a training runs: the tutorial's lines on standard output, digit for digit as Python prints them, and on
/// standard error, once it takes over a second, where it stands.
struct TrainingReport {
  private let printsLines: Bool
  /// Whether it is said where a resumed run goes on.
  private let remarks: Bool
  private let showsProgress: Bool
  /// Whether a loss that isn't finite is warned of, the first one.
  private var warnsOfLoss: Bool
  private var epochs: Int
  private var lineInterval: Int
  /// The epoch that it begins with.
  private var first = 0
  private var hasWarned = false
  private let start = ContinuousClock.now
  private var lastShown: ContinuousClock.Instant?
  private var trainLoss = Double.nan

  /// The losses that are printed at most.
  private static let mostLines = 40
  private static let patience = Duration.seconds(1)
  private static let warnAfter = Duration.seconds(5)
  private static let progressInterval = Duration.milliseconds(100)

  init(printsLines: Bool, remarks: Bool = true, showsProgress: Bool, warnsOfLoss: Bool, epochs: Int) {
    self.printsLines = printsLines
    self.remarks = remarks
    self.showsProgress = showsProgress
    self.warnsOfLoss = warnsOfLoss
    self.epochs = epochs
    lineInterval = Self.lineInterval(epochs: epochs)
  }

  /// The epochs between two printed losses: 100, as in the tutorial; where that would be more than forty lines, the next of 200, 500,
  /// 1000, 2000, …
  static func lineInterval(epochs: Int) -> Int {
    // Steps of 2, 2.5 and 2 lead from a power of ten to the next.
    var (interval, turn) = (100, 0)
    while (epochs - 1) / interval >= mostLines {
      interval = turn % 3 == 1 ? interval / 2 * 5 : interval * 2
      turn += 1
    }
    return interval
  }

  mutating func take(_ event: TrainingEvent) throws {
    switch event {
    case .started(let loss): try line("Before Training, test loss is \(loss.pythonText)")
    case .epoch(let epoch, let loss):
      trainLoss = loss
      warn(of: loss, "the train loss became \(loss.shortText) at epoch \(epoch)")
      if epoch % lineInterval == 0 { try line("Train loss at \(epoch) is \(loss.pythonText)") }
      showProgress(epoch + 1)
    case .evaluated(let epoch, let loss): warn(of: loss, "the test loss became \(loss.shortText) after epoch \(epoch)")
    case .resumed(let run, let epoch, let epochs):
      self.epochs = epochs
      lineInterval = Self.lineInterval(epochs: epochs)
      first = epoch
      if remarks { Streams.note("Run \(run) goes on after \(epoch) of \(epochs) epochs.") }
    case .waiting(let time):
      guard !hasWarned, time > Self.warnAfter else { return }
      hasWarned = true
      end()
      Streams.note(
        "Warning: the registry has been locked by another process for \(time.components.seconds) s; still trying to store the result.")
    case .trained(let loss):
      warn(of: loss, "the test loss became \(loss.shortText)")
      try line("After Training, test loss is \(loss.pythonText)")
    }
  }

  /// Takes the progress off the screen.
  mutating func end() {
    if lastShown != nil { Streams.progress("") }
    lastShown = nil
  }

  /// Says once that a loss isn't finite: the training goes on, and what it gives is stored as it is.
  mutating func warn(of loss: Double, _ sentence: @autoclosure () -> String) {
    guard warnsOfLoss, !loss.isFinite else { return }
    warnsOfLoss = false
    end()
    Streams.note("Warning: \(sentence()); it is stored as it is.\n  hint: a lower --learning-rate")
  }

  private mutating func line(_ text: String) throws {
    guard printsLines else { return }
    end()
    try Streams.proseUnlessGone(text + "\n")
  }

  private mutating func showProgress(_ done: Int) {
    guard showsProgress else { return }
    let now = ContinuousClock.now
    guard now - start > Self.patience, lastShown.map({ now - $0 > Self.progressInterval }) ?? true else { return }
    lastShown = now
    Streams.progress(Self.progress(done, of: epochs, from: first, trainLoss: trainLoss, seconds: (now - start) / .seconds(1)))
  }

  /// `epoch 250/1000, loss 0.693147, 500 epochs/s, 2 s left`.
  static func progress(_ done: Int, of epochs: Int, from first: Int = 0, trainLoss: Double, seconds: Double) -> String {
    let rate = Double(done - first) / seconds
    let left = duration(Double(epochs - done) / rate)
    return "epoch \(done)/\(epochs), loss \(trainLoss.shortText), \(rate.shortRate) epochs/s, \(left) left"
  }

  private static func duration(_ seconds: Double) -> String {
    guard seconds < 360_000 else { return "days" }
    let whole = Int(seconds.rounded(.up))
    if whole < 100 { return "\(whole) s" }
    if whole < 6000 { return "\(whole / 60) min" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}

extension Double {
  /// Whole numbers from ten on, below that with one decimal.
  fileprivate var shortRate: String { self < 10 ? "\((self * 10).rounded() / 10)" : "\(Int(min(self, 1e15).rounded()))" }

  /// As Python's repr: Swift's own digits, and its names for what isn't finite.
  fileprivate var pythonText: String { isFinite ? "\(self)" : isNaN ? "nan" : self > 0 ? "inf" : "-inf" }
}
