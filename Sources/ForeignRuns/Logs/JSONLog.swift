internal import Tensors

/// A JSON Lines file that a training wrote, an object for each step: one run.
///
/// It is read twice, as a CSV file is.  A line without the step has that of the line before it.  A line that is no object is left out, and said.
public final class JSONLog: ForeignSource {
  public let format = "jsonl"
  private let path: String
  private let columns: ChosenColumns
  private let places: [Name: Int]
  private let names: [String]
  private let log: LogRun
  public let remarks: [ForeignRemark]

  /// More keys than this are no log of a training.
  private static let mostKeys = 100_000

  public init(_ path: String, columns wanted: LogColumns = LogColumns()) throws {
    self.path = path
    var looks: [LogColumnLook] = []
    var places: [Name: Int] = [:]
    var first: String?
    var bad: (count: Int, line: Int, problem: String)?
    let cut = try Self.eachLine(path) { line, read, text in
      let fields: [JSONLine.Field]
      switch read {
      case .success(let found): fields = found
      case .failure(let error): return bad = ((bad?.count ?? 0) + 1, bad?.line ?? line, bad?.problem ?? error.problem)
      }
      if first == nil { first = String(decoding: text, as: UTF8.self) }
      for field in fields {
        let place = places[Name(field.key)] ?? looks.count
        if place == looks.count {
          guard place < Self.mostKeys else { throw ForeignError(file: path, .line(line), .log(.json("more than \(Self.mostKeys) keys"))) }
          places[Name(field.key)] = place
          var look = LogColumnLook(field.key)
          look.isLoose = true
          looks.append(look)
        }
        looks[place].look(at: field.text, line: line, isText: !field.isNumber)
      }
    }
    guard let first else {
      throw bad.map { ForeignError(file: path, .line($0.line), .log(.json($0.problem))) } ?? ForeignError(file: path, .log(.empty))
    }
    columns = try wanted.chosen(among: looks, file: path)
    remarks =
      columns.remarks(looks, hasKeys: !wanted.keys.isEmpty)
      + (bad.map { [.badLines(count: $0.count, firstLine: $0.line, problem: $0.problem)] } ?? [])
      + (cut.map { [.readUpTo(file: path, place: .line($0), problem: .record(.cut))] } ?? [])
    self.places = places
    names = looks.map(\.name)
    log = LogRun(path, format: "jsonl", beginning: [first])
  }

  /// What a line holds, or why it is no object.
  private typealias Read = Result<[JSONLine.Field], JSONLine.Malformed>

  /// Every line's fields; gives the number of the last line where a killed writer didn't end it.
  private static func eachLine(
    _ path: String, _ body: (_ line: Int, _ read: Read, _ text: ArraySlice<UInt8>) throws -> Void
  ) throws -> Int? {
    var lines = try LineReader(path)
    while let line = try lines.next() {
      guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
      let read: Read
      do throws(JSONLine.Malformed) {
        read = .success(try JSONLine.fields(line))
      } catch {
        guard lines.isComplete else { return lines.number }
        read = .failure(error)
      }
      try body(lines.number, read, line)
    }
    return nil
  }

  public func experiments() -> [ForeignExperiment] { [log.experiment] }
  public func runs() -> [ForeignRunHeader] { [log.header] }
  public func models() -> [ForeignModel] { [] }
  public func files(of run: ForeignRun) -> ForeignFiles { ForeignFiles() }
  public func files(of version: ForeignVersion) -> ForeignFiles { ForeignFiles() }

  public func run(_ header: ForeignRunHeader) throws -> ForeignRun {
    var times: (first: Int64, last: Int64)?
    if let time = columns.time {
      _ = try Self.eachLine(path) { _, read, _ in
        if case .success(let fields) = read, let time = self.value(of: time, fields, LogNumber.milliseconds) {
          times = (min(times?.first ?? time, time), max(times?.last ?? time, time))
        }
      }
    }
    return log.run(times)
  }

  public func metrics(of run: ForeignRun, _ body: (ForeignMetric) throws -> Void) throws {
    let isMetric = names.indices.map { columns.metrics.contains($0) }
    var number: Int64 = 0
    var last: Int64 = 0
    _ = try Self.eachLine(path) { _, read, _ in
      // A line that is left out counts all the same: the steps of those behind it don't depend on it.
      guard case .success(let fields) = read else {
        if columns.step == nil { number += 1 }
        return
      }
      if let column = columns.step {
        last = value(of: column, fields, LogNumber.step) ?? last
      } else {
        last = number
        number += 1
      }
      let time = columns.time.flatMap { value(of: $0, fields, LogNumber.milliseconds) }
      for field in fields where field.isNumber {
        guard let place = places[Name(field.key)], isMetric[place], let value = LogNumber.value(field.text) else { continue }
        try body(ForeignMetric(names[place], step: last, value, time: time))
      }
    }
  }

  private func value<T>(of column: Int, _ fields: [JSONLine.Field], _ read: (String) -> T?) -> T? {
    fields.first { $0.key.hasSameBytes(as: names[column]) }.flatMap { read($0.text) }
  }
}
