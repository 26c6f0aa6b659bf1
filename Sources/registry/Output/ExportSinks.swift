import Formats
import ModelRegistry

/// The file that a result is written to.  A database is never replaced by one, whatever `--force` says: it may be the registry itself, and
/// a file beside it with the name of its journal would be taken for that.
func outputFile(_ path: String, replacing: Bool) throws -> AtomicFile {
  let isJournal = ["-journal", "-wal", "-shm"].contains { path.hasSuffix($0) && Registry.isDatabase(String(path.dropLast($0.utf8.count))) }
  guard !isJournal, !replacing || !Registry.isDatabase(path) else { throw ErrorReport.replacingDatabase(path, isJournal: isJournal) }
  return try AtomicFile(path: path, replacingExisting: replacing)
}

/// A file that isn't there yet, and how many bytes it has.
struct CountingSink: ~Copyable, ByteSink {
  private var file: AtomicFile
  private(set) var count = 0

  init(_ file: consuming AtomicFile) { self.file = file }

  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    try file.write(bytes)
    count += bytes.count
  }

  consuming func commit() throws(FormatError) { try file.commit() }
}

/// Standard output as the writers of formats want it.
struct StandardOutputSink: ByteSink {
  /// For messages.
  static let name = "standard output"

  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    do {
      try Streams.output(bytes)
    } catch {
      throw FormatError(file: Self.name, reason: .file(.unwritable(code: (error as? OutputError)?.code ?? 0, message: "\(error)")))
    }
  }
}
