/// A piece of a line, as the default patterns see it.
struct Token: Equatable {
  enum Kind: Equatable {
    /// `loss`, `val_loss`, `train-logloss`, `Acc@1`, `training's`.
    case word
    /// A number that stands for itself: nothing of a unit, a date or a time behind it.
    case number
    /// `3/10`, `938/?`: how far of how many.
    case fraction
    /// `42%`, `54 %`.
    case percent
    /// A number with something at it: `3ms`, `12:30`, `2024-01-01`, `1.2.3`, `1,234`.
    case measured
    case colon
    case equals
    case comma
    case open
    case close
    /// A brace: the line may be a dictionary's.
    case brace
    /// Of a progress bar or the frame of a table: `━`, `█`, `│`.
    case bar
    /// `|`.
    case pipe
    case dash
    case hash
    /// Anything else that parts what stands on both sides.
    case separator
  }

  var kind: Kind
  let start: Int
  var end: Int
  /// Blanks before it; a tab counts as two.
  let blanks: Int
  var value = 0.0
  var isInteger = false
  /// Of a fraction: how many there are, 0 where that isn't known.
  var total = 0.0

  init(_ kind: Kind, _ start: Int, _ end: Int, blanks: Int) {
    (self.kind, self.start, self.end, self.blanks) = (kind, start, end, blanks)
  }
}

extension Token {
  /// A number that counts something; nil for fractions and for what is too large to be counted up to.
  var count: Int? { kind == .number || kind == .fraction ? Self.count(value) : nil }

  static func count(_ value: Double) -> Int? { value == value.rounded() && abs(value) < 1e15 ? Int(value) : nil }
}
