/// The params that a command's arguments name: `--lr 0.1`, `--lr=0.1`, `-x 3`, `--flag`, and Hydra's `lr=0.1`.
enum CommandParams {
  /// In order, the last of a name; `learning-rate` is `learning_rate`.
  static func params(_ words: [String]) -> [(key: String, value: String)] {
    var params: [(key: String, value: String)] = []
    func add(_ key: String, _ value: String) {
      guard !key.isEmpty else { return }
      params.removeAll { $0.key.utf8.elementsEqual(key.utf8) }
      params.append((key, isSecret(key) ? "***" : value))
    }
    var rest = arguments(words)[...]
    while let word = rest.popFirst() {
      if word.utf8.elementsEqual("--".utf8) { break }
      if let option = option(word) {
        if let equals = option.utf8.firstIndex(of: UInt8(ascii: "=")) {
          add(key(option[..<equals]), String(option[option.utf8.index(after: equals)...]))
          continue
        }
        guard let value = rest.first, self.option(value) == nil, !value.utf8.elementsEqual("--".utf8) else {
          add(key(option[...]), "true")
          continue
        }
        rest.removeFirst()
        // Numbers behind a number belong to it: `--hidden 64 32`.
        var values = [value]
        while let next = rest.first, Double(value) != nil, Double(next) != nil {
          values.append(next)
          rest.removeFirst()
        }
        add(key(option[...]), values.joined(separator: " "))
      } else if let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")), isName(word[..<equals]) {
        add(key(word[..<equals]), String(word[word.utf8.index(after: equals)...]))
      }
    }
    return params
  }

  /// The command as a shell would take it, without its secrets.
  static func source(_ words: [String]) -> String {
    var shown = words
    for (index, word) in words.enumerated() {
      let option = option(word)
      if let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) {
        let name = word[..<equals]
        if option != nil || isName(name), isSecret(key(name)) { shown[index] = "\(name)=***" }
      } else if let option, index + 1 < words.count, isSecret(key(option[...])) {
        shown[index + 1] = "***"
        // Numbers behind a number belong to it.
        guard Double(words[index + 1]) != nil else { continue }
        for next in words.indices[(index + 2)...] {
          if Double(words[next]) == nil { break }
          shown[next] = "***"
        }
      }
    }
    return shown.map(\.quotedForShell).joined(separator: " ")
  }

  /// What stands behind the script: the words before it are the interpreter's.
  private static func arguments(_ words: [String]) -> [String] {
    let arguments = Array(words.dropFirst())
    let scripts = [".py", ".sh", ".R", ".r", ".jl", ".lua", ".rb", ".pl", ".js", ".ts", ".m", ".ipynb"]
    if let script = arguments.firstIndex(where: { word in !word.utf8.contains(UInt8(ascii: "=")) && scripts.contains { word.hasSuffix($0) }
    }) {
      return Array(arguments[(script + 1)...])
    }
    let program = words[0].utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? ""
    if ["sh", "bash", "dash", "zsh"].contains(where: { $0.utf8.elementsEqual(program.utf8) }) {
      let code = arguments.firstIndex { $0.utf8.elementsEqual("-c".utf8) }
      return code.map { Array(arguments.dropFirst($0 + 2)) } ?? arguments
    }
    guard program.hasPrefix("python") else { return arguments }
    for (index, word) in arguments.enumerated() {
      if word.utf8.elementsEqual("-c".utf8) { return Array(arguments.dropFirst(index + 2)) }
      if word.utf8.elementsEqual("-m".utf8) { return Array(arguments.dropFirst(index + 2)) }
      if !word.hasPrefix("-") { return Array(arguments.dropFirst(index + 1)) }
    }
    return []
  }

  /// An option without its dashes; nil for a value, which a negative number is too.
  private static func option(_ word: String) -> String? {
    guard word.utf8.first == UInt8(ascii: "-"), word.utf8.count > 1, Double(word) == nil else { return nil }
    let name = word.utf8.drop { $0 == UInt8(ascii: "-") }
    return name.isEmpty ? nil : String(Substring(name))
  }

  private static func key(_ text: Substring) -> String {
    let name = text.utf8.drop { "-+".utf8.contains($0) }
    return String(decoding: name.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
  }

  private static func isName(_ text: Substring) -> Bool {
    let name = text.utf8.drop { $0 == UInt8(ascii: "+") }
    guard let first = name.first, UInt8(ascii: "a")...UInt8(ascii: "z") ~= first | 0x20 || first == UInt8(ascii: "_") else { return false }
    return name.allSatisfy { byte in
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "_.-/".utf8.contains(byte)
    }
  }

  /// Whether a name's value is nobody's business, by the last part of the name: `db.password`, `openai_key`, `authToken`; not `max_tokens`, nor
  /// a `key` alone.
  private static func isSecret(_ key: String) -> Bool {
    let parts = key.lowercased().utf8.split { "_.-/".utf8.contains($0) }.map { String(Substring($0)) }
    guard let last = parts.last else { return false }
    if parts.count > 1, last.utf8.elementsEqual("key".utf8) { return true }
    return ["password", "passwd", "passphrase", "secret", "token", "apikey", "credential", "credentials"].contains { last.hasSuffix($0) }
  }
}
