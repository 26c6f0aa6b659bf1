internal import Files
internal import Tensors

/// A CSV file that a training wrote, a row for each step: one run.
///
/// It is read twice: first to find out which columns hold numbers and that nothing is wrong with it, then for the numbers.
public final class CSVLog: ForeignSource {
  public let format = "csv"
  private let path: String
  private let names: [String]
  private let columns: ChosenColumns
  private let log: LogRun
  public let remarks: [ForeignRemark]

  public init(_ path: String, columns wanted: LogColumns = LogColumns()) throws {
    self.path = path
    var rows = try CSVRows(path)
    guard let header = try rows.next() else { throw ForeignError(file: path, .log(.empty)) }
    if let repeated = header.firstRepeatedName() { throw ForeignError(file: path, .line(rows.line), .log(.repeatedColumn(repeated))) }
    names = header
    var looks = header.map { LogColumnLook($0) }
    var cut: ForeignRemark?
    var first: [String] = []
    var count = 0
    while let row = try Self.row(&rows, header.count, path) {
      guard rows.isComplete else {
        cut = .readUpTo(file: path, place: .line(rows.line), problem: .record(.cut))
        break
      }
      if count == 0 { first = row }
      count += 1
      for index in looks.indices { looks[index].look(at: row[index], line: rows.line) }
    }
    guard count > 0 else { throw ForeignError(file: path, .log(.empty)) }
    columns = try wanted.chosen(among: looks, file: path)
    remarks = columns.remarks(looks, hasKeys: !wanted.keys.isEmpty) + (cut.map { [$0] } ?? [])
    log = LogRun(path, format: "csv", beginning: header + first)
  }

  /// The next row with as many fields as the header has.
  private static func row(_ rows: inout CSVRows, _ count: Int, _ path: String) throws(ForeignError) -> [String]? {
    do throws(ForeignError) {
      guard let row = try rows.next() else { return nil }
      guard row.count == count || !rows.isComplete else {
        throw ForeignError(file: path, .line(rows.line), .log(.fieldCount(expected: count, actual: row.count)))
      }
      return row
    } catch {
      // What ends in a quoted field is a row that a killed writer didn't end.
      guard error.problem == .log(.openQuote), !rows.isComplete else { throw error }
      return []
    }
  }

  public func experiments() -> [ForeignExperiment] { [log.experiment] }
  public func runs() -> [ForeignRunHeader] { [log.header] }
  public func models() -> [ForeignModel] { [] }
  public func files(of run: ForeignRun) -> ForeignFiles { ForeignFiles() }
  public func files(of version: ForeignVersion) -> ForeignFiles { ForeignFiles() }

  public func run(_ header: ForeignRunHeader) throws -> ForeignRun {
    var times: (first: Int64, last: Int64)?
    if columns.time != nil {
      try eachRow { _, _, time in if let time { times = (min(times?.first ?? time, time), max(times?.last ?? time, time)) } }
    }
    return log.run(times)
  }

  public func metrics(of run: ForeignRun, _ body: (ForeignMetric) throws -> Void) throws {
    try eachRow { row, step, time in
      for column in columns.metrics {
        let text = row[column]
        if !LogColumnLook.isMissing(text), let value = LogNumber.value(text) {
          try body(ForeignMetric(names[column], step: step, value, time: time))
        }
      }
    }
  }

  private func eachRow(_ body: (_ row: [String], _ step: Int64, _ time: Int64?) throws -> Void) throws {
    var rows = try CSVRows(path)
    _ = try rows.next()
    var number: Int64 = 0
    while let row = try Self.row(&rows, names.count, path), rows.isComplete {
      let step = columns.step.flatMap { LogNumber.step(row[$0]) } ?? number
      try body(row, step, columns.time.flatMap { LogNumber.milliseconds(row[$0]) })
      number += 1
    }
  }
}

/// What CSV and JSON Lines logs have in common: each is one run.
struct LogRun {
  let header: ForeignRunHeader
  let experiment: ForeignExperiment
  private let name: String
  private let modified: Int64?

  /// The file is known by where it stands and by how it begins: it may grow, and another one in its place is another run.
  init(_ path: String, format: String, beginning: [String]) {
    let real = FolderListing.realPath(path) ?? path
    name = real.pathName
    let first = SourceUUID.derived(from: beginning)
    header = ForeignRunHeader(uuid: SourceUUID.derived(from: format, real, first), id: name)
    experiment = ForeignExperiment(id: "logs", name: real.pathFolder.pathName)
    modified = FolderListing.modified(path)
  }

  func run(_ times: (first: Int64, last: Int64)?) -> ForeignRun {
    var run = ForeignRun(uuid: header.uuid, id: header.id)
    run.experiment = experiment.id
    run.name = name
    run.source = name
    run.startedAt = times?.first ?? modified
    run.endedAt = times?.last ?? modified
    return run
  }
}
