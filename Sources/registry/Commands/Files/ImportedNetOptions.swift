import ArgumentParser
import Datasets
import NeuralNets
import Tensors
import Training

/// What no state_dict says of its net.
struct ImportedNetOptions: ParsableArguments {
  @Option(
    help: """
      What stands between the layers: \(HiddenActivation.allCases.map(\.rawValue).joined(separator: ", ")) (default: relu for this \
      program's own names; no other file says). With it, a lone weight is a Linear's, whatever its name.
      """) var activation: HiddenActivation?
  @Option(
    help: """
      Where each BatchNorm1d stands, before or after the activation; last: after the last Linear alone (default: what the names tell). \
      With it, bn1 follows the Linear of the same number, fc1.
      """) var batchNorm: BatchNormPlace?
  @Option(help: "The eps of each BatchNorm1d (default, a guess: PyTorch's 1e-5; Keras has 1e-3).") var batchNormEps: Double?
  @Option(help: "binary, multiclass or regression (default, a guess: binary for one output, multiclass for more).") var task: LearningTask?
  @Option(help: "The classes' names, separated by commas (default, a guess: 0,1,…).") var classes: String?
  @Option(help: "The features' names, separated by commas (default: x0,x1,…).") var features: String?
  @Option(help: "The name of the target's column (default: y).") var target: String?
  @Flag(help: "Store the tensors alone, whatever net they would fit.") var noArchitecture = false

  /// The options that were given, as they were.
  private var given: [String] {
    [
      activation.map { "--activation \($0.rawValue)" }, batchNorm.map { "--batch-norm \($0.rawValue)" },
      batchNormEps.map { "--batch-norm-eps \($0)" }, task.map { "--task \($0.rawValue)" }, classes.map { "--classes \($0)" },
      features.map { "--features \($0)" },
      target.map { "--target \($0)" },
    ].compactMap(\.self)
  }

  /// The net that tensors are, or why they are none.  `metadata` is the architecture that an export of ours wrote into the file.
  /// `others` are the names of what isn't stored as a tensor.
  func net(
    of tensors: [(name: String, dtype: DType, shape: [Int])], besides others: [String], metadata: String?, file: String
  ) throws -> ImportedNet {
    if noArchitecture {
      if let first = given.first { throw UsageError("'--no-architecture' and '\(first)' exclude each other.") }
      return .none(reason: nil, again: [])
    }
    for (option, list) in [("--classes", classes), ("--features", features)] {
      guard let list, Self.names(list).contains("") else { continue }
      throw UsageError("'\(option) \(list)': a name in it is empty.", hint: "\(option) a,b,c")
    }
    do {
      let stack = try LinearStack(tensors)
      if let name = stack.parameter(among: others) { throw NetProblem("'\(name)' isn't among the tensors that are stored") }
      if let architecture = metadata.flatMap({ try? Architecture(json: $0) }),
        architecture.fits(stack), !stack.hasNoRoom || architecture.activation == HiddenActivation.none,
        !architecture.hasUnknownActivation(tensors.map(\.name))
      {
        return .net(try adjusted(architecture, file: file), stack, from: .metadata)
      }
      do {
        let architecture = try Architecture(
          stack, activation: activation, batchNorm: batchNorm, batchNormEpsilon: batchNormEps, task: task, classes: classes.map(Self.names),
          features: features.map(Self.names), target: target ?? "y")
        return .net(architecture, stack, from: activation == nil ? .names : .option)
      } catch let problem as NetProblem {
        throw Unfitting(problem: problem, missing: missing(for: stack))
      }
    } catch let problem as NetProblem {
      return try without(problem, missing: [], file: file)
    } catch let unfitting as Unfitting {
      return try without(unfitting.problem, missing: unfitting.missing, file: file)
    }
  }

