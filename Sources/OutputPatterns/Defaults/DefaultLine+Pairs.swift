// Names with their numbers.

extension DefaultLine {
  /// More pairs than this on a line are a table or a dictionary of something else.
  private static let mostPairs = 100
  private static let longestKey = 100

  private struct Pair {
    let key: [UInt8]
    let value: Double
    let isMeasure: Bool
    let isDecimal: Bool
    let isSetting: Bool
  }

  func pairs() -> [Finding.Value] {
    var reader = PairReader(line: self)
    return reader.read()
  }

  /// Goes through the tokens once.
  private struct PairReader {
    let line: DefaultLine
    /// The words since something parted them, and the `:` or `=` behind them.
    var words: [Int] = []
    var assignment: Int?
    /// The part of the data that the line is about: `train`, `Test set`.
    var split: [UInt8]?
    var pairs: [Pair] = []
    /// Whether the line has anything but pairs.
    var hasMore = false

    init(line: DefaultLine) { self.line = line }

    mutating func read() -> [Finding.Value] {
      let tokens = line.tokens
      for index in tokens.indices {
        switch tokens[index].kind {
        case .word:
          if assignment != nil || tokens[index].blanks >= 2 && !words.isEmpty { part() }
          words.append(index)
        case .colon, .equals:
          if words.isEmpty || assignment != nil { part() } else { assignment = index }
        case .bar: if words.count != 1 || assignment != nil { part() }
        case .number, .percent, .fraction:
          take(index)
          (words, assignment) = ([], nil)
        case .measured:
          hasMore = true
          (words, assignment) = ([], nil)
        case .brace:
          hasMore = true
          part()
        default: part()
        }
      }
      part()
      return chosen()
    }

    /// Something parts the words from what follows.
    private mutating func part() {
      if !words.isEmpty {
        hasMore = true
        if words.count <= 2, let named = words.first(where: { isSplit($0) }) { split = line.word(named).map(\.lowercased) }
      }
      (words, assignment) = ([], nil)
    }

    private func isSplit(_ index: Int) -> Bool {
      let parts = Words.parts(line.word(index))
      return parts.count == 1 && Words.isSplit(parts)
    }

    private mutating func take(_ index: Int) {
      guard let pair = pair(index) else {
        hasMore = true
        return
      }
      pairs.append(pair)
    }

    /// The pair that a number ends; nil where it is none.
    private mutating func pair(_ index: Int) -> Pair? {
      let token = line.tokens[index]
      guard let last = words.last else { return nil }
      let all = words.map { Words.parts(line.word($0)) }
      guard let parts = all.last else { return nil }
      let isMeasure = Words.isMeasure(parts) || words.count > 1 && isLearningRate(all)
      if all.contains(where: { Words.isTime($0) }) || Words.isFact(parts) && !isMeasure { return nil }
      guard let value = value(token, parts), isAlone(index, isExplicit: assignment != nil) else { return nil }
      let isLoose = assignment == nil
      if isLoose, !isMeasure || !line.hasStep && token.isInteger { return nil }
      // `Error: 404` is a message.
      if token.isInteger, !line.hasStep, words.count == 1, parts.count == 1, line.word(last).map(\.lowercased).starts(with: "err".utf8) {
        return nil
      }
      guard let phrase = phrase(all, isMeasure: isMeasure, isLoose: isLoose) else { return nil }
      let key = name(phrase, isMeasure: isMeasure)
      guard key.count <= DefaultLine.longestKey, key.contains(where: { $0.isLetter || $0 >= 0x80 }) else { return nil }
      return Pair(
        key: key, value: value, isMeasure: isMeasure, isDecimal: !token.isInteger && token.kind == .number,
        isSetting: Words.isSetting(parts))
    }

    private func isLearningRate(_ all: [[[UInt8]]]) -> Bool {
      let words = all.suffix(2).flatMap { $0 }.map { String(decoding: $0, as: UTF8.self) }
      return ["learning rate", "error rate"].contains(words.joined(separator: " "))
    }

