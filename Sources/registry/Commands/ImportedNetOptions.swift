import ArgumentParser
import Datasets
import NeuralNets
import Tensors
import Training

/// What no state_dict says of its net.
struct ImportedNetOptions: ParsableArguments {
  @Option(help: "binary, multiclass or regression (default: binary for one output, multiclass for more).") var task: LearningTask?
  @Option(help: "The classes' names, separated by commas (default: 0,1,…).") var classes: String?
  @Option(help: "The features' names, separated by commas (default: x0,x1,…).") var features: String?
  @Option(help: "The name of the target's column (default: y).") var target: String?
  @Flag(help: "Store the tensors alone, whatever net they would fit.") var noArchitecture = false

  /// The architecture of a net of Linear and ReLU; nil for any other state_dict.
  func architecture(of tensors: [(name: String, dtype: DType, shape: [Int])], file: String) throws -> Architecture? {
    let given = [task.map { "--task \($0.rawValue)" }, classes.map { "--classes \($0)" }, features.map { "--features \($0)" }]
    let first = (given + [target.map { "--target \($0)" }]).compactMap(\.self).first
    if noArchitecture {
      if let first { throw UsageError("'--no-architecture' and '\(first)' exclude each other.") }
      return nil
    }
    guard let stack = LinearStack(tensors) else {
      if let first {
        let other = tensors.first { $0.dtype != .float32 }
        let why = other.map { ": '\($0.name)' is \($0.dtype.rawValue), a net here is F32" } ?? ""
        throw ErrorReport(
          "'\(first)' needs a net, and '\(file)' is no state_dict of Linear layers in a row\(why).",
          hint: "leave it out to store the tensors alone",
          .badData)
      }
      return nil
    }
    return try Architecture(
      stack, task: task, classes: classes.map(Self.names), features: features.map(Self.names), target: target ?? "y")
  }

  /// What was taken for granted of a net.
  func assumption(_ architecture: Architecture) -> String {
    let isGuess = task == nil ? ", guessed from its outputs (--task says otherwise)" : ""
    return "Taken for \(architecture.layers): \(architecture.task.rawValue)\(isGuess)"
  }

  private static func names(_ text: String) -> [String] { text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
}

extension Architecture {
  /// `Linear(2, 5) → ReLU → Linear(5, 1) → Sigmoid`; of many layers the first three and the last.
  var layers: String {
    let sizes = [inputSize] + hiddenSizes + [outputSize]
    var names = zip(sizes, sizes.dropFirst()).map { "Linear(\($0), \($1))" }
    if names.count > 8 { names.replaceSubrange(3..<names.count - 1, with: ["… \(names.count - 4) more …"]) }
    let linears = names.joined(separator: " → ReLU → ")
    switch outputActivation {
    case .sigmoid: return linears + " → Sigmoid"
    case .softmax: return linears + " → Softmax"
    case .identity: return linears
    }
  }
}
