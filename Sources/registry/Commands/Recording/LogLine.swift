import JSONText
import ModelRegistry
import Tensors

/// What one line of `registry log` says.  A line is read as a whole before anything of it is done: one that is wrong does nothing.
struct LogLine {
  /// A version to store.
  struct Version {
    /// Nil for a version of files alone.
    var weights: String?
    var key: String?
    var model: String?
    var step: Int?
    var metrics = NamedValues<Double>()
    var files: [(file: String, name: String)] = []
    var tags = NamedValues<CellValue>()
    var aliases: [String] = []
    var source: String?
    var description: String?
    /// What the weights don't say of their net, as the options of `registry import` call it.
    var netOptions: [String] = []
  }

  /// How the run ends.
  struct End {
    var status = RunStatus.finished
    var error: String?
    var exitCode: Int?
  }

  /// What the acknowledgement of the line says.
  private(set) var ack: JSONNode?
  private(set) var params = NamedValues<ParamValue>()
  private(set) var tags = NamedValues<CellValue>()
  private(set) var note: String?
  private(set) var dataset: RunDataset?
  private(set) var step: Int?
  /// In milliseconds since 1970.
  private(set) var time: Int64?
  private(set) var metrics: [(key: String, value: Double)] = []
  /// A file of the disk, and what it is called in the run.
  private(set) var file: (path: String, name: String?)?
  /// A text to be stored as a file.
  private(set) var text: (content: String, name: String)?
  private(set) var version: Version?
  private(set) var end: End?

  /// Reads a line's JSON.  Throws `LogLineError`.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    let node: JSONNode
    do throws(JSONTextError) { node = try JSONReader.read(bytes, takingNaN: true) } catch {
      throw LogLineError("it isn't JSON: \(error)", hint: #"{"step": 0, "train_loss": 0.7}"#)
    }
    guard case .object(let pairs) = node else {
      throw LogLineError("it is \(node.kind): a line is an object", hint: #"{"step": 0, "train_loss": 0.7}"#)
    }
    let fields = try LogFields(pairs)
    ack = fields["ack"]
    if let node = fields["version"] {
      version = try Version(node, fields)
    } else {
      try readPlain(fields)
    }
  }

  /// What the acknowledgement of a line would say that may be wrong.
  static func ack(of bytes: UnsafeRawBufferPointer) -> JSONNode? {
    guard case .object(let pairs)? = try? JSONReader.read(bytes, takingNaN: true) else { return nil }
    return pairs.last { $0.key.hasSameBytes(as: "ack") }?.value
  }

  private mutating func readPlain(_ fields: LogFields) throws {
    if fields["file"] != nil, fields["text"] != nil {
      throw LogLineError("'file' and 'text' stand in one line, and 'as' names one of them", hint: "a line for each")
    }
    for (key, node) in fields.pairs {
      switch LogFields.word(key) {
      case .params: try addParams(node, "")
      case .tags: tags = try LogFields.tags(node)
      case .note: note = try LogFields.text(node, "note")
      case .dataset: dataset = try Self.dataset(node)
      case .metrics: for (key, node) in try LogFields.object(node, "metrics") { metrics.append((key, try LogFields.metric(node, key))) }
      case .step: step = try LogFields.integer(node, "step")
      case .time: time = Int64(try LogFields.integer(node, "time"))
      case .epoch: break
      case .file: file = (try LogFields.text(node, "file"), try fields["as"].map { try LogFields.text($0, "as") })
      case .text:
        guard let name = fields["as"] else { throw LogLineError("'text' has no name", hint: #"{"text": "…", "as": "notes.txt"}"#) }
        text = (try LogFields.text(node, "text"), try LogFields.text(name, "as"))
      case .end: end = try Self.end(node, fields)
      case .ack: break
      case .as:
        guard fields["file"] != nil || fields["text"] != nil else { throw LogLineError("'as' stands without 'file' or 'text'") }
      case .error, .exitCode:
        guard fields["end"] != nil else {
          throw LogLineError("'\(key)' stands without 'end'", hint: #"a metric of this name: {"metrics": {"\#(key)": 1}}"#)
        }
      case .version: break
      case nil: metrics.append((key, try LogFields.metric(node, key)))
      }
    }
    try readEpoch(fields)
  }

  /// `epoch` is the step, unless there is one or it is a fraction: then it is a metric, as some programs log it.
  private mutating func readEpoch(_ fields: LogFields) throws {
    guard let node = fields["epoch"] else { return }
    if step == nil, let epoch = try? LogFields.integer(node, "epoch") {
      step = epoch
    } else {
      metrics.append(("epoch", try LogFields.metric(node, "epoch")))
    }
  }

  private mutating func addParams(_ node: JSONNode, _ prefix: String) throws {
    for (key, node) in try LogFields.object(node, "params") {
      let name = prefix + key
      guard !name.isEmpty else { throw LogLineError("a param has no name") }
      switch node {
      case .object: try addParams(node, "\(name).")
      case .number(let text): params.append(name, ParamValue(written: text))
      case .string(let text): params.append(name, ParamValue(text))
      case .bool(let value): params.append(name, ParamValue(value))
      case .null: params.append(name, ParamValue("null"))
      case .array: params.append(name, ParamValue(node.text))
      }
    }
  }

  private static func dataset(_ node: JSONNode) throws -> RunDataset {
    let fields = try LogFields.object(node, "dataset")
    func text(_ key: String) throws -> String? {
      guard let node = fields.last(where: { $0.key.hasSameBytes(as: key) })?.value else { return nil }
      if case .null = node { return nil }
      // A schema or a profile may be an object: any form is kept.
      if case .string(let text) = node { return text }
      return node.text
    }
    let known = ["name", "digest", "source_type", "source", "schema", "profile", "context"]
    if let other = fields.map(\.key).first(where: { !known.contains(named: $0) }) {
      throw LogLineError("'\(other)' is nothing that a dataset has", hint: "a dataset has \(known.joined(separator: ", "))")
    }
    guard let name = try text("name"), let digest = try text("digest") else {
      throw LogLineError("a dataset has a name and a digest", hint: #"{"dataset": {"name": "iris", "digest": "5f2c", "context": "train"}}"#)
    }
    var dataset = RunDataset(name: name, digest: digest)
    dataset.sourceType = try text("source_type")
    dataset.source = try text("source")
    dataset.schema = try text("schema")
    dataset.profile = try text("profile")
    dataset.context = try text("context")
    return dataset
  }

  private static func end(_ node: JSONNode, _ fields: LogFields) throws -> End {
    let word = try LogFields.text(node, "end")
    guard let status = RunStatus(rawValue: word), status.isEnd else {
      throw LogLineError("'\(word)' is no end of a run", hint: "finished, failed, killed or interrupted")
    }
    return End(
      status: status, error: try fields["error"].map { try LogFields.text($0, "error") },
      exitCode: try fields["exit_code"].map { try LogFields.integer($0, "exit_code") })
  }
}
