import ArgumentParser
import Datasets
import Formats
import ModelRegistry
import Tensors
import Training

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Store a state_dict from a .pt or .safetensors file as a version.",
    discussion: """
      The format is told by the file's content, not its name. Only tensors, texts and numbers are read: nothing in a file is ever run.
      Scalars of a checkpoint and safetensors' metadata become tags of the version. A state_dict of Linear layers (linear_1.weight …, or
      an nn.Sequential with an activation between them, taken for ReLU) predicts here; any other is stored, shown and exported.

      registry import model.pt --model xor
      registry import checkpoint.pt --key ema_state_dict --tag source=colleague
      registry import house.safetensors --model house --task regression --features rooms,area,year
      registry import iris.pt --model iris --classes setosa,versicolor,virginica
      """)

  @Argument(help: "The file: .pt, .pth, .bin or .safetensors.") var file: String
  @Option(help: "The model that gets the version.") var model = Registry.defaultModel
  @Option(help: "The entry of a checkpoint that holds the state_dict (default: the one that there is).") var key: String?
  @Option(help: "A tag of the version, KEY=VALUE; repeatable.") var tag: [String] = []
  @Option(help: "A note on the run.") var note: String?
  @OptionGroup(title: "The net") var net: ImportedNetOptions
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    Memory.setAside()
    // All that can be wrong with the arguments and the file's index is found before a file is made or changed.
    try Registry.checkName(model, of: "model")
    let given = try tag.map(Self.tag)
    guard file != "-" else {
      throw UsageError(
        "a file of tensors is read in any order: it can't come from standard input.", hint: "cat > model.pt; registry import model.pt")
    }
    let input = try InputFile(path: file)
    let opened = try openTensorFile(input, key: key)
    let tensors = opened.tensors.map { (name: $0.name, dtype: $0.dtype, shape: $0.shape) }
    var source = StateDictImport(file: file, model: model, tensors: tensors) { index in
      if let signal = Signals.stop {
        throw ErrorReport("stopped by \(Signals.name(signal)): nothing of '\(file)' was stored.", ErrorReport.Code(signal: signal))
      }
      return try opened.tensor(at: index)
    }
    Signals.watch()
    source.checkUnchanged = { try input.checkUnchanged() }
    source.architecture = try net.architecture(of: tensors, file: file)
    source.params = params(opened, source.architecture)
    let (tags, left) = metadata(of: opened, bytes: input.count)
    source.tags = tags + given
    source.note = note.flatMap { $0.isEmpty ? nil : $0 }
    let registry = try database.open(.create)
    let stored = try registry.importStateDict(source)
    // Notes on what succeeded: an error stands alone.
    if let architecture = source.architecture { Streams.note(net.assumption(architecture)) }
    if !left.isEmpty {
      let names = left.prefix(8).map { "'\($0.singleLine.truncatedInMiddle(to: 48))'" }.joined(separator: ", ")
      let more = left.count > 8 ? " and \(left.count - 8) more" : ""
      let other = opened is PTFile ? "; --key KEY takes another dictionary of tensors" : ""
      Streams.note("Left out: \(names)\(more) (not of the state_dict, and nothing that a tag can be\(other))")
    }
    try printResult(stored, architecture: source.architecture)
  }

  /// What is recorded of the source.
  private func params(_ opened: any TensorFile, _ architecture: Architecture?) -> [(key: String, value: Scalar)] {
    var params: [(key: String, value: Scalar)] = [
      ("file", .text(file.lastIndex(of: "/").map { String(file[file.index(after: $0)...]) } ?? file)),
      ("format", .text(opened is SafetensorsFile ? "safetensors" : "pt")),
    ]
    if let key { params.append(("key", .text(key))) }
    if let architecture {
      // By the names that a training has for them, so that lists show them alike.
      params.append(("task", .text(architecture.task.rawValue)))
      params.append(("hidden_sizes", .text(Tensor.shapeJSON(architecture.hiddenSizes))))
    }
    return params
  }

  /// The longest text that becomes a tag, in bytes.
  private static let longestTag = 1 << 20

  /// The scalars beside the tensors, and the names of what can't be a tag.  One text of a pickle may be the value of many keys: all of
  /// them together are no longer than the file.
  private func metadata(of opened: any TensorFile, bytes: Int) -> (tags: [(key: String, value: Scalar)], left: [String]) {
    var left = (opened as? PTFile)?.ignored ?? []
    var tags: [(key: String, value: Scalar)] = []
    var room = bytes
    for entry in opened.metadata {
      var size = entry.name.utf8.count
      if case .string(let text) = entry.value { size += text.utf8.count }
      // The stock shell shows a text up to its first NUL: such a key would pass for another.
      if entry.name.isEmpty || entry.name.utf8.contains(0) || size > min(room, Self.longestTag) {
        left.append(entry.name)
      } else {
        tags.append((entry.name, Scalar(entry.value)))
        room -= size
      }
    }
    return (tags, left)
  }

  /// `stage=prod`; a number becomes one.
  private static func tag(_ text: String) throws -> (key: String, value: Scalar) {
    guard let equals = text.unicodeScalars.firstIndex(of: "="), equals > text.startIndex else {
      throw UsageError("'--tag \(text)': a tag is KEY=VALUE.", hint: "--tag stage=prod")
    }
    let value = String(text[text.index(after: equals)...])
    if let number = Int64(value) { return (String(text[..<equals]), .integer(number)) }
    if let number = Double(value), number.isFinite { return (String(text[..<equals]), .real(number)) }
    return (String(text[..<equals]), .text(value))
  }

  private func printResult(_ stored: ImportedVersion, architecture: Architecture?) throws {
    let values: [(String, Scalar)] = [
      ("model", .text(stored.model)), ("version", Scalar(stored.version)), ("run", Scalar(stored.run)),
      ("tensors", Scalar(stored.tensorCount)), ("new_tensors", Scalar(stored.newTensorCount)),
      ("parameter_count", Scalar(stored.parameterCount)), ("bytes", Scalar(stored.byteCount)),
      ("architecture", Scalar(architecture.map { _ in "NeuralNet" })),
    ]
    switch format.format {
    case .json:
      let tags = JSONValue.object(stored.tags.map { ($0.key, JSONValue($0.value)) })
      try Streams.output(JSONValue.object(values.map { ($0.0, JSONValue($0.1)) } + [("tags", tags)]).pretty + "\n")
    case .csv: try Streams.output(csvText(columns: values.map(\.0), rows: [values.map(\.1)]))
    case .table:
      let new = stored.newTensorCount == 0 ? "none new" : "\(stored.newTensorCount) new"
      try Streams.proseUnlessGone(
        "Imported \(stored.model)/\(stored.version): \(counted(stored.tensorCount, "tensor")), \(counted(stored.parameterCount, "number")), \(new), from \(file.singleLine)\n"
      )
    }
  }
}

/// `1 tensor`, `4 tensors`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

extension Scalar {
  /// As a tag has it: a boolean is 0 or 1.
  fileprivate init(_ value: MetadataValue) {
    switch value {
    case .bool(let value): self.init(value)
    case .int(let value): self.init(value)
    case .double(let value): self = .real(value)
    case .string(let value): self = .text(value)
    }
  }
}
