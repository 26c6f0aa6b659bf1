public import NeuralNets
public import Tensors

/// The layers of a state_dict that holds Linear layers in a row, each perhaps with a BatchNorm1d, and nothing else: told by names,
/// types and shapes alone.
///
/// Names may be any: `fc1`, `fc2`, `out`; `0`, `3` of an nn.Sequential with gaps; `module.layers.0`.  What is uncertain is refused with
/// the reason.  What the activations are no state_dict says.
public struct LinearStack: Sendable {
  /// A Linear's tensors, and its BatchNorm1d's.
  public struct Layer: Sendable {
    public let weight: String
    public let bias: String?
    public internal(set) var norm: Norm?
  }

  /// The tensors of a BatchNorm1d; without weight and bias it isn't affine.
  public struct Norm: Sendable {
    let stem: String
    let weight: String?
    let bias: String?
    var mean: String { LinearStack.parameter("running_mean", of: stem) }
    var variance: String { LinearStack.parameter("running_var", of: stem) }
  }

  /// Inputs of the first layer, then the outputs of each.
  public let sizes: [Int]
  /// In the order in which they are computed.
  public let layers: [Layer]
  /// Where its BatchNorm1d stand, seen from the activation; nil where there are none, or the names don't tell.
  public let batchNorm: BatchNormPlace?
  /// A BatchNorm1d of which the number in its name alone says which Linear it follows: its size fits others too.
  public let batchNormPlacedByNumber: String?
  /// A weight that may be that of another module with the same shape, such as an nn.Embedding: it has no bias, and not a layer's name.
  public let unsureWeight: String?
  /// Whether the names alone don't say in which order its layers stand: two heads beside each other may fit like two layers in a row, and
  /// the file may have them in another order than their numbers.
  public let isOrderedBySizes: Bool
  /// The name of the first Linear when the nn.Sequential that it is in has elements before it, which have no weights.
  public let notFirst: String?
  /// Whether the names are those of this program's own nets, whose activation is ReLU: `linear_1.weight`, `linear_1.bias`, ….
  public let hasOwnNames: Bool
  /// Whether an nn.Sequential leaves no place for an activation between its layers.
  public let hasNoRoom: Bool
  /// The types of its numbers other than float32, which they are computed in.
  public let otherTypes: [DType]

  public var inputSize: Int { sizes[0] }
  public var hiddenSizes: [Int] { Array(sizes[1..<sizes.count - 1]) }
  public var outputSize: Int { sizes[sizes.count - 1] }
  public var hasBatchNorm: Bool { layers.contains { $0.norm != nil } }

  /// The types that a net's numbers may have.
  static let types: [DType] = [.float32, .float64, .float16, .bfloat16]

  /// Throws the reason why it is none.  Weights are (out, in), biases (out), each layer taking what the one before it gives.
  public init(_ tensors: [(name: String, dtype: DType, shape: [Int])]) throws(NetProblem) {
    var modules = try ModuleTable(tensors)
    let norms = try modules.takeNorms()
    let linears = try modules.takeLinears()
    guard !linears.isEmpty else { throw NetProblem("it has no Linear layer") }
    guard linears.count <= 65 else { throw NetProblem("it has \(linears.count) Linear layers, more than 65") }
    let order = try LayerOrder.order(linears)
    sizes = [order[0].inputs] + order.map(\.outputs)
    if let size = sizes.first(where: { !(1...Hyperparameters.maximumLayerSize).contains($0) }) {
      throw NetProblem("a layer of \(size) units (1 to \(Hyperparameters.maximumLayerSize) are computed)")
    }
    let placing = try BatchNormPlacing(order, norms)
    batchNorm = placing.place
    batchNormPlacedByNumber = placing.placedByNumber
    let unsure = order.indices.filter { index in
      let layer = order[index]
      guard placing.norms[index] == nil, !modules.hasBias(layer.name.stem), !layer.name.isUsual else { return false }
      // In one nn.Sequential only its first element takes something else than numbers, and the next one's inputs chain only if it is square.
      let isBesideOthers = order.indices.contains { $0 != index && order[$0].name.isBeside(layer.name) }
      return !isBesideOthers || index == 0 && layer.inputs == layer.outputs
    }
    // Where no layer has a bias, that is how the net was made.
    isOrderedBySizes = !LayerOrder.isInNames(order) || LayerOrder.contradicts(order, fileOrder: linears)
    unsureWeight =
      order.count == 1 || order.contains { modules.hasBias($0.name.stem) }
      ? unsure.first.map { Self.parameter("weight", of: order[$0].name.stem) } : nil
    notFirst = order[0].name.isFirstElement ? nil : order[0].name.stem
    hasNoRoom = try placing.hasNoRoom()
    layers = order.enumerated().map { index, layer in
      let stem = layer.name.stem
      return Layer(
        weight: Self.parameter("weight", of: stem), bias: modules.hasBias(stem) ? Self.parameter("bias", of: stem) : nil,
        norm: placing.norms[index].map { modules.norm($0) })
    }
    let own = NeuralNet.parameterShapes(
      inputSize: sizes[0], hiddenSizes: Array(sizes[1..<sizes.count - 1]), outputSize: sizes[sizes.count - 1])
    hasOwnNames = own.count == tensors.count && own.allSatisfy { entry in tensors.contains { $0.name.hasSameBytes(as: entry.name) } }
    otherTypes = Self.types.dropFirst().filter { type in tensors.contains { $0.dtype == type } }
  }
}

