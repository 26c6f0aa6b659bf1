// Progress bars, which are drawn again and again.

extension DefaultLine {
  /// tqdm's `42%|████▏     | 42/100 [00:01<00:02, 28.1it/s, loss=0.3]` and `450it [00:10, 45.0it/s]`, Keras's
  /// `938/938 ━━━━━━━━ 3s 3ms/step - loss: 0.2`, `938/938 [=====>...] - 3s - loss: 0.2` and `938/938 - 3s - loss: 0.2`, and Rich's.
  mutating func findBar(stream: Int, isRefresh: Bool) {
    guard let (start, position, end) = bar() else { return }
    let token = tokens[position]
    var count = token.count
    if token.kind == .measured { count = Int(String(decoding: word(position).prefix { $0.isDigit }, as: UTF8.self)) }
    let total = token.kind == .fraction ? Token.count(token.total) ?? 0 : 0
    finding.source = .bar(stream, description: description(upTo: start), total: total)
    (finding.step, finding.total) = (count, total > 0 ? total : nil)
    finding.isFinal = !isRefresh && (total == 0 || count == total)
    consume(start...end)
    // What is printed behind tqdm's bracket is no part of the bar.
    if kind(end + 1) == .open, let close = closing(end + 1) { tokens.removeSubrange((close + 1)...) }
  }

  private func closing(_ open: Int) -> Int? {
    var depth = 0
    for index in tokens[open...].indices {
      if tokens[index].kind == .open { depth += 1 }
      if tokens[index].kind == .close { depth -= 1 }
      if depth == 0 { return index }
    }
    return nil
  }

  /// Where a bar begins, what says how far it is, and where the part ends that has no names.
  private func bar() -> (start: Int, position: Int, end: Int)? {
    for index in tokens.indices {
      switch tokens[index].kind {
      case .percent:
        if kind(index + 1) == .fraction, kind(index + 2) == .open { return (index, index + 1, index + 1) }
        guard kind(index + 1) == .pipe, let pipe = tokens[(index + 2)...].firstIndex(where: { $0.kind == .pipe }) else { continue }
        guard let position = kind(pipe + 1), [.fraction, .number, .measured].contains(position) else { continue }
        return (index, pipe + 1, pipe + 1)
      case .measured:
        // `450it [`, with the time in the bracket.
        guard kind(index + 1) == .open, kind(index + 2) == .measured, word(index).hasIterations else { continue }
        return (index, index, index)
      case .fraction:
        if kind(index + 1) == .bar { return (index, index, lastDrawn(from: index + 1)) }
        if kind(index - 1) == .bar { return (firstDrawn(before: index), index, index) }
        guard index == 0 else { continue }
        if kind(1) == .dash { return (0, 0, 1) }
        let next = tokens.indices.contains(2) ? line[tokens[2].start] : 0
        if kind(1) == .open, next == UInt8(ascii: "=") || next == UInt8(ascii: ">") || next == UInt8(ascii: ".") {
          return (0, 0, tokens[1...].firstIndex { $0.kind == .close } ?? 1)
        }
      default: continue
      }
    }
    return nil
  }

  private func firstDrawn(before index: Int) -> Int {
    var start = index
    while kind(start - 1) == .bar { start -= 1 }
    return start
  }

  private func lastDrawn(from index: Int) -> Int {
    var end = index
    while kind(end + 1) == .bar { end += 1 }
    return end
  }

  /// What stands before the bar, without its numbers (FNV-1a).
  private func description(upTo index: Int) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in line[..<tokens[index].start] where byte.isLetter || byte >= 0x80 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: hash)
  }
}

extension ArraySlice<UInt8> {
  /// `450it`.
  fileprivate var hasIterations: Bool { suffix(2).elementsEqual("it".utf8) && dropLast(2).allSatisfy(\.isDigit) && count > 2 }
}
