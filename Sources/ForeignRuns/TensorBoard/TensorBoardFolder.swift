internal import Files
internal import Tensors

/// A folder of TensorBoard's event files: a run for each folder that has some.
///
/// Scalars of both forms and hyperparameters come over; pictures, texts, histograms and graphs are counted.
public final class TensorBoardFolder: ForeignSource {
  public let format = "tensorboard"
  /// Two writers may have a file each in one folder.
  public let isAppendOnly = false
  private let path: String
  private let name: String
  private var groups: [Name: Group] = [:]
  private var order: [ForeignRunHeader] = []
  private var leftOut: [Name: Int] = [:]
  private var endings: [ForeignRemark] = []

  /// The event files of one folder, in the order in which they were begun.
  private struct Group {
    var folder: String
    var files: [String]
  }

  /// A folder, or one event file.
  public init(_ path: String) throws {
    self.path = path
    name = (FolderListing.realPath(path) ?? path).pathName
    try findFiles()
    guard !order.isEmpty else { throw ForeignError(file: path, .noEvents) }
  }

  public func experiments() -> [ForeignExperiment] { [ForeignExperiment(id: "logs", name: name)] }

  public func runs() -> [ForeignRunHeader] { order }

  public func run(_ header: ForeignRunHeader) throws -> ForeignRun {
    var run = ForeignRun(uuid: header.uuid, id: header.id)
    run.experiment = "logs"
    run.name = header.id
    var parameters = HyperParameters()
    var times: (first: Int64, last: Int64)?
    try read(header.uuid, isFirstPass: true) { event, values in
      if let time = event.milliseconds { times = (min(times?.first ?? time, time), max(times?.last ?? time, time)) }
      for reading in values {
        switch reading {
        case .scalar: break
        case .parameters(let content):
          do throws(WireCursor.Malformed) { try parameters.read(content) } catch { leftOut["unreadable event", default: 0] += 1 }
        case .other(let kind): leftOut[Name(kind), default: 0] += 1
        }
      }
    }
    run.params = parameters.params
    run.startedAt = parameters.startedAt ?? times?.first
    run.endedAt = parameters.endedAt ?? times?.last
    run.status = parameters.status ?? .finished
    if let group = parameters.group { run.tags.append(ForeignPair("hparams.group", group)) }
    return run
  }

  public func metrics(of run: ForeignRun, _ body: (ForeignMetric) throws -> Void) throws {
    try read(run.uuid, isFirstPass: false) { event, values in
      for case .scalar(let tag, let value) in values {
        try body(ForeignMetric(tag, step: event.step, value, time: event.milliseconds))
      }
    }
  }

  public func models() -> [ForeignModel] { [] }
  public func files(of run: ForeignRun) -> ForeignFiles { ForeignFiles() }
  public func files(of version: ForeignVersion) -> ForeignFiles { ForeignFiles() }

  public var remarks: [ForeignRemark] {
    endings + leftOut.sorted { $0.key < $1.key }.map { .leftOut(kind: $0.key.text, count: $0.value) }
  }

  private func findFiles() throws {
    guard let kind = FolderListing.kind(of: path, following: true) else { throw ForeignError(file: path, .noSuchFile) }
    let found =
      kind == .folder
      ? try FolderListing.files(below: path).files.filter { Self.isEventFile($0.name) }
      : [ForeignFile(name: path.pathName, path: path, size: 0)]
    var folders: [Name: Group] = [:]
    for file in found {
      folders[Name(file.name.pathPrefix), default: Group(folder: String(file.name.pathPrefix.dropLast()), files: [])].files.append(
        file.path)
    }
    var places: [(key: Name, group: Group)] = folders.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    for index in places.indices { places[index].group.files = try Self.sorted(places[index].group.files) }
    for (_, group) in places {
      let uuid = try uuid(of: group)
      groups[Name(uuid)] = group
      order.append(ForeignRunHeader(uuid: uuid, id: group.folder.isEmpty ? name : group.folder))
    }
  }

  /// By the times of their first events: a process that has made ten files in a second names the eleventh before the third.
  private static func sorted(_ files: [String]) throws -> [String] {
    guard files.count > 1 else { return files }
    let starts = try files.map { file -> (time: Double, name: Name) in
      var reader = try RecordReader(file)
      return (try reader.next().flatMap { try? EventMessage($0) }?.wallTime ?? .infinity, Name(file))
    }
    return starts.sorted { ($0.time, $0.name) < ($1.time, $1.name) }.map(\.name.text)
  }

  /// TensorBoard's own rule.
  private static func isEventFile(_ name: String) -> Bool {
    let parts = Array(name.pathName.utf8), word = Array("tfevents".utf8)
    return parts.indices.contains { parts[$0...].starts(with: word) }
  }

  /// By the name of its first file (a time, a machine, a process) and its first event, so that a folder that was moved is the same run; a
  /// copy beside it is another one.
  private func uuid(of group: Group) throws(ForeignError) -> String {
    var reader = try RecordReader(group.files[0])
    let first = try reader.next().flatMap { try? EventMessage($0) }
    let file = group.files[0].pathName
    let uuid = SourceUUID.derived(from: "tensorboard", file, String(first?.wallTime.bitPattern ?? 0))
    return groups[Name(uuid)] == nil ? uuid : SourceUUID.derived(from: "tensorboard", file, group.folder)
  }

  /// Every event of a run with what its values are.
  private func read(_ uuid: String, isFirstPass: Bool, _ body: (EventMessage, [ScalarReader.Reading]) throws -> Void) throws {
    var scalars = ScalarReader()
    for file in groups[Name(uuid)]?.files ?? [] {
      var reader = try RecordReader(file)
      while let record = try reader.next() {
        guard let event = try? EventMessage(record) else {
          if isFirstPass { leftOut["unreadable event", default: 0] += 1 }
          continue
        }
        try body(event, event.values.map { scalars.read($0) })
      }
      guard isFirstPass else { continue }
      if reader.tooLarge > 0 { leftOut["event of over 64 MB", default: 0] += reader.tooLarge }
      if let (place, problem) = reader.ending {
        endings.append(.readUpTo(file: file, place: .byte(place), problem: .record(problem)))
      }
    }
  }
}

/// Tells scalars from what else stands in a summary.
struct ScalarReader {
  enum Reading {
    case scalar(String, Double)
    case parameters(ArraySlice<UInt8>)
    case other(String)
  }

  /// A tag's plugin may stand at its first value alone.
  private var plugins: [Name: String] = [:]

  mutating func read(_ value: SummaryValue) -> Reading {
    guard !value.tag.isEmpty else { return .other("value without a tag") }
    let tag = Name(value.tag)
    if let plugin = value.plugin { plugins[tag] = plugin }
    let plugin = value.plugin ?? plugins[tag]
    if plugin == HyperParameters.plugin { return .parameters(value.pluginContent) }
    switch value.content {
    case .scalar(let number): return .scalar(value.tag, number)
    case .tensor(let bytes):
      guard plugin == nil || plugin == "scalars" else { return .other(Self.word(plugin ?? "")) }
      guard let number = try? ScalarTensor.value(bytes) else { return .other("tensor") }
      return .scalar(value.tag, number)
    case .other(let kind): return .other(kind)
    case .none: return .other(plugin.map { Self.word($0) } ?? "value without content")
    }
  }

  /// The kinds by one name each, whichever form of them a file has.
  private static func word(_ plugin: String) -> String {
    switch plugin {
    case "images": "image"
    case "histograms": "histogram"
    case "text": "text"
    default: plugin
    }
  }
}
