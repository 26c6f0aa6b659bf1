/// One line of progress on standard error, renewed ten times a second, and only where somebody watches: on a terminal.
struct ProgressLine: ~Copyable {
  private let isShown = Streams.errorIsTerminal
  private var last = ContinuousClock.now
  private var isDirty = false

  /// Shows a step and, where the total is known, how far it is.
  mutating func show(_ step: String, _ done: Int, of total: Int) {
    let now = ContinuousClock.now
    guard isShown, now - last > .milliseconds(100) else { return }
    last = now
    isDirty = true
    Streams.progress(total > 0 ? "\(step) \(done) of \(total) (\(100 * min(done, total) / total) %)" : step)
  }

  deinit { if isDirty { Streams.progress("") } }
}