extension LinearStack {
  /// What the names and sizes leave open and an option has to say, besides the activation of several layers.
  public var openQuestion: NetProblem? {
    if isUnsureAlone, let name = unsureWeight {
      return NetProblem("whether '\(name)' is a Linear's or an nn.Embedding's isn't in the file")
    }
    return batchNormPlacedByNumber.map {
      NetProblem("which Linear '\($0)' (BatchNorm1d) follows isn't in the names, and its size fits more than one place")
    }
  }

  /// The first of these names that a parameter or a statistic of one of its modules would have, or of another module that is called as
  /// they are (`2.weight` beside `0` and `4`): without it the net is another one.
  public func parameter(among names: [String]) -> String? {
    let linears = layers.map { Self.stem(of: $0.weight) }
    let own = Set((linears + layers.compactMap { $0.norm?.stem }).map { Name($0) })
    let patterns = Set(linears.map { Name(LayerName($0).pattern) })
    return names.first { name in
      let stem = Self.stem(of: name)
      let part = name.utf8.lastIndex(of: 0x2e).map { String(name[name.utf8.index(after: $0)...]) } ?? name
      guard ["weight", "bias", "running_mean", "running_var"].contains(named: part) else { return false }
      return own.contains(Name(stem)) || patterns.contains(Name(LayerName(stem).pattern))
    }
  }

  /// `fc1` of `fc1.weight`.
  private static func stem(of name: String) -> String { name.utf8.lastIndex(of: 0x2e).map { String(name[..<$0]) } ?? "" }

  /// Whether it is one weight, of which nobody knows that it is a Linear's.
  public var isUnsureAlone: Bool { unsureWeight != nil && layers.count == 1 }

  /// `fc1.weight`; a module that was saved by itself has its tensors' names alone.
  static func parameter(_ part: String, of stem: String) -> String { stem.isEmpty ? part : "\(stem).\(part)" }
}

/// Where a BatchNorm1d stands, seen from the activation that follows its Linear.
public enum BatchNormPlace: String, Sendable, Codable, CaseIterable {
  case before, after
  /// The only ones stand after the last Linear, which no activation follows.
  case last
}

/// Why a state_dict can't be run as a net.
public struct NetProblem: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String
  /// The activation that would make a net of them, where it isn't the one that was given.
  public let fitting: HiddenActivation?

  public init(_ description: String, fitting: HiddenActivation? = nil) { (self.description, self.fitting) = (description, fitting) }
}

/// The tensors of a state_dict by their modules.
struct ModuleTable {
  private let shapes: [Name: [Int]]
  private let types: [Name: DType]
  /// In the order of the file, without what was taken.
  private var names: [String]

  init(_ tensors: [(name: String, dtype: DType, shape: [Int])]) throws(NetProblem) {
    shapes = Dictionary(tensors.map { (Name($0.name), $0.shape) }) { first, _ in first }
    types = Dictionary(tensors.map { (Name($0.name), $0.dtype) }) { first, _ in first }
    names = tensors.map(\.name)
    guard shapes.count == tensors.count else { throw NetProblem("a name stands there twice") }
  }

