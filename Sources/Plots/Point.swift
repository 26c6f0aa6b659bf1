/// A point of a plot, in the data's units.
public struct Point: Sendable, Hashable {
  public var x: Double
  public var y: Double

  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }

  var isFinite: Bool { x.isFinite && y.isFinite }
}

/// At most four points for each of `columns` columns of a curve whose points are in the order of their x: the first, the lowest, the
/// highest and the last.  What is drawn looks the same, and a curve of 100,000 epochs stays small.  Positions are from 0 to 1; a point
/// that can't be shown is nil, and each run of such points stays one gap.
func thinned(_ positions: [Point?], columns: Int) -> [Point?] {
  guard positions.count > 4 * columns else { return positions }
  var result: [Point?] = []
  var index = 0
  while index < positions.count {
    guard let first = positions[index] else {
      if let last = result.last, last != nil { result.append(nil) }
      index += 1
      continue
    }
    let column = Int((first.x * Double(columns)).rounded(.down))
    var (low, high, last) = (index, index, index)
    while last + 1 < positions.count, let next = positions[last + 1], Int((next.x * Double(columns)).rounded(.down)) == column {
      last += 1
      if next.y < positions[low]?.y ?? next.y { low = last }
      if next.y > positions[high]?.y ?? next.y { high = last }
    }
    for kept in Set([index, low, high, last]).sorted() { result.append(positions[kept]) }
    index = last + 1
  }
  return result
}
