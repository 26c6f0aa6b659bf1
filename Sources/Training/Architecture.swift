public import Datasets
internal import FoundationEssentials
public import NeuralNets
public import Tensors

/// All that a rebuild needs besides the weights: the net's sizes, the encoding and scaling of its inputs, and what its outputs mean.
///
/// Coded as the `architecture` JSON of the registry:
/// `{"classes":["0","1"],"features":[{"name":"x0","type":"number"},…],"hidden_sizes":[5],"input_size":2,"kind":"NeuralNet",
/// "label_map":[0,0,1,1],"output_size":1,"target":"y","task":"binary"}`.
public struct Architecture: Sendable, Hashable {
  public let task: LearningTask
  public let hiddenSizes: [Int]
  /// What stands between the layers; nil where that is ReLU and the tensors have this program's own names, or there is one layer.
  public let activation: HiddenActivation?
  /// Where an imported net's BatchNorm1d stand; nil where it has none.
  public let batchNorm: BatchNormPlace?
  /// What is added to its BatchNorm1d's variances; nil for PyTorch's default.
  public let batchNormEpsilon: Double?
  /// What was guessed of an imported net: "task", "classes", "batch_norm_eps", "layer", "before", "layer_order", "batch_norm_layer".
  public let guessed: [String]
  /// From a raw row to the net's inputs.
  public let features: FeatureEncoder
  /// The target column's name.
  public let target: String
  /// What the net tells apart; empty for regression.
  public let classes: [String]
  /// From a label of the dataset to a class, where they differ: the tutorial's label_map.
  public let labelMap: [Int]?
  /// From the net's output to the target's own units, where it was standardised.
  public let targetScaler: TargetScaler?

  public var inputSize: Int { features.width }
  public var outputSize: Int { task == .multiclass ? classes.count : 1 }
  public var outputActivation: OutputActivation {
    switch task {
    case .binary: .sigmoid
    case .multiclass: .softmax
    case .regression: .identity
    }
  }

  /// Throws when the parts contradict each other.
  public init(
    task: LearningTask, hiddenSizes: [Int], features: FeatureEncoder, target: String, classes: [String], labelMap: [Int]? = nil,
    targetScaler: TargetScaler? = nil, activation: HiddenActivation? = nil, batchNorm: BatchNormPlace? = nil,
    batchNormEpsilon: Double? = nil,
    guessed: [String] = []
  ) throws(ArchitectureError) {
    let legalSizes = 1...Hyperparameters.maximumLayerSize
    guard hiddenSizes.allSatisfy(legalSizes.contains), hiddenSizes.count <= 64 else { throw .illegal("hidden_sizes \(hiddenSizes)") }
    let expected = task == .regression ? "no classes" : task == .binary ? "two classes" : "two or more classes"
    guard task == .regression ? classes.isEmpty : task == .binary ? classes.count == 2 : classes.count >= 2 else {
      throw .illegal("\(classes.count) classes: \(task.rawValue) has \(expected)")
    }
    guard batchNormEpsilon.map({ $0 >= 0 && $0.isFinite }) ?? true else {
      throw .illegal("a BatchNorm1d's eps that isn't a number from 0 on")
    }
    guard labelMap?.allSatisfy(classes.indices.contains) ?? true else { throw .illegal("a label_map beyond the classes") }
    self.task = task
    self.hiddenSizes = hiddenSizes
    self.features = features
    self.target = target
    self.classes = classes
    self.labelMap = labelMap
    self.targetScaler = targetScaler
    self.activation = activation
    self.batchNorm = batchNorm
    self.batchNormEpsilon = batchNormEpsilon
    self.guessed = guessed
  }

  /// That of a net that is trained further on data of these labels: its layers get this program's own names, and nothing of it is a
  /// guess any more.  Throws when the label_map goes beyond the classes.
  func trainedFurther(labelMap: [Int]?) throws(ArchitectureError) -> Architecture {
    try Architecture(
      task: task, hiddenSizes: hiddenSizes, features: features, target: target, classes: classes, labelMap: labelMap,
      targetScaler: targetScaler, activation: activation == .relu ? nil : activation)
  }

