internal import Glibc
internal import Tensors

/// A directory that stands for the only weights in it: a file of tensors, or an index of shards.
public struct WeightsFolder {
  /// The path of the weights.
  public let weights: String
  /// The names of what a trainer keeps beside them, which is left out: `optimizer.pt`, `rng_state.pth`.
  public let beside: [String]

  private static let endings = [".safetensors", ".pt", ".pth", ".ckpt", ".bin"]
  private static let otherNames = ["optimizer", "scheduler", "scaler", "rng_state", "training_args"]

  /// Throws when it has no weights, or several.
  public init(_ folder: String) throws(FormatError) {
    func problem(_ problem: ShardProblem) -> FormatError { FormatError(file: folder, reason: .shards(problem)) }
    let names = try Self.names(in: folder)
    let path = folder.hasSuffix("/") ? folder : folder + "/"
    let indexes = names.filter { $0.hasSuffix(".index.json") }
    let candidates = names.filter { name in Self.endings.contains { name.hasSuffix($0) } }
    beside = candidates.filter { name in Self.otherNames.contains { name.hasPrefix($0) } }
    let others = beside
    // An index stands for its shards.
    let weights = candidates.filter { !others.contains(named: $0) }
    let shards = weights.filter { ShardName(path + $0) != nil }
    let whole = weights.filter { !shards.contains(named: $0) }
    let found = indexes.isEmpty ? whole + shards : indexes + whole
    guard let only = found.first else { throw problem(.noWeights) }
    // Of shards without their index the first says what it is.
    guard found.count == 1 || indexes.isEmpty && whole.isEmpty else {
      // What can't be read, being empty, isn't named first.
      let empty = found.filter { Self.isEmpty(path + $0) }
      throw problem(.severalWeights(found.filter { !empty.contains(named: $0) } + empty))
    }
    self.weights = path + only
  }

  private static func isEmpty(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_size == 0
  }

  /// Sorted, without hidden ones.
  private static func names(in folder: String) throws(FormatError) -> [String] {
    guard let directory = opendir(folder) else {
      throw FormatError(file: folder, reason: .file(.unreadable(code: errno, message: unsafe String(cString: strerror(errno)))))
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sortedByBytes()
  }
}
