internal import Files
internal import Glibc
internal import Tensors

/// The number in a shard's name, `model-00001-of-00003.safetensors`.
///
/// Source: huggingface_hub's pattern `{stem}-{number:05d}-of-{count:05d}{suffix}`.
struct ShardNumber {
  /// `model`
  let stem: Substring
  let number: Int
  let count: Int
  /// `.safetensors`
  let ending: Substring
  /// How many digits the number has.
  private let width: Int

  init?(_ path: String) {
    guard let dot = path.lastIndex(of: "."), [".safetensors", ".pt", ".pth", ".ckpt", ".bin"].contains(path[dot...]) else { return nil }
    var stem = path[..<dot]
    guard let (count, _) = Self.takeNumber(&stem), count > 1, stem.hasSuffix("-of-") else { return nil }
    stem.removeLast(4)
    guard let (number, width) = Self.takeNumber(&stem), number <= count, stem.last == "-" || stem.last == "_" else { return nil }
    (self.stem, self.number, self.count, ending, self.width) = (stem.dropLast(), number, count, path[dot...], width)
  }

  /// The number at the end of a name, which then lacks it, and its digits.
  private static func takeNumber(_ name: inout Substring) -> (number: Int, digits: Int)? {
    let digits = name.utf8.reversed().prefix { (0x30...0x39).contains($0) }.count
    defer { name.removeLast(digits) }
    return Int(name.suffix(digits)).map { ($0, digits) }
  }

  /// What is wrong with these shards when some of those that their names count aren't among them.
  static func missing(in names: [String]) -> ShardProblem? {
    var groups: [Name: (one: ShardNumber, name: String, numbers: Set<Int>)] = [:]
    for name in names {
      guard let shard = ShardNumber(name) else { continue }
      groups[Name("\(shard.stem) \(shard.count)\(shard.ending)"), default: (shard, name, [])].numbers.insert(shard.number)
    }
    for (one, name, numbers) in groups.sorted(by: { $0.key < $1.key }).map(\.value) where numbers.count < one.count {
      // Counted from 1; from 0 where there is a shard 0.  Among so many numbers one is free.
      let first = numbers.contains(0) ? 0 : 1
      guard let free = (first...first + numbers.count).first(where: { !numbers.contains($0) }) else { continue }
      let digits = String(free)
      let padded = String(repeating: "0", count: max(one.width - digits.utf8.count, 0)) + digits
      let rest = name.utf8.dropFirst(one.stem.utf8.count + 1 + one.width)
      let separator = name.utf8.dropFirst(one.stem.utf8.count).prefix(1)
      return .fewShards(named: numbers.count, count: one.count, first: "\(one.stem)\(Substring(separator))\(padded)\(Substring(rest))")
    }
    return nil
  }
}

/// By its name, and what is beside it, a file that holds a part of a model: a shard, or one device's part (`consolidated.00.pth` of
/// Llama, `mp_rank_00_model_states.pt` of DeepSpeed and Megatron).
struct ShardName {
  let problem: ShardProblem

  init?(_ path: String) {
    if let shard = ShardNumber(path) {
      let index = "\(shard.stem)\(shard.ending).index.json"
      problem = .isShard(index: access(index, R_OK) == 0 ? index : nil)
    } else if Self.isRank(path) {
      problem = .isRank
    } else {
      return nil
    }
  }

  /// Whether a file, or the directory that it is in, is numbered as a device's, and there is one of another number.
  private static func isRank(_ path: String) -> Bool {
    let parts = path.pathParts
    for index in parts.indices.suffix(2) {
      for mark in ["consolidated.", "mp_rank_"] where parts[index].hasPrefix(mark) {
        let rest = parts[index].dropFirst(mark.utf8.count)
        let width = rest.utf8.prefix { (0x30...0x39).contains($0) }.count
        guard let number = Int(rest.prefix(width)) else { continue }
        for other in 0..<100 where other != number {
          let digits = String(other)
          let padded = String(repeating: "0", count: max(width - digits.utf8.count, 0)) + digits
          var beside = parts
          beside[index] = mark + padded + rest.dropFirst(width)
          if access(beside.joined(separator: "/"), F_OK) == 0 { return true }
        }
      }
    }
    return false
  }
}
