/// Prose that fits a terminal.
extension String {
  /// Its lines broken at spaces, so that none is wider than `width`; nil is any width.
  ///
  /// What continues a line stands `hanging` columns to the right: by default under the line's own text, behind its indentation, a label
  /// (`Error: `, `  hint: `) or an opening parenthesis.  A word that is wider than a line is broken wherever the line ends; but those of a
  /// hint, which people copy, stay whole.
  func wrapped(to width: Int?, hanging: Int? = nil) -> String {
    guard let width, width > 0 else { return self }
    let lines = split(separator: "\n", omittingEmptySubsequences: false)
    return lines.map { line in
      let line = String(line)
      guard line.displayWidth > width else { return line }
      return Wrapping(line, width: width, hanging: hanging ?? line.hanging).lines.joined(separator: "\n")
    }.joined(separator: "\n")
  }

  /// Where the text of a line begins.
  private var hanging: Int {
    let indentation = prefix { $0 == " " }.count
    let text = dropFirst(indentation)
    if text.first == "(" { return indentation + 1 }
    let label = text.prefix { $0 != " " }
    return label.last == ":" && label.count <= 12 ? indentation + label.count + 1 : indentation
  }
}

/// One line on its way to several.
private struct Wrapping {
  private(set) var lines: [String] = []
  private let width: Int
  private let indentation: String
  private var line = ""
  private var used = 0
  private var hasWords = false

  /// A word that is broken begins on a line that has so much room left.
  private static let leastRoom = 8

  init(_ text: String, width: Int, hanging: Int) {
    self.width = width
    indentation = String(repeating: " ", count: min(hanging, width / 2))
    let keepsWords = text.hasPrefix("  hint: ")
    var rest = text[...]
    while !rest.isEmpty {
      let space = rest.prefix { $0 == " " }
      let word = rest.dropFirst(space.count).prefix { $0 != " " }
      rest = rest.dropFirst(space.count + word.count)
      append(String(word), after: String(space), isKept: keepsWords)
    }
    lines.append(line.trimmingTrailingSpaces)
  }

  private mutating func append(_ word: String, after space: String, isKept: Bool) {
    let size = word.displayWidth
    if used + space.count + size <= width {
      line += space + word
      used += space.count + size
      hasWords = hasWords || size > 0
      return
    }
    guard size > 0 else { return }
    if isKept || indentation.count + size <= width {
      end()
      line += word
      used += size
    } else {
      if width - used - space.count < Self.leastRoom {
        end()
      } else {
        line += space
        used += space.count
      }
      for character in word {
        if used + character.displayWidth > width { end() }
        line.append(character)
        used += character.displayWidth
        hasWords = true
      }
    }
    hasWords = true
  }

  /// Begins the next line, unless this one is still empty.
  private mutating func end() {
    if hasWords { lines.append(line.trimmingTrailingSpaces) }
    line = indentation
    used = indentation.count
    hasWords = false
  }
}