  /// Whether a dataset of these columns is one that this architecture can be trained or evaluated on.
  func fits(_ columns: Columns) -> Bool {
    guard features.columns == columns.features else { return false }
    guard let labels = columns.target.classes else { return task == .regression }
    return task != .regression && (labelMap.map { $0.count == labels.count } ?? classes.hasSameNames(as: labels))
  }

  /// A net of this architecture with these weights; throws when names, shapes or types differ.
  ///
  /// An imported state_dict keeps the names and the types of its file: the layers of a `LinearStack` are the net's.
  public func net(_ stateDict: StateDict) throws(StateDictError) -> NeuralNet {
    // What a training stored, and almost every load finds.
    if batchNorm == nil, hasOwnNames(stateDict) { return try ownNet(stateDict) }
    let stack: LinearStack
    do throws(NetProblem) {
      stack = try LinearStack(stateDict.entries.map { ($0.name, $0.tensor.dtype, $0.tensor.shape) })
    } catch {
      // Of a net with this program's names, the error that names what is missing or doesn't fit.
      if stateDict["linear_1.weight"] != nil { _ = try ownNet(stateDict) }
      throw .noNet(error.description)
    }
    let sizes = [inputSize] + hiddenSizes + [outputSize]
    guard stack.sizes == sizes else { throw .noNet("its layers have the sizes \(stack.sizes), the architecture says \(sizes)") }
    guard fits(stack) else { throw .noNet("its BatchNorm1d don't stand where the architecture says") }
    let layers = try stack.linearLayers(
      stateDict, batchNorm: batchNorm ?? .last, epsilon: batchNormEpsilon ?? LinearStack.defaultEpsilon)
    return NeuralNet(layers: layers, activation: activation ?? .relu, outputActivation: outputActivation)
  }

  private func hasOwnNames(_ stateDict: StateDict) -> Bool {
    let layers = hiddenSizes.count + 1
    return stateDict.count == 2 * layers && stateDict.entries.allSatisfy { $0.tensor.dtype == .float32 }
      && (1...layers).allSatisfy { stateDict["linear_\($0).weight"] != nil && stateDict["linear_\($0).bias"] != nil }
  }

  /// A net whose tensors have this program's own names.
  private func ownNet(_ stateDict: StateDict) throws(StateDictError) -> NeuralNet {
    try NeuralNet(
      stateDict: stateDict, inputSize: inputSize, hiddenSizes: hiddenSizes, outputSize: outputSize, activation: activation ?? .relu,
      outputActivation: outputActivation)
  }

  /// Whether layers have the sizes of this architecture, and BatchNorm1d if it has some, on the side that the names tell.
  public func fits(_ stack: LinearStack) -> Bool {
    guard stack.sizes == [inputSize] + hiddenSizes + [outputSize], stack.hasBatchNorm == (batchNorm != nil) else { return false }
    // Before there was a word for it, those after the last Linear were called 'before'.
    guard let place = stack.batchNorm, let batchNorm else { return true }
    return place == batchNorm || place == .last && batchNorm == .before
  }

  /// Whether tensors of these names have an activation that nobody knows: the layers of an import by an earlier release, which took
  /// ReLU for granted.
  public func hasUnknownActivation(_ names: [String]) -> Bool {
    guard activation == nil, !hiddenSizes.isEmpty else { return false }
    let own = NeuralNet.parameterShapes(inputSize: inputSize, hiddenSizes: hiddenSizes, outputSize: outputSize).map { Name($0.name) }
    return Set(own) != Set(names.map { Name($0) })
  }

  /// A net of this architecture with PyTorch's initial weights.
  public func net(using generator: inout MersenneTwister) -> NeuralNet {
    NeuralNet(
      inputSize: inputSize, hiddenSizes: hiddenSizes, outputSize: outputSize, activation: activation ?? .relu,
      outputActivation: outputActivation, using: &generator)
  }
}

