internal import Glibc

/// `model-00001-of-00003.safetensors`: by its name, a file that holds a part of a model.
///
/// Source: huggingface_hub's patterns `{stem}-{number:05d}-of-{count:05d}{suffix}` and `{stem}{suffix}.index.json`.
struct ShardName {
  /// The path of its index; nil where there is no such file beside it.
  let index: String?

  init?(_ path: String) {
    guard let dot = path.lastIndex(of: "."), [".safetensors", ".pt", ".pth", ".ckpt", ".bin"].contains(path[dot...]) else { return nil }
    var stem = path[..<dot]
    guard let count = Self.takeNumber(&stem), count > 1, stem.hasSuffix("-of-") else { return nil }
    stem.removeLast(4)
    guard let number = Self.takeNumber(&stem), number <= count, stem.last == "-" || stem.last == "_" else { return nil }
    let index = "\(stem.dropLast())\(path[dot...]).index.json"
    self.index = access(index, R_OK) == 0 ? index : nil
  }

  /// The number at the end of a name, which then lacks it.
  private static func takeNumber(_ name: inout Substring) -> Int? {
    let digits = name.utf8.reversed().prefix { (0x30...0x39).contains($0) }.count
    defer { name.removeLast(digits) }
    return Int(name.suffix(digits))
  }
}
