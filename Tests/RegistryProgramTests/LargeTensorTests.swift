import Foundation
import TestSupport
import Testing

/// A tensor that is larger than the memory that its program gets; in `make torture` alone, since it takes minutes.
@Suite("a large tensor", .serialized)
struct LargeTensorTests {
  private static let count = 625_000_000
  /// In KB of addresses; 256 MB of them are set aside and never touched.
  private static let memory = 1_000_000

  private let program: Program

  init() throws { program = try Program() }

  /// A file of zeros with a hole in it, but for some numbers.
  private func write(_ name: String, numbers: [Int: Float]) throws {
    let header = """
      {"embed.weight":{"dtype":"F32","shape":[\(Self.count)],"data_offsets":[0,\(4 * Self.count)]},\
      "bias":{"dtype":"F32","shape":[2],"data_offsets":[\(4 * Self.count),\(4 * Self.count + 8)]}}
      """
    let start = Data(withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8))
    let path = program.folder.path(name)
    try start.write(to: URL(fileURLWithPath: path))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.truncate(atOffset: UInt64(start.count + 4 * Self.count + 8))
    for (place, number) in numbers {
      try file.seek(toOffset: UInt64(start.count + 4 * place))
      try file.write(contentsOf: withUnsafeBytes(of: number.bitPattern.littleEndian) { Data($0) })
    }
    try file.close()
  }

  private func registry(_ arguments: String) throws -> String {
    let result = try program.shell("ulimit -v \(Self.memory); exec $registry \(arguments)")
    #expect(result.status == 0, "\(arguments): \(result.stderr)")
    return result.stdout
  }

  @Test("goes in and out, is compared, verified, merged, copied and collected in less memory than it has", .enabled(if: Torture.isFull))
  func everything() throws {
    try write("a.safetensors", numbers: [0: 1, Self.count / 2: 2, Self.count - 1: 3])
    #expect(try registry("import a.safetensors --model m").contains("2 tensors, \(Self.count + 2) numbers, 2 new"))
    _ = try registry("export m/1 -o b.safetensors")
    _ = try registry("export m/1 -o b.pt")
    try FileManager.default.removeItem(atPath: program.folder.path("a.safetensors"))
    for file in ["b.safetensors", "b.pt"] {
      #expect(try registry("import \(file) --model m").contains("none new"))
      try FileManager.default.removeItem(atPath: program.folder.path(file))
    }
    try write("c.safetensors", numbers: [0: 1, Self.count / 2: 2.5, Self.count - 1: 3])
    #expect(try registry("import c.safetensors --model m").contains("1 new"))
    let compared = try registry("compare m/1 m/4 --format csv")
    #expect(compared.contains("embed.weight") && compared.contains("0.5"), "\(compared)")
    _ = try registry("show m/4")
    _ = try registry("verify")
    _ = try registry("delete m/1 m/2 m/3")
    _ = try registry("gc")
    _ = try registry("merge registry.db --db other.db")
    _ = try registry("backup copy.db --db other.db")
    try FileManager.default.removeItem(atPath: program.folder.path("other.db"))
    _ = try registry("verify --db copy.db")
    #expect(try registry("import c.safetensors --model m --db copy.db").contains("none new"))
    // The same as a shard.
    let shards = ["embed.weight", "bias"].map { "\"\($0)\": \"c.safetensors\"" }.joined(separator: ", ")
    try program.folder.write("c.safetensors.index.json", "{\"weight_map\": {\(shards)}}")
    #expect(try registry("import c.safetensors.index.json --model m --db copy.db").contains("none new"))
  }
}
