/// An SVG 1.1 document that stands alone: no scripts, no fonts or files from elsewhere, light and dark by the reader's preference.
///
/// Every number in it is finite, and every text is escaped.
struct SVGDocument {
  enum Anchor: String { case start, middle, end }

  let width: Int
  let height: Int
  private let title: String
  private let description: String
  private var body = ""

  /// The title and the description are for those who can't see the picture.
  init(width: Int, height: Int, title: String, description: String) {
    self.width = width
    self.height = height
    self.title = title
    self.description = description
  }

  /// The whole text.
  var text: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" class="registry-plot" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" role="img">
    <title>\(Self.escaped(title))</title>
    <desc>\(Self.escaped(description))</desc>
    <style>\(Palette.css)</style>
    <rect class="paper" width="\(width)" height="\(height)" rx="6"/>
    \(body)</svg>

    """
  }

  /// A line of text, its baseline at y.
  mutating func write(_ text: String, x: Double, y: Double, _ style: String, _ anchor: Anchor = .start, isUpright: Bool = false) {
    let turn = isUpright ? " transform=\"rotate(-90 \(Self.number(x)) \(Self.number(y)))\"" : ""
    let anchor = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    body += "<text class=\"\(style)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\"\(anchor)\(turn)>\(Self.escaped(text))</text>\n"
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
    let ends = zip(["x1", "y1", "x2", "y2"], [x1, y1, x2, y2]).map { "\($0)=\"\(Self.number($1))\"" }
    body += "<line class=\"\(style)\" \(ends.joined(separator: " "))/>\n"
  }

  mutating func rectangle(_ area: Area, _ style: String, opacity: Double? = nil) {
    let opacity = opacity.map { " fill-opacity=\"\(Self.number($0, digits: 3))\"" } ?? ""
    body += "<rect class=\"\(style)\" x=\"\(Self.number(area.x))\" y=\"\(Self.number(area.y))\""
    body += " width=\"\(Self.number(area.width))\" height=\"\(Self.number(area.height))\"\(opacity)/>\n"
  }

  /// A path whose data comes from `SVGPath`; nothing where that is empty.
  mutating func path(_ data: String, _ style: String) {
    if !data.isEmpty { body += "<path class=\"\(style)\" d=\"\(data)\"/>\n" }
  }

  /// A point of a class or a series: a circle, a cross, a plus, a diamond, a triangle, a square, and again.
  mutating func mark(_ shape: Int, x: Double, y: Double, radius r: Double, _ style: String) {
    let (n, twice) = (Self.number(r), Self.number(2 * r))
    let at = "\(Self.number(x)) \(Self.number(y))"
    switch shape % 6 {
    case 0: body += "<circle class=\"\(style)\" cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(n)\"/>\n"
    case 1: path("M\(at)m-\(n)-\(n)l\(twice) \(twice)m0-\(twice)l-\(twice) \(twice)", style)
    case 2: path("M\(at)m-\(n) 0h\(twice)m-\(n)-\(n)v\(twice)", style)
    case 3: path("M\(at)m0-\(n)l\(n) \(n)l-\(n) \(n)l-\(n)-\(n)z", style)
    case 4: path("M\(at)m0-\(n)l\(n) \(twice)h-\(twice)z", style)
    default: path("M\(at)m-\(n)-\(n)h\(twice)v\(twice)h-\(twice)z", style)
    }
  }

  /// A number as it stands in an attribute: a tenth of a unit is finer than anyone sees.  What isn't finite never gets here; should
  /// it, it is 0 rather than a broken picture.
  static func number(_ value: Double, digits: Int = 1) -> String {
    guard value.isFinite else { return "0" }
    let unit = [1, 10, 100, 1000][digits]
    let scaled = Int((min(max(value, -1e6), 1e6) * Double(unit)).rounded())
    let (whole, fraction) = (scaled.magnitude / UInt(unit), scaled.magnitude % UInt(unit))
    let sign = scaled < 0 ? "-" : ""
    if fraction == 0 { return "\(sign)\(whole)" }
    var places = String(fraction)
    places = String(repeating: "0", count: digits - places.count) + places
    while places.last == "0" { places.removeLast() }
    return "\(sign)\(whole).\(places)"
  }

  /// Text as XML takes it: markup by its names, and no characters that XML 1.0 forbids or that turn the direction of what follows.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x26: result += "&amp;"
      case 0x3c: result += "&lt;"
      case 0x3e: result += "&gt;"
      case 0x22: result += "&quot;"
      case 0x27: result += "&#39;"
      case 0..<0x20, 0x7f...0x9f, 0x202a...0x202e, 0x2066...0x2069, 0xfffe, 0xffff: result += "·"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// A rectangle of a picture, in its units, y downwards.
struct Area {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  var right: Double { x + width }
  var bottom: Double { y + height }
}

/// The data of a path: points joined by straight lines.
enum SVGPath {
  /// Lines through the points, with a gap wherever there is none; a point on its own is a dot.
  static func lines(_ points: [Point?]) -> String {
    var data = ""
    for (index, point) in points.enumerated() {
      guard let point else { continue }
      let isFirst = index == 0 || points[index - 1] == nil
      let isLast = index + 1 == points.count || points[index + 1] == nil
      data += "\(isFirst ? "M" : "L")\(pair(point))"
      // A line of no length with round ends is a dot.
      if isFirst, isLast { data += "h0" }
    }
    return data
  }

  /// A closed outline.
  static func closed(_ points: [Point]) -> String { points.isEmpty ? "" : lines(points) + "z" }

  static func pair(_ point: Point) -> String { "\(SVGDocument.number(point.x)) \(SVGDocument.number(point.y))" }
}
