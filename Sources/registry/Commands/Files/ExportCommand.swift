import ArgumentParser
import Datasets
import Files
import Formats
import ModelRegistry
import Tensors
import Training

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a version's weights to a file (.pt, .safetensors, .onnx, .json, .csv), or a run with its files to a folder.",
    discussion: """
      The same version always gives the same bytes, and every tensor is checked by its digest on the way. The file appears whole or not \
      at all.
      .pt: the tensors alone, for torch.load(path, weights_only=True) and load_state_dict.
      .safetensors: the tensors, with architecture, scaling, categories and classes as metadata (registry.architecture and others).
      .onnx: the whole net, from raw rows (scaling, categories) to labels; it gives what predict gives.
      .json: the architecture (with scaling, categories and classes), and the values nested by their shape.
      .csv: a row for each number: name, dtype, an index for each dimension (i0, i1, …), value.

      A version of files is written into a folder. So is a run: its files below artifacts, all that is known of it as run.json, and its \
      metrics as metrics.csv (key, step, value, time in ms since 1970; a step that was logged again has a row for each value, and the last \
      one counts).

      registry export 3 -o model.pt
      registry export xor@champion -o model.safetensors --force
      registry export latest -o model.onnx
      registry export latest --model xor -o - --as csv
      registry export --run 7 -o run7
      """)

  @Argument(help: "3, name/3, name@champion or latest.") var version: String?
  @Option(name: .customLong("run"), parsing: .unconditional, help: "This run instead of a version, as a folder.") var runNumber: Int?
  @Option(name: .shortAndLong, help: "The file (- is standard output), or the folder.") var output: String
  @Option(name: .customLong("as"), help: "pt, safetensors, onnx, json or csv, whatever the file's name says.") var fileFormat: ExportFormat?
  @Flag(help: "Replace files that exist.") var force = false
  @Option(help: .versionsModel) var model: String?
  @OptionGroup var format: FormatOption
  @OptionGroup var database: DatabaseOption

  func run() throws {
    if let runNumber { return try exportRun(runNumber) }
    guard let version else { throw UsageError("export needs a version or --run.", hint: "registry export latest -o model.pt") }
    Memory.setAside()
    if try isFolder, try exportFiles(version) { return }
    try exportWeights(version, fileFormat ?? ExportFormat(path: output))
  }

  private func exportWeights(_ version: String, _ fileFormat: ExportFormat) throws {
    if output == "-", fileFormat.isBinary, Streams.outputIsTerminal {
      throw UsageError(
        "a \(fileFormat.rawValue) file is not for a terminal.",
        hint: "registry export \(version.quotedForShell) -o model.\(fileFormat.rawValue)")
    }
    let registry = try database.open()
    let export = VersionExport(registry: registry, record: try registry.version(versionName(version, model: model, in: registry)))
    if export.record.tensorCount == 0, !export.record.files.isEmpty {
      let title = export.record.title
      throw ErrorReport(
        "\(title) has files alone, no tensors.",
        hint: "registry export \(title.quotedForShell) -o DIR --db \(registry.path.quotedForShell)",
        .badData)
    }
    guard output != "-" else {
      return try exportToStandardOutput(export, fileFormat)
    }
    guard !output.isEmpty else { throw UsageError("'' names no file.") }
    Signals.watch()
    let bytes: Int
    do {
      var sink = CountingSink(try outputFile(output, replacing: force))
      try export.write(as: fileFormat, to: &sink, file: output)
      bytes = sink.count
      try sink.commit()
    } catch let error as FormatError where error.file == output {
      throw ErrorReport(writing: error)
    }
    try printResult(export.record, fileFormat, bytes: bytes)
    Self.remark(export.record, fileFormat)
  }

  /// What the file doesn't have, and what in it is a guess.
  private static func remark(_ record: VersionRecord, _ fileFormat: ExportFormat) {
    if fileFormat == .pt, let note = record.architecture?.leftBehind { Streams.note(note) }
    guard fileFormat == .onnx else { return }
    if let note = record.architecture?.guessNote { Streams.note(note) }
    for column in record.architecture?.features.columns ?? [] where column.isDate {
      Streams.note("The input '\(column.name)' of the ONNX file is a number: \(column.unit)".singleLine)
    }
  }

  private func exportToStandardOutput(_ export: VersionExport, _ fileFormat: ExportFormat) throws {
    var sink = StandardOutputSink()
    do {
      try export.write(as: fileFormat, to: &sink, file: StandardOutputSink.name)
    } catch let error as FormatError {
      // As for every other output: a reader that goes away is no error that needs words.
      if case .file(.unwritable(let code, _)) = error.reason { throw OutputError(code: code) }
      throw ErrorReport(writing: error)
    }
    Self.remark(export.record, fileFormat)
  }

  private func printResult(_ record: VersionRecord, _ fileFormat: ExportFormat, bytes: Int) throws {
    let values: [(String, CellValue)] = [
      ("model", .text(record.model)), ("version", CellValue(record.version)), ("file", .text(output)),
      ("file_format", .text(fileFormat.rawValue)),
      ("tensors", CellValue(record.tensorCount)), ("parameter_count", CellValue(record.parameterCount)), ("bytes", CellValue(bytes)),
      ("state_dict_digest", .text(record.stateDictDigest)),
    ]
    switch format.format {
    case .json: try Streams.output(JSONValue.object(values.map { ($0.0, JSONValue($0.1)) }).pretty + "\n")
    case .csv: try Streams.output(csvText(columns: values.map(\.0), rows: [values.map(\.1)]))
    case .table:
      try Streams.proseUnlessGone(
        "Exported \(record.title) to \(output.singleLine): \(counted(record.tensorCount, "tensor")), \(counted(record.parameterCount, "number")), \(counted(bytes, "byte"))\n"
      )
    }
  }
}

