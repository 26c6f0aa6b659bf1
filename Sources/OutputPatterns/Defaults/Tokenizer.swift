/// Cuts a line into tokens, in one pass.
struct Tokenizer {
  /// What stands behind so many tokens isn't looked at.
  static let most = 1 << 15

  private let line: [UInt8]
  private var place = 0
  private var blanks = 0
  private var tokens: [Token] = []
  /// Whether a parenthesis without an end was met: none is skipped behind it.
  private var isUnbalanced = false

  private init(_ line: [UInt8]) { self.line = line }

  static func tokens(_ line: [UInt8]) -> [Token] {
    var tokenizer = Tokenizer(line)
    tokenizer.run()
    return tokenizer.tokens
  }

  private func at(_ index: Int) -> UInt8 { index >= 0 && index < line.count ? line[index] : 0 }

  private mutating func add(_ kind: Token.Kind, from start: Int, to end: Int) {
    tokens.append(Token(kind, start, end, blanks: blanks))
    blanks = 0
    place = end
  }

  private mutating func run() {
    while place < line.count, tokens.count < Self.most {
      let byte = line[place]
      switch byte {
      case 0x20:
        blanks += 1
        place += 1
      case 0x09:
        blanks += 2
        place += 1
      // Quotes around names and numbers say nothing.
      case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"): place += 1
      case UInt8(ascii: ":"): add(.colon, from: place, to: place + 1)
      case UInt8(ascii: "="):
        // A rule, an arrow or a comparison is no assignment.
        let isSingle = at(place + 1) != byte && at(place - 1) != byte && at(place + 1) != UInt8(ascii: ">")
        add(isSingle ? .equals : .separator, from: place, to: place + 1)
      case UInt8(ascii: ","): add(.comma, from: place, to: place + 1)
      case UInt8(ascii: "("), UInt8(ascii: "["): add(.open, from: place, to: place + 1)
      case UInt8(ascii: ")"), UInt8(ascii: "]"): add(.close, from: place, to: place + 1)
      case UInt8(ascii: "{"), UInt8(ascii: "}"): add(.brace, from: place, to: place + 1)
      case UInt8(ascii: "|"): add(.pipe, from: place, to: place + 1)
      case UInt8(ascii: "#"): add(.hash, from: place, to: place + 1)
      case UInt8(ascii: "-"), UInt8(ascii: "+"):
        if startsSigned, let number = NumberText(line, at: place) {
          add(number)
        } else {
          add(byte == UInt8(ascii: "-") ? .dash : .separator, from: place, to: place + 1)
        }
      // The point of an abbreviation: `Avg. loss`.
      case UInt8(ascii: ".") where !at(place + 1).isDigit:
        if tokens.last?.kind == .word, let last = tokens.last, last.end == place, last.end - last.start <= 4, at(place + 1) == 0x20 {
          place += 1
        } else {
          add(.separator, from: place, to: place + 1)
        }
      case UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: "9"):
        if let number = NumberText(line, at: place) {
          add(number)
        } else {
          add(.measured, from: place, to: endOfMeasure(from: place + 1))
        }
      case _ where byte.isLetter || byte == UInt8(ascii: "_") || byte >= 0x80:
        if let end = endOfDrawing(at: place) {
          drawing(to: end)
        } else if let number = NumberText(line, at: place) {
          add(number)
        } else {
          word()
        }
      default: add(.separator, from: place, to: place + 1)
      }
    }
  }

  /// Whether a sign here is a number's: `loss=-0.5`, not `3-5`.
  private var startsSigned: Bool {
    let before = at(place - 1)
    return !(before.isLetter || before.isDigit || before == UInt8(ascii: "_") || before == UInt8(ascii: ")"))
  }

  // MARK: Numbers

  private mutating func add(_ number: NumberText) {
    var token = Token(.number, place, number.end, blanks: blanks)
    (token.value, token.isInteger) = (number.value, number.isInteger)
    blanks = 0
    classify(&token)
    tokens.append(token)
    place = token.end
  }

  /// Reads what stands at a number.
  private func classify(_ token: inout Token) {
    let next = at(token.end)
    switch next {
    case UInt8(ascii: "%"): (token.kind, token.end) = (.percent, token.end + 1)
    case 0x20 where at(token.end + 1) == UInt8(ascii: "%") && at(token.end + 2) != UInt8(ascii: "|"):
      (token.kind, token.end) = (.percent, token.end + 2)
    case UInt8(ascii: "/") where at(token.end + 1).isDigit || at(token.end + 1) == UInt8(ascii: "?"): fraction(&token)
    case UInt8(ascii: "/") where line[token.end...].starts(with: "/Unknown".utf8):
      (token.kind, token.end) = (.fraction, token.end + 8)
    // A time, a date or range, a version.
    case UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "."):
      if at(token.end + 1).isDigit { measure(&token) }
    // The deviation behind a mean: XGBoost's `0.5+0.01`.
    case UInt8(ascii: "+"):
      if let deviation = NumberText(line, at: token.end) { token.end = deviation.end }
    // `1,234` and `0,25` are a thousand, a decimal comma or two numbers.
    case UInt8(ascii: ","): if at(token.end + 1).isDigit { measure(&token) }
    case UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "^"), UInt8(ascii: "*"): measure(&token)
    case _ where next.isLetter: measure(&token)
    case 0x80...: if endOfDrawing(at: token.end) == nil { measure(&token) }
    default: break
    }
  }

  private func fraction(_ token: inout Token) {
    if at(token.end + 1) == UInt8(ascii: "?") {
      (token.kind, token.end) = (.fraction, token.end + 2)
      return
    }
    guard let total = NumberText(line, at: token.end + 1), total.isInteger, token.isInteger,
      !at(total.end).isLetter, at(total.end) != UInt8(ascii: "/"), at(total.end) != UInt8(ascii: "-")
    else { return measure(&token) }
    (token.kind, token.end, token.total) = (.fraction, total.end, total.value)
  }

  private func measure(_ token: inout Token) {
    token.kind = .measured
    token.end = endOfMeasure(from: token.end)
  }

  /// Behind a unit, a date, a time: up to a blank or what parts it from the rest.
  private func endOfMeasure(from start: Int) -> Int {
    var end = start
    while end < line.count, !line[end].isBlank, !",;|)]}('\"<[".utf8.contains(line[end]) || line[end] == 0x2c && at(end + 1).isDigit {
      if line[end] >= 0x80, endOfDrawing(at: end) != nil { break }
      end += 1
    }
    return max(end, min(start + 1, line.count))
  }

  // MARK: Words

  private mutating func word() {
    let start = place
    var slashes = 0
    while place < line.count {
      let byte = line[place]
      if byte == UInt8(ascii: "/") { slashes += 1 }
      if byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_") {
        place += 1
      } else if byte >= 0x80 {
        if endOfDrawing(at: place) != nil { break }
        place += 1
      } else if "-/.@&".utf8.contains(byte), at(place + 1).isLetter || at(place + 1).isDigit || at(place + 1) == UInt8(ascii: "_") {
        // `epoch-3` and `step/100` are a word and a number.
        if at(place + 1).isDigit, Words.step(line[start..<place]) != nil { break }
        place += 1
      } else if byte == UInt8(ascii: "'"), at(place + 1) == UInt8(ascii: "s"), at(place + 2) == 0x20 {
        place += 2
      } else {
        break
      }
    }
    let end = place
    // A path or an address names no number.
    if slashes > 2 || at(start - 1) == UInt8(ascii: "/") { return add(.separator, from: start, to: end) }
    guard at(end) == UInt8(ascii: "(") else { return add(.word, from: start, to: end) }
    // What stands in a call are arguments: `Linear(in_features=2)`; except where it is how a number prints: `tensor(0.5)`.
    if Words.wrapsNumber(line[start..<end]), let number = NumberText(line, at: end + 1) {
      add(number)
      tokens[tokens.count - 1].end = endOfGroup(at: end) ?? tokens[tokens.count - 1].end
      place = tokens[tokens.count - 1].end
      return
    }
    add(.word, from: start, to: end)
    guard let close = endOfGroup(at: end) else { return }
    // `Epoch(train) [3]` is a step all the same.
    if Words.step(line[start..<end]) == nil { add(.separator, from: end, to: close) }
    place = close
  }

  /// Behind the parenthesis that closes the one at a place.
  private mutating func endOfGroup(at start: Int) -> Int? {
    if isUnbalanced { return nil }
    var depth = 0
    var end = start
    while end < line.count {
      if line[end] == UInt8(ascii: "(") { depth += 1 }
      if line[end] == UInt8(ascii: ")") { depth -= 1 }
      end += 1
      if depth == 0 { return end }
    }
    isUnbalanced = true
    return nil
  }

  // MARK: Bars

  /// Behind a character of bars, frames or bullets (U+2022, U+2500–U+259F, U+2800–U+28FF); nil for any other.
  private func endOfDrawing(at place: Int) -> Int? {
    guard at(place) == 0xe2 else { return nil }
    switch at(place + 1) {
    case 0x94, 0x95, 0x96, 0xa0...0xa3: return min(place + 3, line.count)
    case 0x80 where at(place + 2) == 0xa2: return min(place + 3, line.count)
    default: return nil
    }
  }

  private mutating func drawing(to end: Int) {
    if tokens.last?.kind == .bar, blanks == 0 {
      tokens[tokens.count - 1].end = end
      place = end
    } else {
      add(.bar, from: place, to: end)
    }
  }
}