  /// The architecture that a file has of itself, with what these options say of what is a guess in it; throws where they contradict it.
  private func adjusted(_ known: Architecture, file: String) throws -> Architecture {
    func contradiction(_ option: String, _ own: String) -> ErrorReport {
      ErrorReport(
        "'\(option)' contradicts '\(file)', which says of its own net: \(own).",
        hint: "leave it out; --no-architecture stores the tensors alone", .badData)
    }
    let between = known.activation ?? .relu
    if let activation, activation != between, !known.hiddenSizes.isEmpty {
      throw contradiction("--activation \(activation.rawValue)", between.rawValue)
    }
    if let batchNorm, batchNorm != known.batchNorm {
      throw contradiction("--batch-norm \(batchNorm.rawValue)", known.batchNorm?.rawValue ?? "no BatchNorm1d")
    }
    if let batchNormEps, batchNormEps != known.epsilon || known.batchNorm == nil, !known.guessed.contains("batch_norm_eps") {
      throw contradiction("--batch-norm-eps \(batchNormEps)", known.batchNorm == nil ? "no BatchNorm1d" : "an eps of \(known.epsilon)")
    }
    if let task, task != known.task, !known.guessed.contains("task") || task == .multiclass || known.task == .multiclass {
      throw contradiction("--task \(task.rawValue)", known.task.rawValue)
    }
    let task = task ?? known.task
    let columns = known.features.columns.map(\.name)
    // Names that nobody gave aren't the file's own.
    let plain = try FeatureEncoder(columns: known.features.columns)
    let isUnnamed = columns.hasSameNames(as: columns.indices.map { "x\($0)" }) && known.features == plain
    let named = features.map(Self.names) ?? columns
    guard named.hasSameNames(as: columns) || isUnnamed && named.count == columns.count else {
      throw contradiction("--features \(features ?? "")", columns.joined(separator: ","))
    }
    if let target, !target.hasSameBytes(as: known.target), !(isUnnamed && known.target.hasSameBytes(as: "y")) {
      throw contradiction("--target \(target)", known.target)
    }
    let own = task == known.task ? known.classes : task == .regression ? [] : ["0", "1"]
    let names = classes.map(Self.names) ?? own
    guard names.count == own.count, task != known.task || known.guessed.contains("classes") || names.hasSameNames(as: own) else {
      throw contradiction("--classes \(classes ?? "")", own.isEmpty ? "no classes" : own.joined(separator: ","))
    }
    let said = [self.task.map { _ in "task" }, classes.map { _ in "classes" }, batchNormEps.map { _ in "batch_norm_eps" }].compactMap(
      \.self)
    var guessed = known.guessed.filter { !said.contains(named: $0) && !(task == .regression && $0.utf8.elementsEqual("classes".utf8)) }
    if task != known.task, task == .binary, classes == nil { guessed.append("classes") }
    return try Architecture(
      task: task, hiddenSizes: known.hiddenSizes,
      features: isUnnamed ? FeatureEncoder(columns: named.map { FeatureColumn(name: $0) }) : known.features, target: target ?? known.target,
      classes: names, labelMap: known.labelMap, targetScaler: known.targetScaler, activation: known.activation, batchNorm: known.batchNorm,
      batchNormEpsilon: batchNormEps ?? known.batchNormEpsilon, guessed: guessed)
  }

  /// A stack that these options don't fit, and those that would make a net of it.
  private struct Unfitting: Error {
    let problem: NetProblem
    let missing: [String]
  }

  private func missing(for stack: LinearStack) -> [String] {
    var options: [String] = []
    if activation == nil, !stack.hiddenSizes.isEmpty, !stack.hasOwnNames {
      options.append(
        "--activation \(stack.hasNoRoom ? "none" : "'\(HiddenActivation.allCases.map(\.rawValue).joined(separator: "|"))'")")
    }
    if activation == nil, stack.isUnsureAlone { options.append("--activation none") }
    let needsPlace = stack.batchNorm == nil && activation != HiddenActivation.none || stack.batchNormPlacedByNumber != nil
    if batchNorm == nil, stack.hasBatchNorm, needsPlace {
      options.append("--batch-norm \(stack.batchNorm?.rawValue ?? "'before|after'")")
    }
    return options
  }