  func hasBias(_ stem: String) -> Bool { shapes[Name(LinearStack.parameter("bias", of: stem))] != nil }

  func norm(_ stem: String) -> LinearStack.Norm {
    func known(_ name: String) -> String? { shapes[Name(name)] == nil ? nil : name }
    return LinearStack.Norm(stem: stem, weight: known("\(stem).weight"), bias: known("\(stem).bias"))
  }

  /// The names and sizes of the BatchNorm1d, which are known by their running statistics.
  mutating func takeNorms() throws(NetProblem) -> [(name: LayerName, size: Int)] {
    let ending = ".running_mean"
    var found: [(name: LayerName, size: Int)] = []
    for name in names where name.hasSuffix(ending) {
      let stem = String(name.dropLast(ending.count))
      guard let shape = shapes[Name(name)], shape.count == 1 else { throw NetProblem("'\(name)' isn't the mean of a BatchNorm1d") }
      for part in ["running_mean", "running_var", "weight", "bias"] where part == "running_var" || shapes[Name("\(stem).\(part)")] != nil {
        guard shapes[Name("\(stem).\(part)")] == shape else { throw NetProblem("'\(stem)' isn't a whole BatchNorm1d: its '\(part)'") }
        try checkType("\(stem).\(part)")
      }
      guard (shapes[Name("\(stem).weight")] == nil) == !hasBias(stem) else {
        throw NetProblem("'\(stem)' isn't a whole BatchNorm1d: it has one of weight and bias")
      }
      found.append((LayerName(stem), shape[0]))
    }
    let taken = Set(
      found.flatMap { norm in
        ["running_mean", "running_var", "weight", "bias", "num_batches_tracked"].map { Name("\(norm.name.stem).\($0)") }
      })
    names.removeAll { taken.contains(Name($0)) }
    return found
  }

  /// The Linear layers; throws for what is left and none of theirs.
  mutating func takeLinears() throws(NetProblem) -> [LayerOrder.Layer] {
    var layers: [LayerOrder.Layer] = []
    for name in names {
      let shape = shapes[Name(name)] ?? []
      // A module that was saved by itself, with nothing beside it.
      let isBare = name.hasSameBytes(as: "weight") && names.allSatisfy { ["weight", "bias"].contains(named: $0) }
      if !isBare, name.hasSameBytes(as: "bias"), names.count == 2, names.contains(named: "weight") { continue }
      guard isBare || name.hasSuffix(".weight") else {
        let stem = name.hasSuffix(".bias") ? String(name.dropLast(5)) : ""
        guard !stem.isEmpty, shapes[Name("\(stem).weight")] != nil else {
          let source = names.first { $0.hasPrefix("\(stem).weight_") || $0.hasPrefix("\(stem).parametrizations.") }
          throw NetProblem(
            source.map { "'\(stem)' computes its weight from '\($0)' (weight_norm, spectral_norm or pruning)" }
              ?? "'\(name)' isn't a Linear's weight or bias")
        }
        continue
      }
      let stem = isBare ? "" : String(name.dropLast(7))
      guard shape.count == 2 else {
        throw NetProblem("'\(name)' has \(shape.count) dimension\(shape.count == 1 ? "" : "s")")
      }
      // An nn.Embedding has no bias.
      guard isBare || !stem.isEmpty, hasBias(stem) || !LayerName(stem).isEmbedding else {
        throw NetProblem("'\(name)' is an embedding's, by its name")
      }
      try checkType(name)
      if hasBias(stem) {
        let biasName = LinearStack.parameter("bias", of: stem)
        let bias = shapes[Name(biasName)] ?? []
        guard bias == [shape[0]] else {
          throw NetProblem("'\(biasName)' has the shape \(Tensor.shapeJSON(bias)), and '\(name)' \(Tensor.shapeJSON(shape))")
        }
        try checkType(biasName)
      }
      layers.append(LayerOrder.Layer(name: LayerName(stem), inputs: shape[1], outputs: shape[0]))
    }
    return layers
  }

  private func checkType(_ name: String) throws(NetProblem) {
    guard let type = types[Name(name)], !LinearStack.types.contains(type) else { return }
    throw NetProblem("'\(name)' is \(type.rawValue)")
  }
}
