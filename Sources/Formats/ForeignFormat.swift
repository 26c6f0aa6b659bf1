/// Formats that are often given where a file of tensors is meant, told by their content.
public enum ForeignFormat: String, Sendable, CaseIterable {
  case gitLFSPointer, html, json, shardIndex, numpyArray, numpyArchive, gguf, ggml, hdf5, keras, onnx, tensorFlowLite
  case tensorFlowGraph, messagePack, pickle, joblib, textPickle, gzip, bzip2, xz, zstandard, sevenZip, rar, tar, torchExport
  case parquet, sqlite, pdf, image

  /// What the first bytes say; nil for anything else.
  init?(_ start: [UInt8]) {
    func begins(_ text: String) -> Bool { start.starts(with: text.utf8) }
    let text = String(decoding: start, as: UTF8.self)
    let trimmed = text.drop { $0.isWhitespace || $0 == "\u{feff}" }
    if begins("version https://git-lfs.github.com/") {
      self = .gitLFSPointer
    } else if start.starts(with: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]) {
      self = .numpyArray
    } else if begins("GGUF") {
      self = .gguf
    } else if begins("ggml") || begins("lmgg") || begins("tjgg") || begins("fmgg") {
      self = .ggml
    } else if start.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]) {
      self = .hdf5
    } else if let magic = Self.magics.first(where: { start.starts(with: $0.bytes) }) {
      self = magic.format
    } else if start.count >= 262, start[257..<262].elementsEqual("ustar".utf8) {
      self = .tar
    } else if start.count >= 8, start[4..<8].elementsEqual("TFL3".utf8) {
      self = .tensorFlowLite
    } else if start.count >= 2, start[0] == 0x80, (1...5).contains(start[1]) {
      self = text.contains("joblib") || text.contains("sklearn") ? .joblib : .pickle
    } else if Self.isZlib(start) {
      // joblib.dump(…, compress=…).
      self = .joblib
    } else if trimmed.lowercased().hasPrefix("<!doctype html") || trimmed.lowercased().hasPrefix("<html") || trimmed.hasPrefix("<?xml") {
      self = .html
    } else if trimmed.hasPrefix("{") || trimmed.hasPrefix("[") {
      self = text.contains("\"weight_map\"") ? .shardIndex : .json
    } else if Self.isTextPickle(start) {
      self = .textPickle
    } else if Self.isMessagePack(start) {
      self = .messagePack
    } else if Self.isONNX(start) {
      self = .onnx
    } else if Self.isTensorFlowGraph(start) {
      self = .tensorFlowGraph
    } else {
      return nil
    }
  }

  /// An entry of a zip archive that tells what the archive is.
  init?(zipEntry name: String) {
    if name.hasSuffix(".npy") {
      self = .numpyArchive
    } else if name.hasSuffix(".weights.h5") || name == "metadata.json" || name == "config.json" {
      self = .keras
    } else if name.hasSuffix("archive_format") || name.hasSuffix("archive_version") {
      self = .torchExport
    } else {
      return nil
    }
  }

  private static let magics: [(bytes: [UInt8], format: ForeignFormat)] = [
    ([0x1f, 0x8b], .gzip), (Array("BZh".utf8), .bzip2), ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], .xz), ([0x28, 0xb5, 0x2f, 0xfd], .zstandard),
    ([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], .sevenZip), (Array("Rar!".utf8), .rar), (Array("PAR1".utf8), .parquet),
    (Array("SQLite format 3\0".utf8), .sqlite), (Array("%PDF".utf8), .pdf), ([0x89, 0x50, 0x4e, 0x47], .image),
    ([0xff, 0xd8, 0xff], .image),
    (Array("GIF8".utf8), .image),
  ]

  private static func isZlib(_ start: [UInt8]) -> Bool {
    start.count > 2 && start[0] == 0x78 && [0x01, 0x5e, 0x9c, 0xda].contains(start[1])
  }

  /// Protocol 0: a dictionary, a list or a name, and lines.
  private static func isTextPickle(_ start: [UInt8]) -> Bool {
    start.starts(with: Array("(dp".utf8)) || start.starts(with: Array("(lp".utf8)) || start.starts(with: Array("ccopy_reg".utf8))
      || start.starts(with: Array("ccollections".utf8)) || start.starts(with: Array("(ilib".utf8))
  }

  /// Flax writes a map of a few short texts: `\x81 \xa6 params`.
  private static func isMessagePack(_ start: [UInt8]) -> Bool {
    guard start.count > 3, (0x81...0x8f).contains(start[0]), (0xa1...0xbf).contains(start[1]) else { return false }
    let count = Int(start[1] & 0x1f)
    return start.count > 2 + count && start[2..<2 + count].allSatisfy { (0x20..<0x7f).contains($0) }
  }

  /// ModelProto: `ir_version` (field 1, a small number), then a producer's name (field 2) or another field of its own.
  private static func isONNX(_ start: [UInt8]) -> Bool {
    start.count > 4 && start[0] == 0x08 && (1...32).contains(start[1]) && [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42].contains(start[2])
  }

  /// SavedModel: `saved_model_schema_version` 1 and a MetaGraphDef (field 2); a frozen GraphDef begins with a node.
  private static func isTensorFlowGraph(_ start: [UInt8]) -> Bool {
    guard start.count > 16 else { return false }
    return start.starts(with: [0x08, 0x01, 0x12]) || start[0] == 0x0a && start.firstRange(of: Array("Placeholder".utf8)) != nil
  }
}

extension ForeignFormat: CustomStringConvertible {
  /// What the file is, with an article.
  public var description: String {
    switch self {
    case .gitLFSPointer: "a Git LFS pointer, not the file that it stands for"
    case .html: "a web page (HTML or XML), not the file behind it"
    case .json: "a JSON text"
    case .shardIndex: "an index of shards"
    case .numpyArray: "a NumPy array (.npy)"
    case .numpyArchive: "an archive of NumPy arrays (.npz)"
    case .gguf: "a GGUF file (llama.cpp)"
    case .ggml: "a GGML file (llama.cpp)"
    case .hdf5: "an HDF5 file (Keras .h5)"
    case .keras: "a Keras archive (.keras)"
    case .onnx: "an ONNX file"
    case .tensorFlowLite: "a TensorFlow Lite model"
    case .tensorFlowGraph: "a TensorFlow graph (SavedModel)"
    case .messagePack: "a MessagePack file (Flax)"
    case .pickle: "a plain pickle, which torch.save didn't write"
    case .joblib: "a pickle of joblib or scikit-learn"
    case .textPickle: "a pickle of protocol 0, which torch.save doesn't write"
    case .gzip: "compressed with gzip"
    case .bzip2: "compressed with bzip2"
    case .xz: "compressed with xz"
    case .zstandard: "compressed with zstd"
    case .sevenZip: "a 7z archive"
    case .rar: "a RAR archive"
    case .tar: "a tar archive"
    case .torchExport: "a program of torch.export (.pt2)"
    case .parquet: "a Parquet file"
    case .sqlite: "an SQLite database"
    case .pdf: "a PDF document"
    case .image: "an image"
    }
  }
}
