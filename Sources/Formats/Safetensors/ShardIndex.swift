internal import Files
public import Tensors

/// Why an index of shards, or a directory of weights, is refused.
public enum ShardProblem: Equatable, Sendable {
  case noWeightMap
  /// A shard's name that isn't that of a file beside the index.
  case badShardName(String)
  /// The index names a file that isn't there.
  case missingShard(String)
  case notInShard(tensor: String, shard: String)
  /// A tensor in a shard that the index places in another one.
  case twice(tensor: String, shards: [String])
  /// A key was asked for: an index is one dictionary.
  case noKeys(String)
  /// The index names fewer shards than their names count; `first` is one that it lacks.
  case fewShards(named: Int, count: Int, first: String)
  /// One file of several that are a version together; beside it an index of that name, or none.
  case isShard(index: String?)
  /// One of the parts of a model that was split for several devices, such as `consolidated.00.pth`, with another one beside it.
  case isRank
  case noWeights
  /// A directory with several; these are their names.
  case severalWeights([String])
}

extension ShardProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noWeightMap: "the index has no weight_map"
    case .badShardName(let name): "the index names the shard '\(shown(name))', which isn't the plain name of a file beside it"
    case .missingShard(let name): "the index names the shard '\(shown(name))', and there is no such file"
    case .notInShard(let tensor, let shard): "the index places '\(shown(tensor))' in '\(shown(shard))', which doesn't have it"
    case .twice(let tensor, let shards): "'\(shown(tensor))' is in several shards: \(quotedList(shards))"
    case .noKeys(let key): "an index of shards is one dictionary of tensors, it has none under '\(shown(key))'"
    case .isShard(let index):
      index.map { "one of several shards of a model, a part of it; '\(shown($0))' stands for all of them" }
        ?? "one of several shards of a model, a part of it, and the index that names them all isn't beside it"
    case .fewShards(let named, let count, let first):
      "the index names \(named) of \(count) shards, '\(shown(first))' isn't among them"
    case .isRank: "one part of a model that was split for several devices, with others beside it; such parts aren't put together here"
    case .noWeights: "the directory has no .safetensors, .pt, .pth, .ckpt or .bin file of weights"
    case .severalWeights(let names): "the directory has several files of weights, choose one: \(quotedList(names))"
    }
  }
}

/// `model.safetensors.index.json`: which file of the same directory holds which tensor.
///
/// Source: huggingface_hub's `split_torch_state_dict_into_shards`.
struct ShardIndex {
  /// In the order of the index.
  private(set) var shards: [(tensor: String, shard: String)] = []

  init(_ input: InputFile, limits: FormatLimits) throws(FormatError) {
    func problem(_ problem: ShardProblem) -> FormatError { FormatError(file: input.name, reason: .shards(problem)) }
    guard input.count <= limits.headerBytes else {
      throw FormatError(
        file: input.name, reason: .safetensors(.headerTooLong(bytes: UInt64(input.count), limit: limits.headerBytes)))
    }
    var cursor = JSONCursor(try input.bytes(at: 0, count: input.count), file: input.name, base: 0)
    var hasMap = false
    try cursor.expect("{")
    if !cursor.take("}") {
      repeat {
        let field = try cursor.string()
        try cursor.expect(":")
        guard field == "weight_map" else {
          try cursor.skipValue()
          continue
        }
        guard !hasMap else { throw FormatError(file: input.name, reason: .safetensors(.duplicateName(field))) }
        hasMap = true
        shards = try Self.map(&cursor, file: input.name)
      } while cursor.take(",")
      try cursor.expect("}")
    }
    try cursor.finish()
    guard hasMap else { throw problem(.noWeightMap) }
  }

  private static func map(_ cursor: inout JSONCursor, file: String) throws(FormatError) -> [(tensor: String, shard: String)] {
    var shards: [(tensor: String, shard: String)] = []
    var seen = Set<Name>()
    try cursor.expect("{")
    if cursor.take("}") { return shards }
    repeat {
      let place = cursor.place
      let tensor = try cursor.string()
      guard seen.insert(Name(tensor)).inserted else {
        throw FormatError(file: file, offset: place, reason: .safetensors(.duplicateName(tensor)))
      }
      try cursor.expect(":")
      let shard = try cursor.string()
      // Never a path: an index of somebody else's would choose which files are read.
      guard !shard.isEmpty, shard != ".", shard != "..", !shard.utf8.contains(0x2f), !shard.utf8.contains(0x5c), !shard.utf8.contains(0),
        shard.utf8.count <= 255
      else { throw FormatError(file: file, offset: place, reason: .shards(.badShardName(shard))) }
      shards.append((tensor, shard))
    } while cursor.take(",")
    try cursor.expect("}")
    return shards
  }
}

