public import Datasets
public import NeuralNets

extension Architecture {
  /// The architecture of a net of these layers, its columns numbers; throws when the task, the classes or the columns don't fit it, and
  /// `NetProblem` when the activation or the place of its BatchNorm1d doesn't, or isn't known.
  ///
  /// - Parameters:
  ///   - activation: may be nil where the names are this program's own (ReLU), or there is one layer that can't be an nn.Embedding.
  ///   - batchNorm: where the names don't tell where they stand; one of number K then follows the Linear of that number.
  ///   - batchNormEpsilon: when nil, guessed to be PyTorch's default, 1e-5.
  ///   - task: when nil, one output is guessed to be a probability (binary) and several to be classes.
  ///   - classes: when nil, guessed to be "0", "1", ….
  ///   - features: the columns' names; when nil, "x0", "x1", ….
  public init(
    _ stack: LinearStack, activation: HiddenActivation? = nil, batchNorm: BatchNormPlace? = nil, batchNormEpsilon: Double? = nil,
    task: LearningTask? = nil, classes: [String]? = nil, features: [String]? = nil, target: String = "y"
  ) throws {
    let isDeep = !stack.hiddenSizes.isEmpty
    if isDeep, activation == nil, !stack.hasOwnNames { throw NetProblem("the activation between its layers isn't in the file") }
    if stack.isUnsureAlone ? activation == nil : batchNorm == nil, let question = stack.openQuestion { throw question }
    if stack.hasNoRoom, let activation, activation != .none {
      throw NetProblem(
        "its layers follow each other without room for \(activation.layerName ?? "") between them", fitting: HiddenActivation.none)
    }
    if let batchNorm {
      guard stack.hasBatchNorm else { throw NetProblem("it has no BatchNorm1d to stand \(batchNorm.rawValue) the activation") }
      guard stack.batchNorm ?? batchNorm == batchNorm else {
        throw NetProblem(
          stack.batchNorm == .last
            ? "its BatchNorm1d stands after the last Linear, which no activation follows"
            : "its BatchNorm1d stand \(stack.batchNorm?.rawValue ?? "") the activation, by their names")
      }
      guard batchNorm != .last || stack.batchNorm == .last else {
        throw NetProblem("its BatchNorm1d stand between its layers, not at the end")
      }
    }
    if batchNormEpsilon != nil, !stack.hasBatchNorm { throw NetProblem("it has no BatchNorm1d that an eps would be for") }
    // Without an activation both sides are one.
    let place = stack.batchNorm ?? batchNorm ?? (activation == HiddenActivation.none ? .before : nil)
    if stack.hasBatchNorm, place == nil {
      throw NetProblem("whether its BatchNorm1d stand before or after the activation isn't in the file")
    }
    let outputs = stack.outputSize
    var guessed = (task == nil ? ["task"] : []) + (classes == nil && task != .regression ? ["classes"] : [])
    if stack.hasBatchNorm, batchNormEpsilon == nil { guessed.append("batch_norm_eps") }
    if stack.unsureWeight != nil, isDeep { guessed.append("layer") }
    if stack.notFirst != nil { guessed.append("before") }
    if stack.isOrderedBySizes { guessed.append("layer_order") }
    if stack.batchNormPlacedByNumber != nil { guessed.append("batch_norm_layer") }
    let task = task ?? (outputs == 1 ? .binary : .multiclass)
    guard (task == .multiclass) == (outputs > 1) else { throw ArchitectureError.wrongOutputs(task: task, count: outputs) }
    let count = task == .binary ? 2 : task == .multiclass ? outputs : 0
    let classes = classes ?? (0..<count).map(String.init)
    guard classes.count == count else { throw ArchitectureError.wrongClasses(given: classes.count, needed: count, task: task) }
    let features = features ?? (0..<stack.inputSize).map { "x\($0)" }
    guard features.count == stack.inputSize else {
      throw ArchitectureError.wrongFeatures(given: features.count, needed: stack.inputSize)
    }
    // One set of columns rejects what a CSV file could not have: a name twice, the target among the features.
    let columns = try Columns(
      features: features.map { FeatureColumn(name: $0) }, target: TargetColumn(name: target, classes: task == .regression ? nil : classes))
    try self.init(
      task: task, hiddenSizes: stack.hiddenSizes, features: FeatureEncoder(columns: columns.features), target: target, classes: classes,
      activation: isDeep ? activation : nil, batchNorm: stack.hasBatchNorm ? place : nil,
      batchNormEpsilon: batchNormEpsilon, guessed: guessed)
  }
}
