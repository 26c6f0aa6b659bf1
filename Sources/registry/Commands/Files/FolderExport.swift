import Files
import ModelRegistry
import Tensors

#if canImport(Glibc)
import Glibc
#endif

// Invariants:
// 1. All files are written beside the target first.  A target that isn't there, or is empty, appears as a whole.
// 2. In a folder with other files each file appears whole; none takes the place of another unless it may, and then none before all are written.
// 3. No link in the folder leads a file elsewhere.

/// Files that are written into a folder.
struct FolderExport {
  /// A file: its path below the folder, and what writes it to another path.
  struct Entry {
    let path: String
    let write: (_ temporary: String, _ shown: String) throws -> Void
  }

  let target: String
  let replacing: Bool

  init(_ target: String, replacing: Bool) throws {
    guard !target.isEmpty else { throw UsageError("'' names no folder.") }
    guard target != "-" else { throw UsageError("several files can't go to standard output.", hint: "-o DIR") }
    var trimmed = target[...]
    while trimmed.utf8.count > 1, trimmed.utf8.last == 0x2f { trimmed = trimmed.dropLast() }
    self.target = String(trimmed)
    self.replacing = replacing
    if case .other = Self.state(of: self.target) { throw ErrorReport("'\(self.target)' is a file, not a folder.", .cannotCreate) }
  }

  func write(_ entries: [Entry]) throws {
    let isNew = Self.state(of: target) == .missing
    if !isNew { try checkPlaces(entries.map(\.path)) }
    let temporary = NewFile.temporaryPath(besides: target)
    guard mkdir(temporary, 0o777) == 0 else {
      guard errno != ENOENT else {
        let folder = target.pathFolder
        throw ErrorReport(
          "cannot create '\(target)': there is no folder '\(folder)'.", hint: "mkdir -p \(folder.quotedForShell)", .notFound)
      }
      throw failure(target)
    }
    defer { Self.remove(temporary, entries.map(\.path)) }
    for entry in entries {
      try FileExport.expectNoSignal(target)
      for folder in Self.folders(of: entry.path) where mkdir("\(temporary)/\(folder)", 0o777) != 0 && errno != EEXIST {
        throw failure("\(target)/\(folder)")
      }
      try entry.write("\(temporary)/\(entry.path)", "\(target)/\(entry.path)")
    }
    // An empty folder is replaced; one with files in it isn't.
    if rename(temporary, target) == 0 {
      _ = NewFile.syncFolder(of: target)
    } else if errno == ENOTEMPTY || errno == EEXIST {
      try place(entries.map(\.path), from: temporary)
    } else {
      throw failure(target)
    }
  }

  /// Throws for files that are there, for links that would lead elsewhere, and for databases.
  private func checkPlaces(_ paths: [String]) throws {
    for path in paths {
      for folder in Self.folders(of: path) where Self.state(of: "\(target)/\(folder)") == .other {
        throw ErrorReport("'\(target)/\(folder)' is no folder.", .cannotCreate)
      }
      let place = "\(target)/\(path)"
      switch Self.state(of: place) {
      case .missing: continue
      case .folder: throw ErrorReport("'\(place)' is a directory.", .cannotCreate)
      case .other:
        guard replacing else { throw ErrorReport("'\(place)' exists already.", hint: "--force replaces it", .cannotCreate) }
        if Registry.isDatabase(place) { throw ErrorReport.replacingDatabase(place, isJournal: false) }
      }
    }
  }

  private func place(_ paths: [String], from temporary: String) throws {
    for path in paths {
      for folder in Self.folders(of: path) where mkdir("\(target)/\(folder)", 0o777) != 0 {
        guard errno == EEXIST, Self.state(of: "\(target)/\(folder)") == .folder else { throw failure("\(target)/\(folder)") }
      }
      let place = "\(target)/\(path)"
      guard NewFile.place("\(temporary)/\(path)", at: place, replacing: replacing) == 0 else {
        throw errno == EEXIST ? ErrorReport("'\(place)' exists already.", hint: "--force replaces it", .cannotCreate) : failure(place)
      }
      _ = NewFile.syncFolder(of: place)
    }
  }

  private enum State { case missing, folder, other }

  /// What stands at a path; the target itself may be a link to a folder.
  private static func state(of path: String) -> State {
    var status = stat()
    guard lstat(path, &status) == 0 else { return .missing }
    return status.st_mode & S_IFMT == S_IFDIR ? .folder : .other
  }

  /// `a` and `a/b` of `a/b/c.txt`.
  static func folders(of path: String) -> [String] {
    let parts = path.pathParts.dropLast()
    return parts.indices.map { parts[...$0].joined(separator: "/") }
  }

  /// Removes what is left of the temporary folder.
  private static func remove(_ temporary: String, _ paths: [String]) {
    for path in paths { unlink("\(temporary)/\(path)") }
    let found = Set(paths.flatMap { Self.folders(of: $0) }.map { Name($0) })
    for folder in found.sorted().reversed() { rmdir("\(temporary)/\(folder.text)") }
    rmdir(temporary)
  }

  private func failure(_ path: String) -> ErrorReport {
    ErrorReport("cannot write '\(path)': \(String(cString: strerror(errno))).", .inputOutput)
  }
}