/// Weights that stand in several files of one directory, as one dictionary: every tensor of the index is in its shard, and none is in two.
public final class ShardedFile: TensorFile {
  public let file: String
  public let tensors: [TensorDescription]
  public let metadata: [MetadataEntry]
  public private(set) var ignored: [String] = []
  private let index: InputFile
  private let shards: [any TensorFile]
  /// For each tensor its shard and its position there.
  private let places: [(shard: Int, position: Int)]

  init(_ input: InputFile, limits: FormatLimits) throws(FormatError) {
    func problem(_ problem: ShardProblem) -> FormatError { FormatError(file: input.name, reason: .shards(problem)) }
    let map = try ShardIndex(input, limits: limits).shards
    if let few = ShardNumber.missing(in: map.map(\.shard)) { throw problem(few) }
    let folder = input.name.pathPrefix
    var shards: [any TensorFile] = []
    var names: [String] = []
    var numbers: [Name: Int] = [:]
    for (_, shard) in map where numbers[Name(shard)] == nil {
      numbers[Name(shard)] = shards.count
      names.append(shard)
      do throws(FormatError) {
        shards.append(try openTensorFile(InputFile(path: folder + shard), limits: limits))
      } catch {
        if case .file(.noSuchFile) = error.reason { throw problem(.missingShard(shard)) }
        throw error
      }
    }
    // Where each tensor of the files stands; in two of them it has two values, perhaps.
    var found: [Name: (shard: Int, position: Int)] = [:]
    for (number, shard) in shards.enumerated() {
      for (position, tensor) in shard.tensors.enumerated() {
        if let other = found.updateValue((number, position), forKey: Name(tensor.name)) {
          throw problem(.twice(tensor: tensor.name, shards: [names[other.shard], names[number]]))
        }
      }
    }
    var tensors: [TensorDescription] = []
    var places: [(shard: Int, position: Int)] = []
    for (tensor, shard) in map {
      guard let place = found.removeValue(forKey: Name(tensor)), place.shard == numbers[Name(shard)] else {
        throw problem(.notInShard(tensor: tensor, shard: shard))
      }
      tensors.append(shards[place.shard].tensors[place.position])
      places.append(place)
    }
    file = input.name
    index = input
    self.shards = shards
    self.tensors = tensors
    self.places = places
    // The shards of one model say the same: {'format': 'pt'}.  What only one says is kept, what two say differently is left out.
    var entries: [MetadataEntry] = []
    var known: [Name: Int] = [:]
    var contradicted: Set<Name> = []
    for entry in shards.flatMap(\.metadata) {
      if let place = known[Name(entry.name)] {
        if !entries[place].value.isSame(as: entry.value) { contradicted.insert(Name(entry.name)) }
      } else {
        known[Name(entry.name)] = entries.count
        entries.append(entry)
      }
    }
    metadata = entries.filter { !contradicted.contains(Name($0.name)) }
    ignored = shards.flatMap(\.ignored) + found.keys.sorted().map(\.text) + contradicted.sorted().map(\.text)
  }

  public var format: TensorFormat { shards.first?.format ?? .safetensors }

  public var byteCount: Int { shards.reduce(index.count) { $0 + $1.byteCount } }

  public func checkUnchanged() throws(FormatError) {
    try index.checkUnchanged()
    for shard in shards { try shard.checkUnchanged() }
  }

  public func tensor(at index: Int) throws(FormatError) -> Tensor {
    try shards[places[index].shard].tensor(at: places[index].position)
  }

  public func read(at index: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try unsafe shards[places[index].shard].read(at: places[index].position, body)
  }
}

/// Opens what a path names: a file of tensors, an index of shards, or a directory that has one of either.
public func openTensors(path: String, key: String? = nil, limits: FormatLimits = FormatLimits()) throws(FormatError) -> any TensorFile {
  let input: InputFile
  do throws(FormatError) {
    input = try InputFile(path: path)
  } catch {
    guard case .file(.isDirectory) = error.reason else { throw error }
    input = try InputFile(path: WeightsFolder(path).weights)
  }
  if let shard = ShardName(input.name) { throw FormatError(file: input.name, reason: .shards(shard.problem)) }
  do throws(FormatError) {
    return try openTensorFile(input, key: key, limits: limits)
  } catch {
    guard case .file(.foreign(.shardIndex)) = error.reason else { throw error }
    if let key { throw FormatError(file: input.name, reason: .shards(.noKeys(key))) }
    return try ShardedFile(input, limits: limits)
  }
}
