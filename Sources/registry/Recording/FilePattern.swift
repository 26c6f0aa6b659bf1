#if canImport(Glibc)
import Glibc
#endif

/// Files by a shell's pattern: `*.png`, `plots/**/*.svg`, `out?`, `[ab]*`.  `**` stands for any folders; neither it nor `*` goes into hidden ones.
struct FilePattern {
  private let isAbsolute: Bool
  private let parts: [String]
  let text: String

  init(_ text: String) {
    self.text = text
    isAbsolute = text.utf8.first == UInt8(ascii: "/")
    parts = text.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }.filter { !$0.utf8.elementsEqual(".".utf8) }
  }

  /// The paths that match, in order.  A folder that matches is one of them.
  func matches() -> [String] {
    var found: [String] = []
    // `.` and `/` have no part of their own.
    if parts.isEmpty, !text.isEmpty { return [isAbsolute ? "/" : "."] }
    Self.walk(isAbsolute ? "/" : "", parts[...], &found)
    var last: String?
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.filter { path in
      defer { last = path }
      return last.map { !$0.utf8.elementsEqual(path.utf8) } ?? true
    }
  }

  private static func walk(_ folder: String, _ parts: ArraySlice<String>, _ found: inout [String]) {
    guard let part = parts.first else { return }
    let rest = parts.dropFirst()
    if part.utf8.elementsEqual("**".utf8) {
      walk(folder, rest, &found)
      for name in names(in: folder) where !name.hasPrefix(".") && isFolder(folder + name) {
        if rest.isEmpty { found.append(folder + name) }
        walk(folder + name + "/", parts, &found)
      }
      if rest.isEmpty { found += names(in: folder).filter { !$0.hasPrefix(".") && !isFolder(folder + $0) }.map { folder + $0 } }
      return
    }
    let isPlain = !part.utf8.contains { "*?[\\".utf8.contains($0) }
    let candidates = isPlain ? [part] : names(in: folder).filter { fnmatch(part, $0, FNM_PERIOD) == 0 }
    for name in candidates {
      if rest.isEmpty {
        if access(folder + name, F_OK) == 0 { found.append(folder + name) }
      } else {
        walk(folder + name + "/", rest, &found)
      }
    }
  }

  private static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder.isEmpty ? "." : folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(cString: $0.assumingMemoryBound(to: CChar.self).baseAddress!) }
      if !name.utf8.elementsEqual(".".utf8), !name.utf8.elementsEqual("..".utf8) { names.append(name) }
    }
    return names
  }

  /// A link to a folder is none: it may lead back.
  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

/// What changes about a file when it is written.
struct FileState: Equatable {
  let device: UInt
  let inode: UInt
  let size: Int
  let modified: [Int]

  /// Nil where there is no such file.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    (device, inode, size) = (UInt(status.st_dev), UInt(status.st_ino), Int(status.st_size))
    modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
  }

  func isSameFile(as other: FileState?) -> Bool { other.map { $0.device == device && $0.inode == inode } ?? false }
}
