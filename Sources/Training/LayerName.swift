internal import Tensors

/// The name of a module (`net.layers.0`, `fc1`), read as a pattern with numbers in it: `net.layers.#` and [0], `fc#` and [1].
struct LayerName: Hashable {
  @Name var stem: String
  @Name var pattern: String
  let numbers: [Int]

  init(_ stem: String) {
    var (pattern, numbers) = ("", [Int]())
    var rest = Substring(stem)
    while let first = rest.first {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      if digits.isEmpty {
        pattern.append(first)
        rest = rest.dropFirst()
      } else {
        pattern += "#"
        // A number of more digits than any net has layers orders nothing: the names are then told by their bytes.
        numbers.append(Int(digits) ?? .max)
        rest = rest.dropFirst(digits.count)
      }
    }
    self.stem = stem
    self.pattern = pattern
    self.numbers = numbers
  }

  /// Whether it is an element of an nn.Sequential or nn.ModuleList: its last part is a number.
  var isIndexed: Bool { pattern.hasSuffix(".#") || pattern.hasSuffix("#") && pattern.count == 1 }

  /// Whether both are of one module: all but the last number is the same.
  func isBeside(_ other: LayerName) -> Bool {
    pattern.hasSameBytes(as: other.pattern) && isIndexed && numbers.dropLast() == other.numbers.dropLast()
  }

  /// Whether people call a Linear so: `fc1`, `output_layer`, `encoder.linear`.
  var isUsual: Bool {
    let own = pattern.split(separator: ".").last { $0 != "#" } ?? ""
    return own.lowercased().split { $0 == "#" || $0 == "_" }.contains { Self.usualWords.contains(named: String($0)) }
  }

  private static let usualWords = [
    "linear", "lin", "fc", "dense", "layer", "layers", "hidden", "out", "output", "head", "proj", "projection", "mlp", "ffn", "classifier",
    "regressor", "logits",
  ]

  /// Whether people call an nn.Embedding so, or a module that holds one: `emb`, `embed_tokens`, `tokenEmbedding`, `embeddings.word`.
  var isEmbedding: Bool {
    var words: [String] = [""]
    for character in stem {
      if character.isLetter, !character.isUppercase || words[words.count - 1].last?.isUppercase ?? false {
        words[words.count - 1].append(character)
      } else {
        words.append(character.isLetter ? String(character) : "")
      }
    }
    return words.contains { Self.embeddingWords.contains(named: $0.lowercased()) }
  }

  private static let embeddingWords = ["emb", "embed", "embeds", "embedding", "embeddings", "embedder"]

  /// Whether people call a net's last layer so: `out`, `fc_out`, `classifier`.
  var isUsualLast: Bool {
    let own = pattern.split(separator: ".").last { $0 != "#" } ?? ""
    return own.lowercased().split { $0 == "#" || $0 == "_" }.contains { Self.lastWords.contains(named: String($0)) }
  }

  private static let lastWords = ["out", "output", "head", "classifier", "regressor", "logits", "final", "last", "fc", "predictor"]

  /// Whether every nn.Sequential or nn.ModuleList that it is in begins with it.
  var isFirstElement: Bool { stem.split(separator: ".").allSatisfy { Int($0) ?? 0 == 0 } }

  /// The last word of its name, without numbers: `w` of `feed_forward.w1`.
  var ownWord: String { (stem.split(separator: ".").last { Int($0) == nil } ?? "").filter { !$0.isNumber }.lowercased() }

  /// Its place in its module.
  var index: Int { numbers.last ?? 0 }

  func comesBefore(_ other: LayerName) -> Bool { numbers.lexicographicallyPrecedes(other.numbers) }
}

/// The order of layers that stand in a row, found by their numbers and shapes.
struct LayerOrder {
  struct Layer {
    let name: LayerName
    let inputs: Int
    let outputs: Int
  }

