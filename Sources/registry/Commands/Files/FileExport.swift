import Files
import Formats
import ModelRegistry
import Tensors

/// Files of a run or a version on their way to the disk: each appears whole, and as it was stored, or not at all.
struct FileExport {
  let registry: Registry
  let owner: FileOwner

  /// `shown` is the path that errors name, where the file has its place only later.
  func write(_ file: ArtifactRecord, to path: String, replacing: Bool, shown: String? = nil) throws {
    try Self.write(to: path, replacing: replacing, shown: shown) { write in
      try registry.read(file, of: owner) { part in
        try Self.expectNoSignal(shown ?? path)
        try write(part)
      }
    }
  }

  /// Throws where one of the files is the folder of another: registries of earlier releases and merged ones may have such a pair, and it can't be
  /// written into one folder.
  func checkPaths(_ files: [ArtifactRecord]) throws {
    let names = Set(files.map { Name($0.path) })
    for file in files {
      guard let folder = FolderExport.folders(of: file.path).first(where: { names.contains(Name($0)) }) else { continue }
      let subject = if case .run(let run) = owner { "--run \(run)" } else { owner.title.quotedForShell }
      throw ErrorReport(
        "\(owner.title) has a file '\(folder)' and a file '\(file.path)' in it: no folder can hold both.",
        hint: "registry artifact get \(subject) \(file.path.quotedForShell) -o \(file.path.pathName.quotedForShell)", .badData)
    }
  }

  /// The same for what is made here.
  static func write(
    to path: String, replacing: Bool, shown: String? = nil, _ body: (_ write: ([UInt8]) throws -> Void) throws -> Void
  ) throws {
    do {
      var target = try outputFile(path, replacing: replacing)
      try body { try target.write($0) }
      try target.commit()
    } catch let error as FormatError where error.file == path {
      throw ErrorReport(writing: FormatError(file: shown ?? path, reason: error.reason))
    }
  }

  static func expectNoSignal(_ path: String) throws {
    guard let signal = Signals.stop else { return }
    throw ErrorReport("stopped by \(Signals.name(signal)): '\(path)' was not written.", ErrorReport.Code(signal: signal))
  }
}
