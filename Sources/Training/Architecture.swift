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
    targetScaler: TargetScaler? = nil
  ) throws(ArchitectureError) {
    let legalSizes = 1...Hyperparameters.maximumLayerSize
    guard hiddenSizes.allSatisfy(legalSizes.contains), hiddenSizes.count <= 64 else { throw .illegal("hidden_sizes \(hiddenSizes)") }
    let expected = task == .regression ? "no classes" : task == .binary ? "two classes" : "two or more classes"
    guard task == .regression ? classes.isEmpty : task == .binary ? classes.count == 2 : classes.count >= 2 else {
      throw .illegal("\(classes.count) classes: \(task.rawValue) has \(expected)")
    }
    guard labelMap?.allSatisfy(classes.indices.contains) ?? true else { throw .illegal("a label_map beyond the classes") }
    self.task = task
    self.hiddenSizes = hiddenSizes
    self.features = features
    self.target = target
    self.classes = classes
    self.labelMap = labelMap
    self.targetScaler = targetScaler
  }

  /// The same with another label_map; throws when it goes beyond the classes.
  func with(labelMap: [Int]) throws(ArchitectureError) -> Architecture {
    try Architecture(
      task: task, hiddenSizes: hiddenSizes, features: features, target: target, classes: classes, labelMap: labelMap,
      targetScaler: targetScaler)
  }

  /// Whether a dataset of these columns is one that this architecture can be trained or evaluated on.
  func fits(_ columns: Columns) -> Bool {
    guard features.columns == columns.features else { return false }
    guard let labels = columns.target.classes else { return task == .regression }
    return task != .regression && (labelMap.map { $0.count == labels.count } ?? classes.hasSameNames(as: labels))
  }

  /// A net of this architecture with these weights; throws when names, shapes or types differ.
  ///
  /// An imported state_dict keeps the names of its file: those of a `LinearStack` are taken for the net's own.
  public func net(_ stateDict: StateDict) throws(StateDictError) -> NeuralNet {
    var own = stateDict
    if stateDict["linear_1.weight"] == nil,
      let stack = LinearStack(stateDict.entries.map { ($0.name, $0.tensor.dtype, $0.tensor.shape) })
    {
      own = try stack.neuralNetNames(stateDict)
    }
    return try NeuralNet(
      stateDict: own, inputSize: inputSize, hiddenSizes: hiddenSizes, outputSize: outputSize, outputActivation: outputActivation)
  }

  /// A net of this architecture with PyTorch's initial weights.
  public func net(using generator: inout MersenneTwister) -> NeuralNet {
    NeuralNet(
      inputSize: inputSize, hiddenSizes: hiddenSizes, outputSize: outputSize, outputActivation: outputActivation, using: &generator)
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
    case kind, task, features, target, classes
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
      targetScaler: container.decodeIfPresent(TargetScaler.self, forKey: .targetScaler))
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
  }
}
