internal import Tensors

/// UUIDs that are the same each time that a source is read.
enum SourceUUID {
  /// The UUID of what these texts name: the beginning of their SHA-256, marked as version 8 of RFC 9562.
  static func derived(from parts: String...) -> String { derived(from: parts) }

  static func derived(from parts: [String]) -> String {
    var builder = DigestBuilder()
    for part in parts { builder.update(netstring: part) }
    var digits = Array(builder.finalize().hex.utf8.prefix(32))
    digits[12] = UInt8(ascii: "8")
    digits[16] = Array("89ab".utf8)[Int(digits[16] & 3)]
    return dashed(digits)
  }

  /// The UUID that an id of MLflow is, which writes it as 32 digits; another id's is derived from it.
  static func ofMLflow(_ id: String) -> String {
    let digits = Array(id.utf8)
    let isHex = digits.count == 32 && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    return isHex ? dashed(digits) : derived(from: "mlflow run", id)
  }

  private static func dashed(_ digits: [UInt8]) -> String {
    var text: [UInt8] = []
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { text.append(UInt8(ascii: "-")) }
      text.append(digit)
    }
    return String(decoding: text, as: UTF8.self)
  }
}
