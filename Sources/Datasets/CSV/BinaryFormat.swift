/// A file that is no text, told by its first bytes.
public enum BinaryFormat: String, Sendable {
  case gzip
  case bzip2
  case xz
  case zstd = "Zstandard"
  case zip
  case excel = "an Excel workbook (.xls)"
  case parquet = "Parquet"

  init?(_ start: ArraySlice<UInt8>) {
    let signatures: [(BinaryFormat, [UInt8])] = [
      (.gzip, [0x1f, 0x8b]), (.bzip2, [0x42, 0x5a, 0x68]), (.xz, [0xfd, 0x37, 0x7a]), (.zstd, [0x28, 0xb5, 0x2f]),
      (.zip, [0x50, 0x4b, 0x03, 0x04]), (.excel, [0xd0, 0xcf, 0x11]), (.parquet, [0x50, 0x41, 0x52, 0x31]),
    ]
    guard let found = signatures.first(where: { start.starts(with: $0.1) }) else { return nil }
    // A column may be named BZh; the level that follows in a bzip2 file is a digit.
    if found.0 == .bzip2, start.count < 4 || !(0x31...0x39).contains(start[start.startIndex + 3]) { return nil }
    self = found.0
  }

  /// What the file is, for an error message.
  var words: String {
    switch self {
    case .gzip, .bzip2, .xz, .zstd: "is compressed (\(rawValue))"
    case .zip: "is a zip archive, as Excel's .xlsx is"
    case .excel, .parquet: "is \(rawValue)"
    }
  }
}
