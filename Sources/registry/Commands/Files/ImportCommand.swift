import ArgumentParser
import Datasets
import Files
import Formats
import ModelRegistry
import NeuralNets
import Tensors
import Training

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Store a state_dict from a .pt or .safetensors file as a version.",
    discussion: """
      The format is found by the file's content, not by its name. Only tensors, texts and numbers are read: nothing in a file is ever \
      run, and objects beside the weights are left out. An index of shards (model.safetensors.index.json), or a directory with one file \
      of weights or one index, is one version. Scalars of a checkpoint and safetensors' metadata become tags of the version.
      Linear layers in a row, with or without BatchNorm1d, can predict here. A state_dict doesn't say which activation stands between \
      them: --activation does (leaky_relu has PyTorch's slope of 0.01, elu its alpha of 1, gelu is the exact form). Only this program's \
      own names (linear_1.weight, linear_1.bias, linear_2.weight, …) mean ReLU. Anything else is stored, shown and exported.

      registry import model.pt --model xor --activation tanh
      registry import checkpoint.pt --key ema_state_dict --tag source=colleague
      registry import house.safetensors --model house --activation relu --task regression --features rooms,area,year
      registry import iris.pt --model iris --activation gelu --batch-norm before --classes setosa,versicolor,virginica
      """)

  @Argument(help: "The file: .pt, .pth, .ckpt, .bin or .safetensors; an index of shards; a directory.") var file: String
  @Option(name: .customLong("model"), help: "The model that gets the version (default: $REGISTRY_MODEL, else neural-net).")
  var chosen: String?
  @Option(help: "The entry of a checkpoint that holds the state_dict, such as model.state_dict (default: the one that there is).") var key:
    String?
  @Option(help: "A tag of the version, KEY=VALUE; repeatable.") var tag: [String] = []
  @Option(help: "A note on the run.") var note: String?
  @Option(help: "A name that groups runs (default: the model's).") var experiment: String?
  @OptionGroup(title: "The net") var net: ImportedNetOptions
  @OptionGroup var format: FormatOption
  @OptionGroup var artifacts: ArtifactsOption
  @OptionGroup var database: DatabaseOption

  private var model: String { chosenModel(chosen) ?? Registry.defaultModel }

  func run() throws {
    Memory.setAside()
    // All that can be wrong with the arguments and the file's index is found before a file is made or changed.
    try Registry.checkName(model, of: "model")
    if let experiment { try Registry.checkExperimentName(experiment) }
    let given = try tag.map(Self.tag)
    Signals.watch()
    let weights = try WeightsSource(file, key: key, model: model, options: self.net)
    let (opened, net) = (weights.opened, weights.net)
    var source = weights.content
    source.params = params(opened, net)
    let (tags, entries) = metadata(of: opened, bytes: opened.byteCount)
    // Other dictionaries of tensors are named as such.
    let others = (opened as? PTFile)?.otherKeys ?? []
    let left = entries.filter { !others.contains(named: $0) } + ((try? WeightsFolder(file).beside) ?? [])
    source.tags = tags + given
    source.experiment = experiment
    source.note = note.flatMap { $0.isEmpty ? nil : $0 }
    let registry = try database.create(artifacts)
    let stored = try registry.importStateDict(source)
    // Notes on what succeeded: an error stands alone.
    for note in weights.notes(model: model) { Streams.note(note) }
    if !left.isEmpty {
      let names = left.prefix(8).map { "'\($0.singleLine.truncatedInMiddle(to: 48))'" }.joined(separator: ", ")
      let more = left.count > 8 ? " and \(left.count - 8) more" : ""
      Streams.note("Left out: \(names)\(more) (not part of the state_dict, and not kept as a tag)")
    }
    try printResult(stored, net, opened, left: left)
  }

  /// What is recorded of the source.
  private func params(_ opened: any TensorFile, _ net: ImportedNet) -> [(key: String, value: CellValue)] {
    var params: [(key: String, value: CellValue)] = [
      ("file", .text(file.pathName)),
      ("format", .text(opened.format.rawValue)),
    ]
    // Where the file has others, which was taken is part of what was done.
    if let key = key ?? CheckpointChoice(opened)?.key { params.append(("key", .text(key))) }
    if let architecture = net.architecture {
      // By the names that a training has for them, so that lists show them alike.
      params.append(("task", .text(architecture.task.rawValue)))
      params.append(("hidden_sizes", .text(Tensor.shapeJSON(architecture.hiddenSizes))))
      if let activation = architecture.activation { params.append(("activation", .text(activation.rawValue))) }
      if let place = architecture.batchNorm {
        params += [("batch_norm", .text(place.rawValue)), ("batch_norm_eps", .real(architecture.epsilon))]
      }
      if let source = net.source { params.append(("architecture_from", .text(source.rawValue))) }
      if !architecture.guessed.isEmpty { params.append(("guessed", .text(architecture.guessed.joined(separator: ",")))) }
    }
    // Where the tensors that are stored look like a net, why they are none can't be told from them later.
    if case .none(let reason?, let again) = net, again.isEmpty,
      (try? LinearStack(opened.tensors.map { ($0.name, $0.dtype, $0.shape) })) != nil
    {
      params.append((Registry.noNetParam, .text(reason)))
    }
    return params
  }

  /// The longest text that becomes a tag, in bytes.
  private static let longestTag = 1 << 20

  /// The scalars beside the tensors, and the names of what can't be a tag.  One text of a pickle may be the value of many keys: all of
  /// them together are no longer than the file.
  private func metadata(of opened: any TensorFile, bytes: Int) -> (tags: [(key: String, value: CellValue)], left: [String]) {
    var left = opened.ignored
    var tags: [(key: String, value: CellValue)] = []
    var room = bytes
    // What an export of this program wrote of the net is no tag.
    for entry in opened.metadata where !(opened is SafetensorsFile && entry.name.hasPrefix(VersionMetadata.prefix)) {
      var size = entry.name.utf8.count
      if case .string(let text) = entry.value { size += text.utf8.count }
      // The stock shell shows a text up to its first NUL: such a key would pass for another.
      if entry.name.isEmpty || entry.name.utf8.contains(0) || size > min(room, Self.longestTag) {
        left.append(entry.name)
      } else {
        tags.append((entry.name, CellValue(entry.value)))
        room -= size
      }
    }
    return (tags, left)
  }

  /// `stage=prod`; a number becomes one, as `registry tag` has it.
  private static func tag(_ text: String) throws -> (key: String, value: CellValue) {
    guard let equals = text.unicodeScalars.firstIndex(of: "="), equals > text.startIndex else {
      throw UsageError("'--tag \(text)': a tag is KEY=VALUE.", hint: "--tag stage=prod")
    }
    return (String(text[..<equals]), CellValue(tag: String(text[text.unicodeScalars.index(after: equals)...])))
  }

  /// What JSON says besides: the net's layers and activation and what of it is a guess, or why there is none.
  private func details(of net: ImportedNet) -> [(String, JSONValue)] {
    switch net {
    case .net(let architecture, let stack, _):
      [
        ("net", .string(architecture.layers(norms: stack.layers.map { $0.norm != nil }))), ("activation", architecture.activationJSON),
        ("task", .string(architecture.task.rawValue)), ("computed_in", .string("float32")),
        ("guessed", .array(architecture.guessed.map { .string($0) })),
      ]
    case .none(let reason, _): [("guessed", .array([])), ("reason", reason.map { .string($0) } ?? .null)]
    }
  }

  private func printResult(_ stored: ImportedVersion, _ net: ImportedNet, _ opened: any TensorFile, left: [String]) throws {
    let architecture = net.architecture
    let values: [(String, CellValue)] = [
      ("model", .text(stored.model)), ("version", CellValue(stored.version)), ("run", CellValue(stored.run)),
      ("tensors", CellValue(stored.tensorCount)), ("new_tensors", CellValue(stored.newTensorCount)),
      ("parameter_count", CellValue(stored.parameterCount)), ("bytes", CellValue(stored.byteCount)),
      ("architecture", CellValue(architecture.map { _ in "NeuralNet" })), ("architecture_from", CellValue(net.source?.rawValue)),
    ]
    let guessed = architecture.flatMap { $0.guessed.isEmpty ? nil : $0.guessed.joined(separator: ",") }
    switch format.format {
    case .json:
      let tags = JSONValue.object(stored.tags.map { ($0.key, JSONValue($0.value)) })
      let leftOut = JSONValue.array(left.map { JSONValue(.text($0)) })
      let pairs =
        values.map { ($0.0, JSONValue($0.1)) } + details(of: net) + CheckpointChoice.json(opened) + [("tags", tags), ("left_out", leftOut)]
      try Streams.output(JSONValue.object(pairs).pretty + "\n")
    case .csv: try Streams.output(csvText(columns: values.map(\.0) + ["guessed"], rows: [values.map(\.1) + [CellValue(guessed)]]))
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

extension CellValue {
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
