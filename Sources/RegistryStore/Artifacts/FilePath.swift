internal import SQLite
internal import Tensors

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

  /// Throws where one of the paths is a file and the folder of another: no disk can hold both.
  static func checkFileTree(_ names: [String], of owner: String, path: String) throws(StoreError) {
    let files = Set(names.map { Name($0) })
    for name in names {
      if let folder = folders(of: name).first(where: { files.contains(Name($0)) }) { throw fileAndFolder(folder, name, of: owner, path) }
    }
  }

  /// Throws where a run has a file that a new one would stand in, or files that would stand in it.  What has been there since before this was
  /// refused, or came of a merge, may be replaced.  Stands in a reading.
  func checkFileTree(_ name: String, ofRun run: Int64) throws {
    let folders = Self.folders(of: name)
    // `/` is followed by `0`: all that begins with `name/` lies between them.
    var statement = try connection.prepare(
      """
      SELECT path FROM run_files WHERE run_id = ?1 AND NOT EXISTS (SELECT 1 FROM run_files WHERE run_id = ?1 AND path = ?2)
        AND (path > ?2 || '/' AND path < ?2 || '0' OR path IN (\(folders.indices.map { "?\($0 + 3)" }.joined(separator: ", ")))) LIMIT 1
      """)
    try statement.bind([run, name] + folders)
    guard let found = try statement.first({ row in try row.text(0) }) else { return }
    let isFolder = name.utf8.count > found.utf8.count
    throw Self.fileAndFolder(isFolder ? found : name, isFolder ? name : found, of: "run \(run)", path)
  }

  private static func fileAndFolder(_ file: String, _ inside: String, of owner: String, _ path: String) -> StoreError {
    StoreError(
      .duplicateFile, "file '\(inside.prefix(200))' of \(owner)", "'\(file.prefix(200))' is a file of it, and can't be a folder as well",
      path: path,
      suggestions: ["another name"])
  }

  /// `a` and `a/b` of `a/b/c.txt`.
  private static func folders(of name: String) -> [String] {
    name.utf8.indices.filter { name.utf8[$0] == UInt8(ascii: "/") }.map { String(name[..<$0]) }
  }
}
