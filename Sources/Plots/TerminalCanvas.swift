/// A piece of a line for a terminal, in one colour.
public struct TerminalSpan: Sendable, Hashable {
  public var text: String
  /// An index into the palette; nil for the terminal's own colour.
  public var colour: Int?

  public init(_ text: String, colour: Int? = nil) {
    self.text = text
    self.colour = colour
  }
}

/// A line for a terminal; whoever prints it knows about colours and widths.
public typealias TerminalLine = [TerminalSpan]

/// A grid of characters: braille dots, 2 × 4 in each, or other characters over them.
struct TerminalCanvas {
  let width: Int
  let height: Int
  private var dots: [UInt32]
  private var characters: [Character?]
  private var colours: [Int?]

  init(width: Int, height: Int) {
    self.width = max(1, width)
    self.height = max(1, height)
    dots = [UInt32](repeating: 0, count: self.width * self.height)
    characters = [Character?](repeating: nil, count: dots.count)
    colours = [Int?](repeating: nil, count: dots.count)
  }

  /// Dots across and down.
  var dotColumns: Int { width * 2 }
  var dotRows: Int { height * 4 }

  /// Sets a dot; rows count from the top, and what is outside is nothing.
  mutating func dot(_ x: Int, _ y: Int, colour: Int?) {
    guard (0..<dotColumns).contains(x), (0..<dotRows).contains(y) else { return }
    let cell = y / 4 * width + x / 2
    // Unicode 16.0, chapter 21.
    dots[cell] |= [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]][x % 2][y % 4]
    colours[cell] = colour
  }

  /// A straight line of dots, those that `pattern` keeps of its columns.
  mutating func line(from a: (x: Int, y: Int), to b: (x: Int, y: Int), colour: Int?, pattern: LinePattern = .solid) {
    let steps = max(abs(b.x - a.x), abs(b.y - a.y))
    for step in 0...steps {
      func between(_ from: Int, _ to: Int) -> Int { steps == 0 ? from : from + ((to - from) * step * 2 + steps) / (2 * steps) }
      let x = between(a.x, b.x)
      if pattern.keeps(x) { dot(x, between(a.y, b.y), colour: colour) }
    }
  }

  /// Puts a character at a position from 0 to 1, from the lower left.
  mutating func put(_ character: Character, at position: Point, colour: Int?) {
    let (x, y) = (Int(position.x * Double(width)), Int((1 - position.y) * Double(height)))
    put(character, column: min(width - 1, max(0, x)), row: min(height - 1, max(0, y)), colour: colour)
  }

  mutating func put(_ character: Character, column: Int, row: Int, colour: Int?) {
    characters[row * width + column] = character
    colours[row * width + column] = colour
  }

  /// The dot at a position from 0 to 1.
  func place(_ position: Point) -> (x: Int, y: Int) {
    (Int((position.x * Double(dotColumns - 1)).rounded()), Int(((1 - position.y) * Double(dotRows - 1)).rounded()))
  }

  /// One row, neighbours of one colour together.
  func row(_ row: Int) -> TerminalLine {
    var line: TerminalLine = []
    for cell in row * width..<(row + 1) * width {
      let isEmpty = dots[cell] == 0 && characters[cell] == nil
      let character = characters[cell] ?? (isEmpty ? " " : Character(Unicode.Scalar(0x2800 + dots[cell]) ?? " "))
      let colour = isEmpty ? nil : colours[cell]
      if let last = line.indices.last, line[last].colour == colour {
        line[last].text.append(character)
      } else {
        line.append(TerminalSpan(String(character), colour: colour))
      }
    }
    return line
  }
}

/// Tells curves apart where there are no colours.
enum LinePattern: Int, CaseIterable {
  case solid, dashed, dotted, mixed

  /// Whether a column of dots is drawn.
  func keeps(_ x: Int) -> Bool {
    switch self {
    case .solid: true
    case .dashed: x % 8 < 5
    case .dotted: x % 4 == 0
    case .mixed: [0, 1, 2, 3, 6].contains(x % 8)
    }
  }
}
