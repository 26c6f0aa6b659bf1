import Formats
import ModelRegistry

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
