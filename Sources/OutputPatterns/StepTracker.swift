/// Gives each number its step: what the line says, else where the training stands, else one more than the last of that name.
///
/// What a progress bar shows is settled only when it has moved on, or when it is full and nothing more comes: the last of a step counts.
struct StepTracker {
  /// Names beyond these are left out: they are no metrics, or nobody could look at them.
  static let nameLimit = 1000
  /// A bar of more iterations gives about so many rows of each name.
  static let mostRowsOfBar = 1000

  /// Where the lines say that the training stands.
  private var epoch: Int?
  private var step: Int?
  /// The epoch that a progress bar names: it is that of the lines around it, but not of other bars.
  private var epochOfBar: Int?
  /// Steps that begin anew in each epoch are counted on: what is added, and the last one seen.
  private var base = 0
  private var last: (epoch: Int, step: Int, total: Int?)?
  private var lastRows: [[UInt8]: (step: Int, value: Double)] = [:]
  /// Names whose epochs are fractions: their rows are counted.
  private var counted: Set<[UInt8]> = []
  private var slots: [Finding.Source: Slot] = [:]
  private var order: [Finding.Source] = []
  private var lastTime: Int64 = 0
  private var measurements: [Measurement] = []
  private(set) var hasTooManyNames = false

  /// What a source that shows itself again and again has shown last.
  private struct Slot {
    var step: Int?
    var values: [Finding.Value] = []
    var time: Int64 = 0
    var isSettled = true
    /// Whether the bar is full.
    var isDone = false
    /// Whether the step is an epoch's.
    var isOfEpoch = false
    /// Of a bar that begins anew: what is added to its position, and the last position.
    var base = 0
    var position = 0
  }

  /// What is certain since the last call.
  mutating func found() -> [Measurement] {
    defer { measurements.removeAll(keepingCapacity: true) }
    return measurements
  }

  mutating func take(_ finding: Finding, time: Int64) {
    if let fraction = finding.epoch, let whole = Token.count(fraction) {
      if case .bar = finding.source { epochOfBar = whole } else { enter(epoch: whole) }
    }
    lastTime = time
    switch finding.source {
    case .bar: takeBar(finding, time)
    case .refresh, .pattern: takeRefresh(finding, time)
    case .line:
      let step = replace(finding) ?? stepOfLine(finding)
      guard !finding.values.isEmpty else { return }
      if let fraction = finding.epoch, finding.step == nil { return logEpoch(finding, fraction, time) }
      log(finding.values, step ?? self.step ?? epochOfBar ?? epoch, time)
    }
  }

  /// Settles full bars when nothing has come for a second: they may be redrawn with more until then (Lightning's validation).
  mutating func settleDone(at time: Int64) {
    guard time - lastTime >= 1000 else { return }
    for source in order where slots[source]?.isDone == true { settle(source) }
  }

  mutating func settleAll() { for source in order { settle(source) } }

  private mutating func enter(epoch: Int) {
    guard epoch != self.epoch else { return }
    for source in order where slots[source]?.isOfEpoch == true { settle(source) }
    self.epoch = epoch
    (step, epochOfBar) = (nil, nil)
  }

  /// The step that a line names.
  private mutating func stepOfLine(_ finding: Finding) -> Int? {
    guard let count = finding.step else { return finding.epoch.flatMap { Token.count($0) } }
    guard !finding.isGlobal, let epoch = epochOfBar ?? epoch else {
      step = count
      return count
    }
    if let last, last.epoch != epoch, count <= last.step { base += last.total ?? last.step }
    last = (epoch, count, finding.total)
    // Lines without a step are the epoch's.
    step = nil
    return base + count
  }

  /// Hugging Face's fractions of epochs are no steps: such rows are counted, with the epoch beside them.
  private mutating func logEpoch(_ finding: Finding, _ epoch: Double, _ time: Int64) {
    let keys = finding.values.map(\.key)
    let isWhole = epoch == epoch.rounded() && !keys.contains { counted.contains($0) }
    if isWhole, let step = Token.count(epoch) { return log(finding.values, step, time) }
    counted.formUnion(keys)
    let step = (keys.compactMap { lastRows[$0]?.step }.max() ?? -1) + 1
    log(finding.values + [Finding.Value(key: Array("epoch".utf8), value: epoch)], step, time)
  }

