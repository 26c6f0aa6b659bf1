// Where a line says that the training stands.

extension DefaultLine {
  /// `Epoch 3/10`, `Epoch [1/5], Step [100/600]`, `Epoch: [0][10/5005]`, `epoch 001: 10 / 1000`, `step=7`, `Iteration 3 of 10`.
  mutating func findSteps() {
    for index in tokens.indices where tokens[index].kind == .word {
      guard let meaning = Words.step(word(index)), let number = numberOfStep(behind: index) else { continue }
      var end = number
      let value = tokens[number].value
      var total = Token.count(tokens[number].total)
      if let (whole, last) = totalBehind(number) { (total, end) = (whole, last) }
      if kind(end + 1) == .close { end += 1 }
      switch meaning {
      case .epoch:
        guard finding.epoch == nil, value >= 0, value < 1e15 else { continue }
        finding.epoch = value
        end = stepBehindEpoch(end)
      case .step, .global:
        guard let count = tokens[number].count, finding.step == nil || meaning == .global else { continue }
        (finding.step, finding.total, finding.isGlobal) = (count, total.flatMap { $0 > 0 ? $0 : nil }, meaning == .global)
      }
      consume(index...end)
    }
  }

  /// The number that a word like `epoch` counts by.
  private func numberOfStep(behind index: Int) -> Int? {
    var next = index + 1
    while next <= index + 3, let kind = kind(next), [.colon, .equals, .hash, .dash, .open].contains(kind) { next += 1 }
    guard let kind = kind(next), kind == .number || kind == .fraction, !tokens[next].value.isNaN else { return nil }
    return next
  }

  /// `of 10`, `/ 10`.
  private func totalBehind(_ index: Int) -> (total: Int, end: Int)? {
    guard kind(index) == .number, kind(index + 2) == .number, let total = tokens[index + 2].count else { return nil }
    let isOf = kind(index + 1) == .word && word(index + 1).elementsEqual("of".utf8)
    let isSlash = kind(index + 1) == .separator && word(index + 1).elementsEqual("/".utf8)
    return isOf || isSlash ? (total, index + 2) : nil
  }

  /// The step that stands right behind an epoch: `[10/5005]`, `: 10 / 1000`.
  private mutating func stepBehindEpoch(_ end: Int) -> Int {
    guard let opening = kind(end + 1), opening == .open || opening == .colon, let step = kind(end + 2),
      step == .number || step == .fraction,
      let count = tokens[end + 2].count
    else { return end }
    var (total, last) = (Token.count(tokens[end + 2].total) ?? 0, end + 2)
    if let (whole, behind) = totalBehind(last) { (total, last) = (whole, behind) }
    // `epoch 3: 0.5` has a number that is none of these.
    guard opening == .open ? kind(last + 1) == .close : total > 0 else { return end }
    if finding.step == nil { (finding.step, finding.total) = (count, total > 0 ? total : nil) }
    return opening == .open ? last + 1 : last
  }

  /// `[3/10]` and `[640/60000 (1%)]` anywhere; at the start also `[7]`, `[1, 2000]`, `[0/5][10/1583]`, `(3/10)` and CatBoost's `7:`.
  mutating func findStart() {
    if !isBar, kind(0) == .number, kind(1) == .colon, tokens[0].isInteger, line.indices.contains(tokens[1].end),
      line[tokens[1].end] == 0x09,
      let count = tokens[0].count, finding.step == nil
    {
      finding.step = count
      consume(0...1)
    }
    for index in tokens.indices where tokens[index].kind == .open {
      guard let first = kind(index + 1), first == .number || first == .fraction, tokens[index + 1].isInteger,
        let count = tokens[index + 1].count, count >= 0
      else { continue }
      let isSquare = line[tokens[index].start] == UInt8(ascii: "[")
      let isStart = index == 0
      if first == .fraction, isSquare || isStart {
        let total = Token.count(tokens[index + 1].total) ?? 0
        var end = index + 2
        if kind(end) == .open, kind(end + 1) == .percent, kind(end + 2) == .close { end += 3 }
        guard kind(end) == .close else { continue }
        // Two at the start are an epoch and a step.
        if isStart, finding.epoch == nil, kind(end + 1) == .open, kind(end + 2) == .fraction {
          finding.epoch = Double(count)
        } else if finding.step == nil {
          (finding.step, finding.total) = (count, total > 0 ? total : nil)
        }
        consume(index...end)
      } else if first == .number, isStart, isSquare, finding.step == nil {
        if kind(2) == .close, tokens.count > 3 {
          finding.step = count
          consume(0...2)
        } else if kind(2) == .comma, kind(3) == .number, kind(4) == .close, let step = tokens[3].count {
          (finding.epoch, finding.step) = (Double(count), step)
          consume(0...4)
        }
      }
    }
  }
}