    private func value(_ token: Token, _ parts: [[UInt8]]) -> Double? {
      switch token.kind {
      case .percent: Words.isShare(parts) ? token.value : nil
      case .fraction:
        Words.isShare(parts) && token.total >= 1 && token.value >= 0 && token.value <= token.total ? token.value / token.total : nil
      default: token.value
      }
    }

    /// Whether no unit stands behind a number and no sentence goes on.
    private func isAlone(_ index: Int, isExplicit: Bool) -> Bool {
      guard line.kind(index + 1) == .word else { return true }
      let token = line.tokens[index]
      if Words.isUnit(line.word(index + 1)) { return false }
      if line.tokens[index + 1].blanks >= 2 || startsPair(index + 1) { return true }
      return isExplicit && !token.isInteger
    }

    /// Whether words from here on have a number.
    private func startsPair(_ start: Int) -> Bool {
      for index in start..<start + 4 {
        switch line.kind(index) {
        case .word: if Words.isSeparating(Words.parts(line.word(index))) { return false }
        case .colon, .equals: return index > start
        case .number, .percent, .fraction:
          guard index > start else { return false }
          let parts = Words.parts(line.word(index - 1))
          return Words.isMeasure(parts) || Words.isTime(parts)
        // A step: it was taken out.
        case .separator: return index == start
        default: return false
        }
      }
      return false
    }

    /// The words that name the number, by their places among `words`; nil where they are a sentence.
    private func phrase(_ all: [[[UInt8]]], isMeasure: Bool, isLoose: Bool) -> ArraySlice<Int>? {
      if words.count == 1 { return words[...] }
      guard isMeasure else { return nil }
      let isSentence = all.contains { Words.isSeparating($0) }
      var start = words.count - 1
      while start > 0, Words.isAdjective(all[start - 1]) || Words.isMeasure(all[start - 1]) { start -= 1 }
      if isLoose, start > 0 {
        guard line.hasStep, !isSentence, words.count <= 3 else { return nil }
      }
      return words.count <= 3 && !isSentence ? words[...] : words[start...]
    }

    /// `train_loss` of `Train Loss`, and of a `Loss` behind `Train`.
    private mutating func name(_ phrase: ArraySlice<Int>, isMeasure: Bool) -> [UInt8] {
      var words = phrase.map { line.word($0).map(\.lowercased).filter { $0 != UInt8(ascii: "'") } }
      for index in words.indices where line.word(phrase[phrase.startIndex + index]).contains(UInt8(ascii: "'")) {
        words[index].removeLast()
      }
      let parts = phrase.map { Words.parts(line.word($0)) }
      if parts.contains(where: { Words.isSplit($0) }) {
        if phrase.count > 1, let named = phrase.first(where: { isSplit($0) }) { split = line.word(named).map(\.lowercased) }
      } else if isMeasure, let split, !parts.contains(where: { $0.contains { Self.unsplit.contains($0) } }) {
        words.insert(split, at: 0)
      }
      return Array(words.joined(separator: [UInt8(ascii: "_")]))
    }

    /// Of the whole training, whichever part of the data a line is about.
    private static let unsplit: Set<[UInt8]> = Set(["lr", "rate", "norm", "gnorm"].map { Array($0.utf8) })

    private func chosen() -> [Finding.Value] {
      guard pairs.count <= DefaultLine.mostPairs else { return [] }
      let hasMeasure = pairs.contains(where: \.isMeasure)
      var known: Set<[UInt8]> = []
      return pairs.filter { pair in
        let isMetric = pair.isMeasure || line.hasStep || (hasMeasure || !hasMore) && pair.isDecimal && !pair.isSetting
        return isMetric && known.insert(pair.key).inserted
      }.map { Finding.Value(key: $0.key, value: $0.value) }
    }
  }
}
