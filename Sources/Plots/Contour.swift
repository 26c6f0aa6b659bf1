/// A value at each point of a grid over a rectangle.
public struct Field: Sendable {
  public let columns: Int
  public let rows: Int
  /// (rows, columns), the lowest row first; NaN where there is none.
  public let values: [Double]

  /// Throws nothing: the values have to fill the grid, which has two points or more each way.
  public init(columns: Int, rows: Int, values: [Double]) {
    precondition(columns >= 2 && rows >= 2 && values.count == columns * rows, "\(values.count) values in \(rows) × \(columns)")
    self.columns = columns
    self.rows = rows
    self.values = values
  }
}

/// The outlines of where a field is at or above a level, by marching squares (W. Lorensen and H. Cline, 1987, in the plane).
///
/// The grid gets a ring around it that is below the level and stands on the grid's own edge, so every outline is closed.  A NaN is below.
/// Points are from 0 to 1 on both axes.
struct Contour {
  let loops: [[Point]]

  init(of field: Field, at level: Double) {
    var walker = Walker(field, level)
    loops = walker.loops().map(Self.simplified)
  }

  /// The parts of the outlines that aren't the edge of the plot.
  var lines: [[Point]] {
    loops.flatMap { loop -> [[Point]] in
      var parts: [[Point]] = [[]]
      for (a, b) in zip(loop, loop.dropFirst() + loop.prefix(1)) {
        let isEdge = (a.x == b.x && (a.x == 0 || a.x == 1)) || (a.y == b.y && (a.y == 0 || a.y == 1))
        if isEdge {
          if parts.last?.isEmpty == false { parts.append([]) }
        } else {
          if parts.last?.isEmpty != false { parts[parts.count - 1] = [a] }
          parts[parts.count - 1].append(b)
        }
      }
      return parts.filter { !$0.isEmpty }
    }
  }

  /// Without the points that a straight line between their neighbours passes within a tenth of a pixel of 500.
  private static func simplified(_ loop: [Point]) -> [Point] {
    var kept: [Point] = []
    var skipped: [Point] = []
    for (index, point) in loop.enumerated() {
      guard let last = kept.last, index + 1 < loop.count else {
        kept.append(point)
        continue
      }
      let next = loop[index + 1]
      let length = ((next.x - last.x) * (next.x - last.x) + (next.y - last.y) * (next.y - last.y)).squareRoot()
      let isStraight = (skipped + [point]).allSatisfy { p in
        abs((next.x - last.x) * (p.y - last.y) - (next.y - last.y) * (p.x - last.x)) <= 0.0004 * length
      }
      if isStraight, length > 0, skipped.count < 64 {
        skipped.append(point)
      } else {
        kept.append(point)
        skipped = []
      }
    }
    return kept
  }
}

/// Follows the outlines from edge to edge of the cells.
private struct Walker {
  private let field: Field
  private let level: Double
  /// Points with the ring.
  private let columns: Int
  private let rows: Int
  /// From the edge where a line enters a cell to that where it leaves; -1 for none.  Edge 2n goes right from point n, 2n + 1 goes up.
  private var next: [Int]

  init(_ field: Field, _ level: Double) {
    self.field = field
    self.level = level
    columns = field.columns + 2
    rows = field.rows + 2
    next = [Int](repeating: -1, count: columns * rows * 2)
    for row in 0..<rows - 1 {
      for column in 0..<columns - 1 { march(column, row) }
    }
  }

  /// How far a point is above the level; the ring is below.
  private func height(_ column: Int, _ row: Int) -> Double {
    guard (1...field.columns).contains(column), (1...field.rows).contains(row) else { return -1 }
    let value = field.values[(row - 1) * field.columns + column - 1] - level
    return value.isNaN ? -1 : value
  }

  /// Lines keep what is above at their left.
  private mutating func march(_ column: Int, _ row: Int) {
    let point = row * columns + column
    let (bottom, left, top, right) = (2 * point, 2 * point + 1, 2 * (point + columns), 2 * (point + 1) + 1)
    let corners = [height(column, row), height(column + 1, row), height(column + 1, row + 1), height(column, row + 1)]
    let isAbove = corners.map { $0 >= 0 }
    // Each edge with what is before and behind it, against the clock; a line leaves where above turns to below.
    let edges = [(bottom, 0, 1), (right, 1, 2), (top, 2, 3), (left, 3, 0)]
    let leaving = edges.filter { isAbove[$0.1] && !isAbove[$0.2] }.map(\.0)
    let entering = edges.filter { !isAbove[$0.1] && isAbove[$0.2] }.map(\.0)
    if leaving.count == 1 {
      next[leaving[0]] = entering[0]
    } else if leaving.count == 2 {
      // A saddle: the middle decides which corners belong together.
      let isMiddleAbove = corners.reduce(0, +) >= 0
      let isFirstAbove = isAbove[0]
      // Corners 0 and 2 above: they are left at bottom and top, entered at left and right; else at right and left, bottom and top.
      if isFirstAbove {
        next[bottom] = isMiddleAbove ? right : left
        next[top] = isMiddleAbove ? left : right
      } else {
        next[right] = isMiddleAbove ? top : bottom
        next[left] = isMiddleAbove ? bottom : top
      }
    }
  }

  /// Where the level is crossed on an edge.
  private func crossing(_ edge: Int) -> Point {
    let (column, row) = (edge / 2 % columns, edge / 2 / columns)
    let (toColumn, toRow) = edge % 2 == 0 ? (column + 1, row) : (column, row + 1)
    let (a, b) = (height(column, row), height(toColumn, toRow))
    let share = a == b ? 0.5 : min(1, max(0, a / (a - b)))
    func between(_ from: Int, _ to: Int, _ count: Int) -> Double {
      let (from, to) = (min(max(from - 1, 0), count - 1), min(max(to - 1, 0), count - 1))
      return (Double(from) + Double(to - from) * (share.isFinite ? share : 0.5)) / Double(count - 1)
    }
    return Point(x: between(column, toColumn, field.columns), y: between(row, toRow, field.rows))
  }

  mutating func loops() -> [[Point]] {
    var loops: [[Point]] = []
    for start in next.indices where next[start] >= 0 {
      var loop: [Point] = []
      var edge = start
      while next[edge] >= 0 {
        let point = crossing(edge)
        if loop.last != point { loop.append(point) }
        let following = next[edge]
        next[edge] = -1
        edge = following
      }
      if loop.first == loop.last { loop.removeLast() }
      if loop.count >= 3 { loops.append(loop) }
    }
    return loops
  }
}
