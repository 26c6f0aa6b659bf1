internal import Tensors

/// Which columns of a log mean what.
public struct LogColumns: Sendable {
  /// The metrics; none means all columns of numbers but those of the step and the time.
  public var keys: [String]
  /// Nil means the first of the usual names that holds whole numbers, else the number of the row.
  public var step: String?
  /// Nil means the first of the usual names that holds times.
  public var time: String?

  public init(keys: [String] = [], step: String? = nil, time: String? = nil) {
    self.keys = keys
    self.step = step
    self.time = time
  }

  private static let steps = ["step", "global_step", "trainer/global_step", "_step", "iteration", "iter", "epoch"]
  private static let times = ["wall_time", "wall time", "_timestamp", "timestamp", "time"]

  /// What the columns turn out to be, once all rows have been looked at.
  func chosen(among looks: [LogColumnLook], file: String) throws(ForeignError) -> ChosenColumns {
    let names = looks.map(\.name)
    func place(_ name: String) throws(ForeignError) -> Int {
      guard let place = names.firstIndex(named: name) else {
        throw ForeignError(file: file, .line(1), .log(.noSuchColumn(name, known: names)))
      }
      return place
    }
    func first(of usual: [String], where isFit: (LogColumnLook) -> Bool) -> Int? {
      for name in usual {
        if let place = looks.firstIndex(where: { $0.name.lowercased().hasSameBytes(as: name) && isFit($0) }) { return place }
      }
      return nil
    }
    var step = first(of: Self.steps) { $0.cells > 0 && $0.firstNoStep == nil && !keys.contains(named: $0.name) }
    if let name = self.step {
      let place = try place(name)
      if let (line, text) = looks[place].firstNoStep { throw ForeignError(file: file, .line(line), .log(.step(column: name, text: text))) }
      step = place
    }
    var time = first(of: Self.times) { $0.cells > 0 && $0.firstNoTime == nil && $0.isLate && !keys.contains(named: $0.name) }
    if let name = self.time {
      let place = try place(name)
      if let (line, text) = looks[place].firstNoTime { throw ForeignError(file: file, .line(line), .log(.time(column: name, text: text))) }
      time = place
    }
    let metrics: [Int]
    if keys.isEmpty {
      metrics = looks.indices.filter {
        $0 != step && $0 != time && looks[$0].numbers > 0 && (looks[$0].notNumbers == 0 || looks[$0].isLoose)
      }
      guard !metrics.isEmpty else { throw ForeignError(file: file, .log(.noMetrics(columns: names))) }
    } else {
      var places: [Int] = []
      for key in keys { places.append(try place(key)) }
      metrics = places
    }
    return ChosenColumns(metrics: metrics, step: step, time: time)
  }
}

/// Columns by their places.
struct ChosenColumns {
  let metrics: [Int]
  let step: Int?
  let time: Int?

  /// What is left out of the columns that were looked at.
  func remarks(_ looks: [LogColumnLook], hasKeys: Bool) -> [ForeignRemark] {
    looks.enumerated().compactMap { place, look in
      if metrics.contains(place) {
        guard look.notNumbers > 0 else { return nil }
        return .notNumbers(column: look.name, count: look.notNumbers, firstLine: look.firstNoNumber)
      }
      guard !hasKeys, place != step, place != time, look.cells > 0 else { return nil }
      return .leftOut(kind: "value of the column '\(shown(look.name))'", count: look.cells)
    }
  }
}

/// What the cells of a column look like.
struct LogColumnLook {
  let name: String
  /// Whether a text among numbers doesn't make it a column of texts: each line of JSON has its own keys.
  var isLoose = false
  private(set) var cells = 0
  private(set) var numbers = 0
  private(set) var notNumbers = 0
  private(set) var firstNoNumber = 0
  private(set) var firstNoStep: (line: Int, text: String)?
  private(set) var firstNoTime: (line: Int, text: String)?
  /// Whether all of its times are after 1973: a column of seconds since a start isn't one of times.
  private(set) var isLate = true

  init(_ name: String) { self.name = name }

  /// Words for no value; NaN is one.
  static func isMissing(_ text: String) -> Bool { ["", "NA", "N/A", "n/a", "None", "null"].contains(text) }

  /// A number in quotes is a text in JSON; a time may be one.
  mutating func look(at text: String, line: Int, isText: Bool = false) {
    guard !Self.isMissing(text) else {
      if firstNoStep == nil { firstNoStep = (line, text) }
      return
    }
    cells += 1
    let number = isText ? nil : LogNumber.value(text)
    if number != nil {
      numbers += 1
    } else {
      if notNumbers == 0 { firstNoNumber = line }
      notNumbers += 1
    }
    if firstNoStep == nil, isText || LogNumber.step(text) == nil { firstNoStep = (line, text) }
    if firstNoTime == nil {
      if let time = LogNumber.milliseconds(text) {
        if time < 100_000_000_000 { isLate = false }
      } else {
        firstNoTime = (line, text)
      }
    }
  }
}
