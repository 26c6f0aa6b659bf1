// Stands in for Sources/Tensors/Digest.swift under the fuzzer, so that swift-crypto need not be built.  Nothing that is
// fuzzed asks for a digest.

public struct Digest: Sendable, Hashable {
  public let hex: String
}

struct DigestBuilder {
  private var text = ""
  mutating func update(_ bytes: [UInt8]) { text += "\(bytes.hashValue)" }
  mutating func update(netstring string: String) { text += string }
  func finalize() -> Digest { Digest(hex: text) }
}

extension Tensor {
  var digest: Digest { Digest(hex: "\(hashValue)") }

  public static func shapeJSON(_ shape: [Int]) -> String { "[" + shape.map(String.init).joined(separator: ",") + "]" }
}