/// Why an architecture is refused.
public enum ArchitectureError: Error, Equatable, CustomStringConvertible {
  case illegal(String)
  // What is said of an imported net and doesn't fit it.
  case wrongOutputs(task: LearningTask, count: Int)
  case wrongClasses(given: Int, needed: Int, task: LearningTask)
  case wrongFeatures(given: Int, needed: Int)

  public var description: String {
    switch self {
    case .wrongOutputs(let task, let count):
      "the net has \(count) output\(count == 1 ? "" : "s"), \(task.rawValue) needs \(task == .multiclass ? "two or more" : "one")"
    case .wrongClasses(let given, let needed, let task):
      needed == 0 ? "\(task.rawValue) has no classes" : "the net tells \(needed) classes apart, not \(given)"
    case .wrongFeatures(let given, let needed): "the net takes \(needed) features, not \(given)"
    case .illegal(let problem): "the architecture has \(problem)"
    }
  }
}

extension Architecture: Codable {
  private static let kind = "NeuralNet"
  private enum CodingKeys: String, CodingKey {
    case kind, task, features, target, classes, activation, guessed
    case batchNorm = "batch_norm"
    case batchNormEpsilon = "batch_norm_eps"
    case inputSize = "input_size"
    case hiddenSizes = "hidden_sizes"
    case outputSize = "output_size"
    case labelMap = "label_map"
    case targetScaler = "target_standardization"
  }

  /// Reads the `architecture` JSON; throws `ArchitectureError` for anything that is not one.
  public init(json: String) throws(ArchitectureError) {
    do {
      self = try JSONDecoder().decode(Architecture.self, from: Data(json.utf8))
    } catch let error as ArchitectureError {
      throw error
    } catch {
      throw .illegal("a form that is not this program's: \(json.prefix(80))")
    }
  }

  /// The canonical JSON: keys sorted, no spaces.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Every number in it is finite: scalers are checked when they are made.
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let kind = try container.decode(String.self, forKey: .kind)
    guard kind == Self.kind else { throw ArchitectureError.illegal("the kind '\(kind)', this program knows NeuralNet") }
    try self.init(
      task: container.decode(LearningTask.self, forKey: .task), hiddenSizes: container.decode([Int].self, forKey: .hiddenSizes),
      features: container.decode(FeatureEncoder.self, forKey: .features), target: container.decode(String.self, forKey: .target),
      classes: container.decode([String].self, forKey: .classes), labelMap: container.decodeIfPresent([Int].self, forKey: .labelMap),
      targetScaler: container.decodeIfPresent(TargetScaler.self, forKey: .targetScaler),
      activation: container.decodeIfPresent(HiddenActivation.self, forKey: .activation),
      batchNorm: container.decodeIfPresent(BatchNormPlace.self, forKey: .batchNorm),
      batchNormEpsilon: container.decodeIfPresent(Double.self, forKey: .batchNormEpsilon),
      guessed: container.decodeIfPresent([String].self, forKey: .guessed) ?? [])
    let sizes = try [container.decode(Int.self, forKey: .inputSize), container.decode(Int.self, forKey: .outputSize)]
    guard sizes == [inputSize, outputSize] else {
      throw ArchitectureError.illegal("sizes \(sizes), its columns and classes make \([inputSize, outputSize])")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.kind, forKey: .kind)
    try container.encode(task, forKey: .task)
    try container.encode(features, forKey: .features)
    try container.encode(target, forKey: .target)
    try container.encode(classes, forKey: .classes)
    try container.encode(inputSize, forKey: .inputSize)
    try container.encode(hiddenSizes, forKey: .hiddenSizes)
    try container.encode(outputSize, forKey: .outputSize)
    try container.encodeIfPresent(labelMap, forKey: .labelMap)
    try container.encodeIfPresent(targetScaler, forKey: .targetScaler)
    try container.encodeIfPresent(activation, forKey: .activation)
    try container.encodeIfPresent(batchNorm, forKey: .batchNorm)
    try container.encodeIfPresent(batchNormEpsilon, forKey: .batchNormEpsilon)
    if !guessed.isEmpty { try container.encode(guessed, forKey: .guessed) }
  }
}