  /// Tensors alone; throws when an option was given that needs a net.
  private func without(_ problem: NetProblem, missing: [String], file: String) throws -> ImportedNet {
    // Of several options the one that the problem is about.
    let ofNorm = problem.description.contains("BatchNorm1d") ? given.first { $0.hasPrefix("--batch-norm") } : nil
    if let first = ofNorm ?? given.first {
      let again = missing.isEmpty ? nil : "registry import \(file.quotedForShell) \((given + missing).joined(separator: " "))"
      let instead = problem.fitting.map { ": --activation \($0.rawValue) fits" } ?? ""
      throw ErrorReport(
        "'\(first)' needs a net, and '\(file)' can't be run as one: \(problem)\(instead).",
        hint: again ?? "leave it out to store the tensors alone",
        .badData)
    }
    return .none(reason: problem.description, again: missing)
  }

  private static func names(_ text: String) -> [String] { text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
}

/// What an imported state_dict is to be taken for.
enum ImportedNet {
  /// What says so.
  enum Source: String {
    case option = "--activation"
    case names, metadata
  }

  case net(Architecture, LinearStack, from: Source)
  /// Tensors alone; `again` are the options that would make a net of them.
  case none(reason: String?, again: [String])

  var architecture: Architecture? {
    if case .net(let architecture, _, _) = self { architecture } else { nil }
  }
  var source: Source? {
    if case .net(_, _, let source) = self { source } else { nil }
  }

  /// The lines that say what was taken for what, and why.  Names in them are a stranger's.
  func notes(file: String, model: String) -> [String] { lines(file: file, model: model).map(\.singleLine) }

  private func lines(file: String, model: String) -> [String] {
    switch self {
    case .none(nil, _): return []
    case .none(let reason?, let again):
      let line = "Stored without a net: \(reason)"
      guard !again.isEmpty else { return [line] }
      let command = "registry import \(file.quotedForShell) \(again.joined(separator: " ")) --model \(model.quotedForShell)"
      return [line, "  hint: \(HintCommand.completed(command))"]
    case .net(let architecture, let stack, let source):
      var line = "Taken for \(architecture.layers(norms: stack.layers.map { $0.norm != nil })): \(architecture.task.rawValue)"
      if architecture.guessed.contains("task") { line += ", guessed from its outputs (--task says otherwise)" }
      var notes = [line]
      if source == .names, !architecture.hiddenSizes.isEmpty {
        notes.append("ReLU by its names, which are those of this program's own nets (--activation says otherwise)")
      }
      if let place = architecture.batchNorm {
        let hasActivation = architecture.activation != HiddenActivation.none
        let side = place == .last ? "after the last Linear" : hasActivation ? "\(place.rawValue) the activation" : "after its Linear"
        let isGuess = architecture.guessed.contains("batch_norm_eps")
        let eps =
          isGuess ? "an eps of 1e-5, a guess: PyTorch's default (--batch-norm-eps says otherwise)" : "an eps of \(architecture.epsilon)"
        notes.append("BatchNorm1d in eval mode, \(side), with \(eps)")
      }
      if architecture.guessed.contains("layer"), let name = stack.unsureWeight {
        notes.append(
          "That '\(name.singleLine)' is a Linear's is a guess: an nn.Embedding's looks the same (--no-architecture stores the tensors alone)"
        )
      }
      if architecture.guessed.contains("before"), let name = stack.notFirst {
        notes.append(
          "Something without weights stands before '\(name.singleLine)': that it is Flatten, Dropout or Identity is a guess "
            + "(--no-architecture stores the tensors alone)")
      }
      if architecture.guessed.contains("layer_order") {
        let names = stack.layers.prefix(4).map { "'\($0.weight.singleLine)'" }.joined(separator: ", ")
        notes.append(
          "The order \(names)\(stack.layers.count > 4 ? ", …" : "") is a guess by the sizes: heads beside each other may look the same "
            + "(--no-architecture stores the tensors alone)")
      }
      if architecture.guessed.contains("batch_norm_layer") {
        notes.append("That each BatchNorm1d follows the Linear of its number is a guess (--no-architecture stores the tensors alone)")
      }
      if architecture.guessed.contains("classes") {
        let names = architecture.classes.prefix(4).joined(separator: ", ") + (architecture.classes.count > 4 ? ", …" : "")
        notes.append("Its classes are called \(names), a guess (--classes names them)")
      }
      if !stack.otherTypes.isEmpty {
        notes.append(
          "Its \(stack.otherTypes.map(\.rawValue).joined(separator: " and ")) numbers are stored as they are and computed in float32")
      }
      return notes
    }
  }
}

extension Architecture {
  /// `Linear(2, 5) → ReLU → Linear(5, 1) → Sigmoid`; of many layers the first three and the last.
  var layers: String { layers(norms: []) }

