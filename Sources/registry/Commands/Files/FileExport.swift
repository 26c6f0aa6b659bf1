import Formats
import ModelRegistry

/// Files of a run or a version on their way to the disk: each appears whole, and as it was stored, or not at all.
struct FileExport {
  let registry: Registry
  let owner: FileOwner

  func write(_ file: ArtifactRecord, to path: String, replacing: Bool) throws {
    do {
      var target = try outputFile(path, replacing: replacing)
      try registry.read(file, of: owner) { part in
        try Self.expectNoSignal(path)
        try target.write(part)
      }
      try target.commit()
    } catch let error as FormatError where error.file == path {
      throw ErrorReport(writing: error)
    }
  }

  /// The same for a small file that is made here.
  static func write(_ text: String, to path: String, replacing: Bool) throws {
    do {
      var target = try outputFile(path, replacing: replacing)
      try target.write(Array(text.utf8))
      try target.commit()
    } catch let error as FormatError where error.file == path {
      throw ErrorReport(writing: error)
    }
  }

  static func expectNoSignal(_ path: String) throws {
    guard let signal = Signals.stop else { return }
    throw ErrorReport("stopped by \(Signals.name(signal)): '\(path)' was not written.", ErrorReport.Code(signal: signal))
  }
}
