import Datasets
import ModelRegistry
import NeuralNets
import Tensors
import Training

/// Everything about a version, for `show`.
struct VersionReport {
  let record: VersionRecord
  let run: Registry.RunRecord
  /// The tensors in order; numbers only of small ones.
  let tensors: [ShownTensor]
  let tags: [(key: String, value: CellValue)]

  /// Reads all of a version, a tensor at a time: each is checked, whether its numbers are shown or not.
  init(_ record: VersionRecord, in registry: Registry) throws {
    self.record = record
    run = try registry.run(record.run)
    tags = try registry.versionTags(record)
    tensors = try registry.storedTensors(record).map { stored in
      guard stored.shape.reduce(1, *) <= Self.shownValues else {
        try registry.readTensor(stored, of: record) { _ in }
        return ShownTensor(stored: stored, values: nil)
      }
      return ShownTensor(stored: stored, values: Self.values(of: try registry.tensor(stored, of: record)))
    }
  }

  /// A tensor's row, and its numbers where they are few.
  struct ShownTensor {
    let stored: StoredTensor
    let values: JSONValue?
  }

  /// Tensors of up to so many numbers are shown with their values.
  private static let shownValues = 64

  var summary: [(String, CellValue)] {
    [
      ("model", .text(record.model)), ("version", CellValue(record.version)), ("run", CellValue(record.run)),
      ("dataset", CellValue(run.dataset)),
      ("train_loss", CellValue(record.trainLoss)), ("test_loss", CellValue(record.testLoss)), ("accuracy", CellValue(record.accuracy)),
      ("precision", CellValue(record.metric("precision"))), ("recall", CellValue(record.metric("recall"))),
      ("f1", CellValue(record.metric("f1"))),
      ("roc_auc", CellValue(record.metric("roc_auc"))), ("parameters", CellValue(record.parameterCount)),
      ("created_at", .text(record.createdAt)), ("parent", CellValue(run.parent)), ("note", CellValue(run.note)),
      ("state_dict_digest", .text(record.stateDictDigest)), ("uuid", .text(record.uuid)),
      ("step", record.step.map { CellValue($0) } ?? .null), ("source", CellValue(record.source)),
      ("description", CellValue(record.description)), ("experiment", .text(run.experiment)),
    ]
  }

  var json: JSONValue {
    var pairs = summary.map { ($0.0, JSONValue($0.1)) }
    pairs.insert(("aliases", .array(record.aliases.map { .string($0) })), at: 2)
    pairs.append(("seed", run.seed.map { JSONValue($0) } ?? .null))
    pairs.append(("run_tags", .object(run.tags.map { ($0.key, JSONValue($0.value)) })))
    pairs.append(("params", RunReport(run: run).paramsJSON))
    pairs.append(
      ("metrics", .object(run.lastMetrics(upTo: record.step).map { ($0.key, .real($0.value)) })))
    pairs.append(("architecture", JSONValue(record.architecture, isActivationUnknown: isActivationUnknown)))
    pairs.append(("tensors", .array(tensors.map(tensorJSON))))
    pairs.append(("tags", .object(tags.map { ($0.key, JSONValue($0.value)) })))
    pairs.append(
      (
        "files",
        .array(
          record.files.map {
            .object([("path", .string($0.path)), ("bytes", JSONValue($0.byteCount)), ("digest", .string($0.digest))])
          })
      ))
    pairs.append(("notes", .array(run.notes.map(\.json))))
    pairs.append(
      ("lineage", .object([("run", JSONValue(run.run)), ("dataset", JSONValue(run.dataset)), ("parent", JSONValue(run.parent))])))
    return .object(pairs)
  }

  func text(width: Int?) -> String {
    let aliases = record.aliases.map(\.quotedInList).joined(separator: ", ").singleLine
    var text = "\(record.title.singleLine)\(aliases.isEmpty ? "" : "  (\(aliases))")\n".wrapped(to: width, hanging: 2)
    var pairs: [(String, CellValue)] = [
      (
        "created",
        .text("\(record.createdAt), by run \(run.run) (\(run.status.rawValue))\(record.step.map { ", at step \($0)" } ?? "")")
      ), ("source", CellValue(record.source)), ("description", CellValue(record.description)), ("dataset", CellValue(run.dataset)),
      ("seed", run.seed.map { CellValue($0) } ?? .null), ("net", CellValue(record.architecture.map(netText))),
      ("guessed", CellValue(record.architecture.flatMap(guessText))), ("fills_in", CellValue(record.architecture?.features.fillings)),
      ("parent", CellValue(run.parent)), ("train_loss", CellValue(record.trainLoss)), ("test_loss", CellValue(record.testLoss)),
      ("accuracy", CellValue(record.accuracy)),
    ]
    pairs += record.metrics.map { ($0.key, .real($0.value)) } + [("note", CellValue(run.note))]
    text += RunReport.lines(pairs.filter { $0.1 != .null }, width: width)
    if !tags.isEmpty { text += "tags\n" + RunReport.lines(tags.map { ($0.key, $0.value) }, width: width) }
    if !record.files.isEmpty {
      let bytes = record.files.reduce(0) { $0 + $1.byteCount }
      text += "\(record.files.count.counted("file")), \(bytes.counted("byte"))\n"
      text += RunReport.lines(record.files.prefix(40).map { ($0.path, CellValue($0.byteCount)) }, width: width)
      if record.files.count > 40 {
        text += "  (\(record.files.count - 40) more: registry artifact list \(record.title.quotedForShell))\n".wrapped(to: width)
      }
    }
    if tensors.isEmpty { return text + RunReport(run: run).details(width: width, tagsTitle: "tags of run \(run.run)") }
    text += "state_dict, \(record.parameterCount) numbers\n"
    let names = tensors.map { $0.stored.name.singleLine.displayWidth }.max() ?? 0
    for tensor in tensors {
      let stored = tensor.stored
      let line = "  \(stored.name.singleLine.padded(to: names))  \(stored.dtype.rawValue) \(Tensor.shapeJSON(stored.shape))"
      text += line.wrapped(to: width, hanging: 4) + "\n"
      if let values = tensor.values { text += TensorText(json: values).lines(indent: 4, width: width) }
    }
    return text + RunReport(run: run).details(width: width, tagsTitle: "tags of run \(run.run)")
  }

