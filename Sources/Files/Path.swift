// Bytes, not characters: to Swift a slash with a combining mark behind it is another character than a slash.

extension String {
  private var lastSlash: Index? { utf8.lastIndex(of: 0x2f) }

  /// Of a path, all up to its last slash, that included: `runs/` of `runs/model.pt`, nothing of `model.pt`.
  package var pathPrefix: String { lastSlash.map { String(self[..<utf8.index(after: $0)]) } ?? "" }

  /// The folder of a path: `runs` of `runs/model.pt`, `.` of `model.pt`, `/` of `/model.pt`.
  package var pathFolder: String { lastSlash.map { $0 == startIndex ? "/" : String(self[..<$0]) } ?? "." }

  /// The name of a path without its folders: `model.pt` of `runs/model.pt`.
  package var pathName: String { lastSlash.map { String(self[utf8.index(after: $0)...]) } ?? self }

  /// The names that a path consists of.
  package var pathParts: [String] { utf8.split(separator: 0x2f, omittingEmptySubsequences: false).map { String(Substring($0)) } }
}