  // MARK: What is shown again and again

  private mutating func takeRefresh(_ finding: Finding, _ time: Int64) {
    let step = finding.epoch.flatMap { Token.count($0) } ?? finding.step
    show(finding, step, isOfEpoch: finding.epoch != nil, time)
  }

  private mutating func takeBar(_ finding: Finding, _ time: Int64) {
    if let epoch = finding.epoch.flatMap({ Token.count($0) }) ?? epoch { return show(finding, epoch, isOfEpoch: true, time) }
    guard let position = finding.step else { return show(finding, nil, isOfEpoch: false, time) }
    var slot = slots[finding.source] ?? Slot()
    if position < slot.position { slot.base += finding.total ?? slot.position }
    slot.position = position
    remember(finding.source, slot)
    // The counter alone moved: the names still show what belongs to the step before.
    if !finding.values.isEmpty, finding.values == slot.values {
      slots[finding.source]?.isDone = finding.isFinal
      return
    }
    var stride = 1
    while max(finding.total ?? 0, position) / stride > Self.mostRowsOfBar { stride *= 2 }
    let step = slot.base + position
    // Of the steps between two rows the last counts.
    let isSame = slot.step.map { !slot.isSettled && $0 / stride == step / stride } ?? false
    if isSame { slots[finding.source]?.step = step }
    show(finding, step, isOfEpoch: false, time)
  }

  private mutating func show(_ finding: Finding, _ step: Int?, isOfEpoch: Bool, _ time: Int64) {
    var slot = slots[finding.source] ?? Slot()
    // A bar that begins again within an epoch is another one: Keras's evaluation.
    let position = finding.step ?? 0
    if slot.step != step || isOfEpoch && position < slot.position {
      settle(finding.source)
      (slot.values, slot.isSettled) = ([], true)
    }
    (slot.step, slot.isOfEpoch, slot.isDone) = (step, isOfEpoch, finding.isFinal)
    if isOfEpoch { slot.position = position }
    if !finding.values.isEmpty {
      // What was settled already isn't told twice.
      let isNew = !slot.isSettled || finding.values != slot.values
      slot.values = finding.values + slot.values.filter { old in !finding.values.contains { $0.hasSameName(as: old) } }
      if isNew { (slot.isSettled, slot.time) = (false, time) }
    }
    remember(finding.source, slot)
  }

  /// A line has come in the place of one that was shown: at the same step it is the last.  Gives the step, where it is the epoch as before.
  private mutating func replace(_ finding: Finding) -> Int? {
    guard let source = finding.replaces, let slot = slots[source], !slot.isSettled, !finding.values.isEmpty else { return nil }
    let epoch = slot.isOfEpoch ? finding.epoch.flatMap { Token.count($0) } : nil
    if slot.step == epoch ?? finding.step {
      slots[source]?.values.removeAll { old in finding.values.contains { $0.hasSameName(as: old) } }
    }
    settle(source)
    return epoch
  }

  /// Keeps a slot; of more than sixteen sources the oldest is settled and forgotten.
  private mutating func remember(_ source: Finding.Source, _ slot: Slot) {
    if slots.updateValue(slot, forKey: source) == nil {
      order.append(source)
      if order.count > 16 {
        settle(order[0])
        slots[order.removeFirst()] = nil
      }
    }
  }

  private mutating func settle(_ source: Finding.Source) {
    guard let slot = slots[source], !slot.isSettled else { return }
    slots[source]?.isSettled = true
    log(slot.values, slot.step, slot.time)
  }

  // MARK: Rows

  private mutating func log(_ values: [Finding.Value], _ step: Int?, _ time: Int64) {
    for value in values {
      let last = lastRows[value.key]
      if last == nil, lastRows.count >= Self.nameLimit {
        hasTooManyNames = true
        continue
      }
      let step = step ?? (last?.step ?? -1) + 1
      // What is said again is the same row: a bar that is drawn once more, LightGBM's best iteration.
      if let last, last.step == step, last.value.bitPattern == value.value.bitPattern { continue }
      lastRows[value.key] = (step, value.value)
      measurements.append(Measurement(key: String(decoding: value.key, as: UTF8.self), step: step, value: value.value, time: time))
    }
  }
}