/// What a version can be written as.  Every format that there is stands here, and in `VersionExport.write`.
enum ExportFormat: String, ArgumentWord {
  case pt, safetensors, onnx, json, csv

  /// By the extension of a file's name.
  init(path: String) throws {
    let name = path.pathName
    let ending = name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
    switch ending {
    case "pth": self = .pt
    default:
      guard let known = ExportFormat(rawValue: ending) else {
        throw UsageError(
          path == "-" ? "standard output has no extension to tell the format by." : "'\(path)' has no extension that tells the format.",
          hint: "--as \(Self.allCases.map(\.rawValue).joined(separator: "|"))")
      }
      self = known
    }
  }

  var isBinary: Bool { self == .pt || self == .safetensors || self == .onnx }
}

/// A version on its way out: one tensor in memory at a time, and of a large one a part.
struct VersionExport {
  let registry: Registry
  let record: VersionRecord

  func write<Sink: ByteSink & ~Copyable>(as format: ExportFormat, to sink: inout Sink, file: String) throws {
    let stored = try registry.storedTensors(record)
    let tensors = stored.map { TensorDescription(name: $0.name, dtype: $0.dtype, shape: $0.shape) }
    func parts(_ index: Int, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
      try registry.readTensor(stored[index], of: record) { part in
        try expectNoSignal(file)
        try take(part)
      }
    }
    switch format {
    case .pt: try PTWriter.write(tensors, to: &sink, file: file, parts: parts)
    // No tags in the metadata: they may change, and the version's file may not.
    case .safetensors:
      try SafetensorsWriter.write(tensors, metadata: VersionMetadata.entries(of: record), to: &sink, file: file, parts: parts)
    case .onnx: try writeONNX(to: &sink, file: file)
    case .json: try JSONTensorWriter.write(tensors, header: header, to: &sink, file: file, parts: parts)
    case .csv: try CSVTensorWriter.write(tensors, to: &sink, file: file, parts: parts)
    }
  }