  /// The only order in which each takes what the one before it gives and the numbers of equal patterns go up; throws when there is
  /// none, or more than one.
  static func order(_ layers: [Layer]) throws(NetProblem) -> [Layer] {
    // Of each pattern the layers by their numbers: only the next of each can come next.
    let groups = Dictionary(grouping: layers) { Name($0.name.pattern) }.sorted { $0.key < $1.key }
      .map { $0.value.sorted { $0.name.comesBefore($1.name) } }
    var taken = [Int](repeating: 0, count: groups.count)
    var path: [Layer] = []
    var found: [[Layer]] = []
    var steps = 0
    func search() {
      steps += 1
      guard found.count < 2, steps < 20_000 else { return }
      if path.count == layers.count { return found.append(path) }
      for group in groups.indices where taken[group] < groups[group].count {
        let layer = groups[group][taken[group]]
        guard path.last.map({ $0.outputs == layer.inputs }) ?? true else { continue }
        taken[group] += 1
        path.append(layer)
        search()
        path.removeLast()
        taken[group] -= 1
      }
    }
    search()
    guard let order = found.first else {
      throw NetProblem(
        groups.count == 1 ? breakIn(groups[0]) : "its layers don't stand in one row: by their sizes there are branches, or several nets")
    }
    guard found.count == 1, steps < 20_000 else {
      throw NetProblem("the order of '\(order[0].name.stem)', '\(order[1].name.stem)', … isn't in the names, and more than one fits")
    }
    return order
  }

  /// Whether the names alone give this order, sizes aside: the numbers of one pattern, with perhaps a last layer that is called that.
  /// Of `fc2, fc31, fc32` the last two may be heads beside each other: only elements of an nn.Sequential leave numbers out.
  static func isInNames(_ order: [Layer]) -> Bool {
    let last = order[order.count - 1].name
    let others = order.dropLast().map(\.name.pattern)
    guard let pattern = others.first, others.allSatisfy({ $0.hasSameBytes(as: pattern) }) else { return others.isEmpty }
    let numbered = last.pattern.hasSameBytes(as: pattern) ? order[...] : order.dropLast()
    let hasGap = zip(numbered, numbered.dropFirst()).contains { !$0.name.isIndexed && $1.name.index - $0.name.index != 1 }
    return !hasGap && (last.pattern.hasSameBytes(as: pattern) || last.isUsualLast) && !mayStandBesideEachOther(order)
  }

  /// Whether all take and give as many numbers, and are called as what stands beside each other rather than in a row is: `experts.0`,
  /// `head1`; or are LLaMA's w1, w2, w3.
  private static func mayStandBesideEachOther(_ order: [Layer]) -> Bool {
    guard order.count > 1 else { return false }
    let words = Set(order[0].name.pattern.lowercased().split { "._#".contains($0) }.map { Name($0) })
    let isGated = order.count == 3 && order.allSatisfy { $0.name.ownWord.hasSameBytes(as: "w") } && order[0].inputs == order[1].outputs
    return isGated
      || order.count { $0.inputs == $0.outputs } > 1
        && order.allSatisfy { $0.inputs == $0.outputs || !$0.name.pattern.hasSameBytes(as: order[0].name.pattern) }
        && !words.isDisjoint(with: beside)
  }

  /// What people call modules that stand beside each other.
  private static let beside = Set(
    [
      "expert", "experts", "head", "heads", "branch", "branches", "fold", "folds", "critic", "critics", "q", "gate", "gates", "tower",
      "towers",
      "models", "nets", "classifiers", "regressors", "codebook", "codebooks", "member", "members", "ensemble", "estimators",
      "stream", "streams", "task", "tasks",
    ].map { Name($0) })

  /// Whether the file has the layers in another order, of its own: what a writer sorts by name tells nothing.
  static func contradicts(_ order: [Layer], fileOrder: [Layer]) -> Bool {
    let inFile = fileOrder.map { Name($0.name.stem) }
    let computed = order.map { Name($0.name.stem) }
    return inFile != inFile.sorted() && inFile != computed
  }

  private static func breakIn(_ layers: [Layer]) -> String {
    guard let (a, b) = zip(layers, layers.dropFirst()).first(where: { $0.outputs != $1.inputs }) else { return "its layers don't chain" }
    return "'\(a.name.stem)' gives \(a.outputs) numbers, and '\(b.name.stem)' takes \(b.inputs)"
  }
}
