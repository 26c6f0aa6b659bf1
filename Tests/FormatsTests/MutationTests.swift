import Formats
import Foundation
import TestSupport
import Testing

/// Thousands of seeded mutations of each parser's reference files: each is read or refused, none crashes or hangs.
@Suite("Mutated files")
struct MutationTests {
  /// How many of each parser's.
  static let count = Torture.count(5_000, full: 20_000)

  /// Small limits keep a mutation that declares large tensors cheap.
  static var limits: FormatLimits {
    var limits = FormatLimits()
    limits.expansionFactor = 16
    limits.expansionSlack = 64 << 10
    return limits
  }

  static func corpus(_ folder: String, _ accepts: (String) -> Bool) throws -> [[UInt8]] {
    let names = try FileManager.default.contentsOfDirectory(atPath: Fixtures.path(folder)).filter(accepts).sorted()
    return try names.map { Array(try Fixtures.data("\(folder)/\($0)")) }
  }

  /// A few random changes: bits, bytes, edge values, cuts, repeats, splices.
  static func mutated(_ original: [UInt8], with other: [UInt8], _ random: inout Random) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      guard !bytes.isEmpty else { return bytes }
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 2: bytes[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
      case 3: for index in place..<min(place + 8, bytes.count) { bytes[index] = 0xff }
      case 4: bytes.removeSubrange(place..<min(place + Int.random(in: 1...16, using: &random), bytes.count))
      case 5: bytes.insert(contentsOf: bytes[place..<min(place + Int.random(in: 1...16, using: &random), bytes.count)], at: place)
      case 6: bytes.removeSubrange(place...)
      default:
        let start = Int.random(in: 0..<other.count, using: &random)
        bytes.replaceSubrange(place..<min(place + 16, bytes.count), with: other[start..<min(start + 16, other.count)])
      }
    }
    return bytes
  }

  @Test("of the zip archive and the pickle in it", arguments: [UInt64(1)])
  func pt(seed: UInt64) throws {
    let files =
      try Self.corpus("state_dicts") { $0.hasSuffix(".pt") && $0 != "deep.pt" } + Self.corpus("torch_files") { $0.hasSuffix(".pt") }
    try run(files, seed: seed)
  }

  @Test("of the pickle alone, checksums aside", arguments: [UInt64(2)])
  func pickle(seed: UInt64) throws {
    var random = Random(seed: seed)
    let files = try Self.corpus("state_dicts") { $0.hasSuffix(".pt") && $0 != "legacy.pt" }.map(Self.pickle)
    var accepted = 0
    for _ in 0..<Self.count {
      let original = files.randomElement(using: &random) ?? []
      let pickle = Self.mutated(original, with: files.randomElement(using: &random) ?? [], &random)
      if Self.isAccepted(pickle: pickle) { accepted += 1 }
    }
    #expect((1..<Self.count).contains(accepted))
  }

  /// Whether a file with this pickle is read, checksums aside.
  static func isAccepted(pickle: [UInt8]) -> Bool {
    let counts = ["0": 40, "1": 20, "2": 20, "3": 4]
    var zip = CraftedZip.torch(pickle, counts.mapValues { [UInt8](repeating: 1, count: $0) })
    for index in zip.entries.indices { zip.entries[index].checksum = 0 }
    let input = InputFile(bytes: zip.bytes, name: "f")
    do throws(FormatError) {
      _ = try PTFile(input, key: nil, limits: limits, verifyingChecksums: false).stateDict()
      return true
    } catch {
      return false
    }
  }

  /// The first entry's data: torch writes data.pkl first, and its size into the directory.
  static func pickle(of file: [UInt8]) -> [UInt8] {
    let start = 30 + Int(file[26]) + Int(file[27]) << 8 + Int(file[28]) + Int(file[29]) << 8
    let end = file.indices.first { $0 > start && file[$0...].starts(with: [0x50, 0x4b, 7, 8]) } ?? file.count
    return Array(file[start..<end])
  }

  @Test("of the legacy format", arguments: [UInt64(3)])
  func legacy(seed: UInt64) throws {
    let files = try Self.corpus("state_dicts") { $0 == "legacy.pt" } + Self.corpus("torch_files") { $0.hasPrefix("legacy") }
    try run(files, seed: seed)
  }

  @Test("of safetensors", arguments: [UInt64(4)])
  func safetensors(seed: UInt64) throws {
    let files = try Self.corpus("state_dicts") { $0.hasSuffix(".safetensors") && $0 != "deep.safetensors" }
    try run(files, seed: seed)
  }

  private func run(_ files: [[UInt8]], seed: UInt64) throws {
    #expect(!files.isEmpty)
    var random = Random(seed: seed)
    var refused = 0
    for _ in 0..<Self.count {
      let original = files.randomElement(using: &random) ?? []
      let bytes = Self.mutated(original, with: files.randomElement(using: &random) ?? [], &random)
      if refusal(bytes, limits: Self.limits) != nil { refused += 1 }
    }
    // Some mutations hit padding or data and are harmless, most must be noticed.
    #expect((Self.count / 4..<Self.count).contains(refused))
  }
}