  private func expectNoSignal(_ file: String) throws {
    guard let signal = Signals.stop else { return }
    throw ErrorReport("stopped by \(Signals.name(signal)): '\(file)' was not written.", ErrorReport.Code(signal: signal))
  }

  /// Its metadata says which version it is.
  private func writeONNX<Sink: ByteSink & ~Copyable>(to sink: inout Sink, file: String) throws {
    try ONNXWriter.write(
      try registry.loadPredictor(record), producerVersion: programVersion,
      metadata: [
        ("model", record.model), ("version", String(record.version)), ("uuid", record.uuid), ("state_dict_digest", record.stateDictDigest),
      ], to: &sink, file: file)
  }

  private var header: [(key: String, json: String)] {
    let values: [(String, CellValue)] = [
      ("model", .text(record.model)), ("version", CellValue(record.version)), ("state_dict_digest", .text(record.stateDictDigest)),
    ]
    let metrics = JSONValue.object(record.metrics.map { ($0.key, .real($0.value)) })
    return values.map { ($0.0, JSONValue($0.1).text) } + (record.metrics.isEmpty ? [] : [("metrics", metrics.spaced)])
      + [("architecture", JSONValue(record.architecture).spaced)]
  }
}

extension ExportCommand {
  /// Whether a folder may be meant: no format of weights is named.
  var isFolder: Bool {
    get throws {
      if fileFormat != nil || output == "-" { return false }
      return (try? ExportFormat(path: output)) == nil
    }
  }

  /// Writes the files of a version; false where it has none.
  func exportFiles(_ version: String) throws -> Bool {
    try checkVersionName(version, model: model)
    let registry = try database.open()
    let record = try registry.version(versionName(version, model: model, in: registry))
    guard !record.files.isEmpty else { return false }
    let folder = try FolderExport(output, replacing: force)
    Signals.watch()
    let export = FileExport(registry: registry, owner: .version(record))
    let files = try registry.files(of: .version(record))
    try export.checkPaths(files)
    try folder.write(
      files.map { file in
        FolderExport.Entry(path: file.path) { path, shown in try export.write(file, to: path, replacing: false, shown: shown) }
      })
    let bytes = files.reduce(0) { $0 + $1.byteCount }
    try printFolder([("model", .text(record.model)), ("version", CellValue(record.version))], record.title, (files.count, bytes))
    if record.tensorCount > 0 {
      Streams.note("Its tensors aren't among them: registry export \(record.title.quotedForShell) -o model.safetensors")
    }
    return true
  }

  func exportRun(_ run: Int) throws {
    if let version {
      throw UsageError("the version '\(version)' and '--run \(run)' exclude each other.", hint: "registry export --help")
    }
    try requireNoModel(model, besideRuns: [run])
    if let fileFormat { throw UsageError("'--as \(fileFormat.rawValue)' is for versions: a run is written as a folder.", hint: "-o DIR") }
    let folder = try FolderExport(output, replacing: force)
    let registry = try database.open()
    Signals.watch()
    let written = try RunExport(registry: registry, run: run).write(to: folder)
    try printFolder([("run", CellValue(run))], "run \(run)", written)
  }

  private func printFolder(_ subject: [(String, CellValue)], _ title: String, _ written: (files: Int, bytes: Int)) throws {
    let values = subject + [("folder", .text(output)), ("files", CellValue(written.files)), ("bytes", CellValue(written.bytes))]
    switch format.format {
    case .json: try Streams.output(JSONValue.object(values.map { ($0.0, JSONValue($0.1)) }).pretty + "\n")
    case .csv: try Streams.output(csvText(columns: values.map(\.0), rows: [values.map(\.1)]))
    case .table:
      try Streams.proseUnlessGone(
        "Exported \(title) to \(output): \(written.files.counted("file")), \(written.bytes.counted("byte"))".singleLine + "\n")
    }
  }
}
