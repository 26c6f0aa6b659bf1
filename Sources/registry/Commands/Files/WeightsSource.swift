import Formats
import ModelRegistry
import Tensors
import Training

/// A file of weights that is going to be stored: what is in it, and the net that it is.
struct WeightsSource {
  let file: String
  let key: String?
  let opened: any TensorFile
  let net: ImportedNet
  private let isNoNetWanted: Bool
  /// For the store, without params and tags.
  let content: StateDictImport

  /// Finds all that can be wrong with a file before anything is stored.
  init(_ file: String, key: String?, model: String, options: ImportedNetOptions) throws {
    guard file != "-" else {
      throw UsageError(
        "a file of tensors is read in any order: it can't come from standard input.", hint: "cat > model.pt; registry import model.pt")
    }
    let opened = try openTensors(path: file, key: key)
    let tensors = opened.tensors.map { (name: $0.name, dtype: $0.dtype, shape: $0.shape) }
    func expectNoSignal() throws {
      guard let signal = Signals.stop else { return }
      throw ErrorReport("stopped by \(Signals.name(signal)): nothing of '\(file)' was stored.", ErrorReport.Code(signal: signal))
    }
    var content = StateDictImport(file: file, model: model, tensors: tensors) { index in
      try expectNoSignal()
      return try opened.tensor(at: index)
    }
    content.read = { index, body in
      try opened.read(at: index) { part in
        try expectNoSignal()
        try body(part)
      }
    }
    content.checkUnchanged = { try opened.checkUnchanged() }
    if let packed = opened.ignored.first(where: { $0.hasSuffix("_packed_params") }) {
      throw ErrorReport(
        "'\(file)' is of a quantized net: the weights in '\(packed.singleLine)' are packed in a form that isn't stored.",
        hint: "import the state_dict from before the quantization", .badData)
    }
    net = try options.net(
      of: tensors, besides: opened.ignored + opened.metadata.map(\.name), metadata: Self.architectureJSON(of: opened), file: file)
    content.architecture = net.architecture
    self.file = file
    self.key = key
    self.opened = opened
    self.content = content
    isNoNetWanted = options.noArchitecture
  }

  /// The architecture that an export of ours wrote beside the tensors.
  private static func architectureJSON(of opened: any TensorFile) -> String? {
    guard opened is SafetensorsFile else { return nil }
    for entry in opened.metadata where entry.name.hasSameBytes(as: "registry.architecture") {
      if case .string(let text) = entry.value { return text }
    }
    return nil
  }

  /// What there is to say of what was read, once it is stored: guesses, and what was left out.
  func notes(model: String) -> [String] {
    var notes = net.notes(file: file, model: model)
    if Self.architectureJSON(of: opened) != nil, net.source != .metadata, !isNoNetWanted {
      notes.append("What '\(file.singleLine)' says of its own net doesn't fit its tensors, and isn't used")
    }
    if key == nil, let choice = CheckpointChoice(opened) { notes.append(choice.note) }
    return notes
  }

  /// What was taken for a fact of the net and isn't one, with where the net is known from.
  var guessTags: [(key: String, value: CellValue)] {
    guard let architecture = net.architecture else { return [] }
    var tags: [(key: String, value: CellValue)] = []
    if let source = net.source { tags.append(("architecture_from", .text(source.rawValue))) }
    if !architecture.guessed.isEmpty { tags.append(("guessed", .text(architecture.guessed.joined(separator: ",")))) }
    return tags
  }
}
