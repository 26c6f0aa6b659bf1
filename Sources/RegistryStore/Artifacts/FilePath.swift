extension Registry {
  /// Throws for what no file of a run or a version can be called; the schema has the same rules.
  package static func checkFilePath(_ name: String, path: String) throws(StoreError) {
    let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let problem: String? =
      if parts.contains(where: \.isEmpty) {
        "a path is relative and has no empty part"
      } else if parts.contains(where: { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }) {
        "a path has no part . or .."
      } else if name.utf8.count > 4096 {
        "a path has at most 4096 bytes"
      } else if name.utf8.contains(0) {
        "a path has no NUL"
      } else {
        nil
      }
    guard let problem else { return }
    throw StoreError(.illegalFilePath, "file '\(name.prefix(200))'", problem, path: path, suggestions: ["plots/loss.png"])
  }
}
