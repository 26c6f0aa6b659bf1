/// How wide a text about is: without the reader's font nobody knows, so this errs on the wide side.
enum TextMeasure {
  /// The width in units of the picture at a size of 12.
  static func width(_ text: String, size: Double = 12) -> Double {
    text.unicodeScalars.reduce(0) { $0 + size * width($1) }
  }

  /// The text, or as much of it as fits with `…` behind.
  static func fitted(_ text: String, to limit: Double, size: Double = 12) -> String {
    guard width(text, size: size) > limit else { return text }
    var result = ""
    var used = size
    for character in text {
      used += width(String(character), size: size)
      if used > limit { break }
      result.append(character)
    }
    return result + "…"
  }

  /// A name, or as much of its beginning and its end as fits with `…` between: names often differ at their ends.
  static func fittedName(_ text: String, to limit: Double, size: Double = 12) -> String {
    guard width(text, size: size) > limit else { return text }
    func taken(_ characters: some Sequence<Character>) -> [Character] {
      var rest = (limit - size) / 2
      return Array(
        characters.prefix {
          rest -= width(String($0), size: size)
          return rest >= 0
        })
    }
    return String(taken(text)) + "…" + String(taken(text.reversed()).reversed())
  }

  /// In ems, after the widths of Arial and its like.
  private static func width(_ scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "j", "l", "I", "f", "t", "r", ".", ",", ":", ";", "'", "|", "!", "(", ")", "[", "]", " ", "/": 0.36
    case "m", "w", "M", "W", "@", "%": 0.92
    case "A"..."Z": 0.72
    case _ where (0x1100..<0x1160).contains(scalar.value) || scalar.value >= 0x2e80: 1.05
    default: 0.59
    }
  }
}
