extension Registry {
  /// Throws for a name that no model or alias can have; the schema has the same rules.
  public static func checkName(_ name: String, of kind: String) throws(StoreError) {
    func require(_ isKept: Bool, _ rule: String) throws(StoreError) {
      guard isKept else { throw .illegalName(kind: kind, name: name, rule: rule) }
    }
    // Scalars are SQLite's characters: to Swift, a slash with a combining mark behind it is another character than a slash.
    let scalars = name.unicodeScalars
    try require(!scalars.isEmpty && scalars.count <= 200, "a name has 1 to 200 characters")
    try require(!scalars.contains { $0 == "/" || $0 == "@" || $0 == ":" }, "a name has no slash, at sign or colon")
    try require(!scalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) }, "a name has no control characters")
    try require(scalars.first != " " && scalars.last != " ", "a name has no space at its ends")
    try require(!name.utf8.allSatisfy { (48...57).contains($0) }, "a name is not all digits")
    try require(name != "latest", "latest is computed")
  }
}