  /// The layers, BatchNorm1d and the type of the numbers where that isn't float32 among them.
  private func netText(_ architecture: Architecture) -> String {
    let stack = try? LinearStack(tensors.map { ($0.stored.name, $0.stored.dtype, $0.stored.shape) })
    if isActivationUnknown { return "its activation isn't in the file: import it again with --activation" }
    let types = (stack?.otherTypes ?? []).map(\.rawValue).joined(separator: " and ")
    return architecture.layers(norms: stack?.layers.map { $0.norm != nil } ?? [])
      + (types.isEmpty ? "" : " (\(types), computed in float32)")
  }

  private var isActivationUnknown: Bool { record.architecture?.hasUnknownActivation(tensors.map(\.stored.name)) ?? false }

  private func guessText(_ architecture: Architecture) -> String? {
    architecture.guessed.isEmpty ? nil : architecture.guessed.joined(separator: ", ")
  }

  private func tensorJSON(_ tensor: ShownTensor) -> JSONValue {
    let stored = tensor.stored
    var pairs: [(String, JSONValue)] = [
      ("name", .string(stored.name)), ("dtype", .string(stored.dtype.rawValue)),
      ("shape", .array(stored.shape.map { JSONValue($0) })), ("digest", .string(stored.digest.hex)),
    ]
    if let values = tensor.values { pairs.append(("values", values)) }
    return .object(pairs)
  }

  /// The numbers of a small tensor, nil for others.
  private static func values(of tensor: Tensor) -> JSONValue? {
    guard (1...shownValues).contains(tensor.count), tensor.shape.count <= 8 else { return nil }
    return TensorText(tensor.numbers(in: 0..<tensor.count).map(JSONValue.init), tensor.shape).json
  }
}

extension FeatureEncoder {
  /// What stands in for a missing cell of a column: a number, or a category's name.
  func filling(_ index: Int) -> CellValue {
    guard let value = imputations[index]?.value else { return .null }
    return columns[index].categories.map { .text($0[Int(value)]) } ?? .real(value)
  }

  /// `median: age 38.5, color 'dark red'`; nil where nothing is filled in.
  fileprivate var fillings: String? {
    guard let strategy = imputationStrategy else { return nil }
    let filled = columns.indices.filter { imputations[$0] != nil }
    let shown = filled.prefix(8).map { index in
      let value =
        switch filling(index) {
        case .text(let name): name.quotedInList;
        case .real(let number): number.shortText;
        default: ""
        }
      return "\(columns[index].name.quotedInList) \(value)"
    }
    return "\(strategy.rawValue): " + shown.joined(separator: ", ") + (filled.count > 8 ? ", …" : "")
  }
}

/// A small tensor's numbers, nested by its shape.
struct TensorText {
  let json: JSONValue

  init(_ values: [JSONValue], _ shape: [Int]) {
    var rest = values[...]
    json = Self.nested(&rest, shape[...])
  }

  /// Values that are nested already.
  init(json: JSONValue) { self.json = json }

  private static func nested(_ values: inout ArraySlice<JSONValue>, _ shape: ArraySlice<Int>) -> JSONValue {
    guard let size = shape.first else { return values.popFirst() ?? .null }
    return .array((0..<size).map { _ in nested(&values, shape.dropFirst()) })
  }

  /// A line per innermost row.
  func lines(indent: Int, width: Int?) -> String {
    var result = ""
    func visit(_ value: JSONValue) {
      guard case .array(let items) = value, items.contains(where: { if case .array = $0 { true } else { false } }) else {
        let line = String(repeating: " ", count: indent) + Self.short(value)
        result += line.wrapped(to: width, hanging: indent + 1) + "\n"
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

extension JSONValue {
  /// A complex number is an array of two.
  fileprivate init(_ number: TensorNumber) {
    switch number {
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .unsigned(let value): self = Int64(exactly: value).map { .integer($0) } ?? .unsigned(value)
    case .real(let value): self = .real(value)
    case .complex(let re, let im): self = .array([.real(re), .real(im)])
    }
  }
}
