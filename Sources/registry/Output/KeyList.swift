/// Names in one option, with commas between: a name with a comma in it stands in double quotes, as in `--columns`.
enum KeyList {
  /// The names without blanks around them; those in quotes keep their quotes.
  static func quoted(_ list: String) -> [String] {
    var names = [""]
    var isQuoted = false
    for scalar in list.unicodeScalars {
      if scalar == "\"" { isQuoted.toggle() }
      if scalar == ",", !isQuoted { names.append("") } else { names[names.count - 1].unicodeScalars.append(scalar) }
    }
    return names.map { name in
      let start = name.drop { $0 == " " }
      return String(start.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// The names themselves.
  static func names(_ list: String) -> [String] {
    quoted(list).map { name in
      guard name.utf8.count > 1, name.unicodeScalars.first == "\"", name.unicodeScalars.last == "\"" else { return name }
      return String(name.unicodeScalars.dropFirst().dropLast()).replacing("\"\"", with: "\"")
    }
  }
}

extension String {
  /// As one of the names in a `KeyList`.
  var quotedInKeyList: String {
    let isPlain = !isEmpty && !unicodeScalars.contains { ",\"".unicodeScalars.contains($0) } && first != " " && last != " "
    return isPlain ? self : "\"\(replacing("\"", with: "\"\""))\""
  }
}