  /// The same with a BatchNorm1d after the Linear layers that have one.
  func layers(norms: [Bool]) -> String {
    let sizes = [inputSize] + hiddenSizes + [outputSize]
    let activation = (activation ?? .relu).layerName
    var parts = zip(sizes, sizes.dropFirst()).enumerated().map { index, size in
      let linear = "Linear(\(size.0), \(size.1))"
      let norm = index < norms.count && norms[index] ? "BatchNorm1d" : nil
      let hidden = index < sizes.count - 2 ? activation : nil
      return ([linear] + (batchNorm == .after ? [hidden, norm] : [norm, hidden]).compactMap(\.self)).joined(separator: " → ")
    }
    if parts.count > 8 {
      let more = (["… \(parts.count - 4) more …"] + [activation].compactMap(\.self)).joined(separator: " → ")
      parts.replaceSubrange(3..<parts.count - 1, with: [more])
    }
    let linears = parts.joined(separator: " → ")
    switch outputActivation {
    case .sigmoid: return linears + " → Sigmoid"
    case .softmax: return linears + " → Softmax"
    case .identity: return linears
    }
  }

  /// What is added to its BatchNorm1d's variances.
  var epsilon: Double { batchNormEpsilon ?? LinearStack.defaultEpsilon }

  /// A line that says what of an imported net is a guess; nil where nothing is.
  var guessNote: String? {
    guard !guessed.isEmpty else { return nil }
    var options: [String] = []
    var (said, unsaid): ([String], [String]) = ([], [])
    for guess in guessed {
      switch guess {
      case "task":
        options.append("--task")
        said.append("the task (\(task.rawValue))")
      case "batch_norm_layer": unsaid.append("which layer each BatchNorm1d follows (the one of its number)")
      case "batch_norm_eps":
        options.append("--batch-norm-eps")
        said.append("the eps of BatchNorm1d (1e-5)")
      case "layer": unsaid.append("that each weight is a Linear's")
      case "layer_order": unsaid.append("the order of its layers (by their sizes and numbers)")
      case "before": unsaid.append("what stands before its first Linear (Flatten, Dropout or Identity)")
      default:
        options.append("--\(guess)")
        said.append("the \(guess) (\(classes.prefix(4).joined(separator: ", "))\(classes.count > 4 ? ", …" : ""))")
      }
    }
    let start = "Guessed at its import: "
    guard !said.isEmpty else { return (start + Self.listed(unsaid)).singleLine }
    let line = "\(start)\(Self.listed(said)); 'registry import \(options.joined(separator: " "))' says \(said.count == 1 ? "it" : "them")"
    return (unsaid.isEmpty ? line : "\(line); a guess that no option says: \(Self.listed(unsaid))").singleLine
  }

  private static func listed(_ parts: [String]) -> String { parts.joined(separator: parts.count < 3 ? " and " : ", ") }
}
