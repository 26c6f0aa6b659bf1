import Datasets
import ModelRegistry
import NeuralNets
import Tensors
import Training

/// Everything about a version, for `show`.
struct VersionReport {
  let record: VersionRecord
  let run: Registry.RunRecord
  let stateDict: StateDict

  /// Tensors of up to so many numbers are shown with their values.
  private static let shownValues = 64

  var summary: [(String, Scalar)] {
    [
      ("model", .text(record.model)), ("version", Scalar(record.version)), ("run", Scalar(record.run)), ("dataset", Scalar(run.dataset)),
      ("train_loss", Scalar(record.trainLoss)), ("test_loss", Scalar(record.testLoss)), ("accuracy", Scalar(record.accuracy)),
      ("parameters", Scalar(record.parameterCount)), ("created_at", .text(record.createdAt)), ("parent", Scalar(run.parent)),
      ("state_dict_digest", .text(record.stateDictDigest)), ("uuid", .text(record.uuid)),
    ]
  }

  var json: JSONValue {
    var pairs = summary.map { ($0.0, JSONValue($0.1)) }
    pairs.insert(("aliases", .array(record.aliases.map { .string($0) })), at: 2)
    pairs.append(("seed", run.seed.map { JSONValue($0) } ?? .null))
    pairs.append(("params", RunReport(run: run).paramsJSON))
    pairs.append(
      ("metrics", .object(run.metrics.compactMap { metric in metric.values.last.map { (metric.key, .real($0.value)) } })))
    pairs.append(("architecture", architectureJSON))
    pairs.append(("tensors", .array(stateDict.entries.map(tensorJSON))))
    pairs.append(
      ("lineage", .object([("run", JSONValue(run.run)), ("dataset", JSONValue(run.dataset)), ("parent", JSONValue(run.parent))])))
    return .object(pairs)
  }

  func text(width: Int?) -> String {
    var text = "\(record.title.singleLine)\(record.aliases.isEmpty ? "" : "  (\(record.aliases.joined(separator: ", ").singleLine))")\n"
    let pairs: [(String, Scalar)] = [
      ("created", .text("\(record.createdAt), by run \(run.run) (\(run.status))")), ("dataset", Scalar(run.dataset)),
      ("seed", run.seed.map { Scalar($0) } ?? .null), ("net", Scalar(record.architecture.map(Self.layers))),
      ("parent", Scalar(run.parent)), ("train_loss", Scalar(record.trainLoss)), ("test_loss", Scalar(record.testLoss)),
      ("accuracy", Scalar(record.accuracy)),
    ]
    text += RunReport.lines(pairs.filter { $0.1 != .null }, width: width)
    text += "state_dict, \(record.parameterCount) numbers\n"
    let names = stateDict.names.map { $0.singleLine.displayWidth }.max() ?? 0
    for entry in stateDict.entries {
      let line = "  \(entry.name.singleLine.padded(to: names))  \(entry.tensor.dtype.rawValue) \(Tensor.shapeJSON(entry.tensor.shape))"
      text += (width.map { line.truncated(to: $0) } ?? line) + "\n"
      if let values = Self.values(of: entry.tensor) { text += TensorText(values, entry.tensor.shape).lines(indent: 4, width: width) }
    }
    return text + RunReport(run: run).details(width: width)
  }

  private var architectureJSON: JSONValue {
    guard let architecture = record.architecture else { return .null }
    return .object([
      ("kind", .string("NeuralNet")), ("task", .string(architecture.task.rawValue)), ("input_size", JSONValue(architecture.inputSize)),
      ("hidden_sizes", .array(architecture.hiddenSizes.map { JSONValue($0) })), ("output_size", JSONValue(architecture.outputSize)),
      ("features", .array(architecture.features.columns.map { .string($0.name) })), ("target", .string(architecture.target)),
      ("classes", .array(architecture.classes.map { .string($0) })),
    ])
  }

  private func tensorJSON(_ entry: StateDict.Entry) -> JSONValue {
    var pairs: [(String, JSONValue)] = [
      ("name", .string(entry.name)), ("dtype", .string(entry.tensor.dtype.rawValue)),
      ("shape", .array(entry.tensor.shape.map { JSONValue($0) })), ("digest", .string(entry.tensor.digest.hex)),
    ]
    if let values = Self.values(of: entry.tensor) { pairs.append(("values", TensorText(values, entry.tensor.shape).json)) }
    return .object(pairs)
  }

  /// The numbers of a small float tensor, nil for others.
  private static func values(of tensor: Tensor) -> [Double]? {
    guard (1...shownValues).contains(tensor.count), tensor.shape.count <= 8 else { return nil }
    switch tensor.dtype {
    case .float8E4M3, .float8E5M2, .float16, .bfloat16, .float32, .float64: return tensor.doubles(0..<tensor.count)
    default: return nil
    }
  }

  /// `Linear(2, 5) → ReLU → Linear(5, 1) → Sigmoid`.
  private static func layers(_ architecture: Architecture) -> String {
    let sizes = [architecture.inputSize] + architecture.hiddenSizes + [architecture.outputSize]
    let linears = zip(sizes, sizes.dropFirst()).map { "Linear(\($0), \($1))" }.joined(separator: " → ReLU → ")
    switch architecture.outputActivation {
    case .sigmoid: return linears + " → Sigmoid"
    case .softmax: return linears + " → Softmax"
    case .identity: return linears
    }
  }
}

/// A small tensor's numbers, nested by its shape.
struct TensorText {
  let json: JSONValue

  init(_ values: [Double], _ shape: [Int]) {
    var rest = values[...]
    json = Self.nested(&rest, shape[...])
  }

  private static func nested(_ values: inout ArraySlice<Double>, _ shape: ArraySlice<Int>) -> JSONValue {
    guard let size = shape.first else { return .real(values.popFirst() ?? .nan) }
    return .array((0..<size).map { _ in nested(&values, shape.dropFirst()) })
  }

  /// A line per innermost row.
  func lines(indent: Int, width: Int?) -> String {
    var result = ""
    func visit(_ value: JSONValue) {
      guard case .array(let items) = value, items.contains(where: { if case .array = $0 { true } else { false } }) else {
        let line = String(repeating: " ", count: indent) + Self.short(value)
        result += (width.map { line.truncated(to: $0) } ?? line) + "\n"
        return
      }
      items.forEach(visit)
    }
    visit(json)
    return result
  }

  private static func short(_ value: JSONValue) -> String {
    switch value {
    case .array(let items): "[" + items.map(short).joined(separator: ", ") + "]"
    case .real(let number): number.shortText
    default: value.text
    }
  }
}
