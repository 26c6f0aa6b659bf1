/// Why a zip container is refused.
public enum ZipProblem: Equatable, Sendable {
  /// No end record in the last 22 bytes: cut off, or followed by something else.
  case noEndOfDirectory
  case severalDisks
  case directoryTooLong(bytes: Int, limit: Int)
  /// The directory does not lie where the end record says.
  case directoryMisplaced
  /// The 32-bit and the 64-bit end record contradict each other, or one is malformed.
  case badZip64
  case badDirectoryEntry
  case entryCount(declared: Int, found: Int)
  case badName
  case duplicateName(String)
  case encrypted(String)
  case compressed(String, method: Int)
  /// The local header is not the directory's: another name, size, checksum or method.
  case localHeader(String)
  case outOfBounds(String)
  case overlap(String, String)
  case checksum(String, declared: UInt32, computed: UInt32)
  case entryTooLong(String, bytes: Int, limit: Int)
}

extension ZipProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noEndOfDirectory: "the zip archive has no end record: the file is cut off, or something follows the archive"
    case .severalDisks: "the zip archive is spread over several files"
    case .directoryTooLong(let bytes, let limit): "the zip directory has \(bytes) bytes, more than \(limit)"
    case .directoryMisplaced: "the zip directory does not lie where the end record says"
    case .badZip64: "the zip64 end record is malformed"
    case .badDirectoryEntry: "an entry of the zip directory is malformed"
    case .entryCount(let declared, let found): "the zip archive declares \(declared) entries and has \(found)"
    case .badName: "a zip entry's name is empty, has a NUL or is not UTF-8"
    case .duplicateName(let name): "the zip archive has '\(shown(name))' twice"
    case .encrypted(let name): "'\(shown(name))' is encrypted"
    case .compressed(let name, let method):
      "'\(shown(name))' is compressed (method \(method)), torch.save never compresses"
    case .localHeader(let name): "the local header of '\(shown(name))' contradicts the zip directory"
    case .outOfBounds(let name): "'\(shown(name))' reaches beyond its archive"
    case .overlap(let first, let second): "the zip entries '\(shown(first))' and '\(shown(second))' overlap"
    case .checksum(let name, let declared, let computed):
      "'\(shown(name))' has the CRC-32 \(hex(computed)), the zip directory says \(hex(declared)): the file is damaged"
    case .entryTooLong(let name, let bytes, let limit): "'\(shown(name))' has \(bytes) bytes, more than \(limit)"
    }
  }

  private func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
