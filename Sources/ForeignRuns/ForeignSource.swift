internal import Tensors

/// What another program recorded, as plain values.
///
/// Metrics come one by one and in the same order each time, so that ten million of them never stand in memory at once, and who has the first
/// n of a key can go on after them.  What is refused or left out is a `ForeignError` or a remark, never a guess.
public protocol ForeignSource: AnyObject {
  /// Who recorded it: `mlflow`, `tensorboard`, `csv`, `jsonl`.
  var format: String { get }

  func experiments() throws -> [ForeignExperiment]

  /// Every run, a parent before those that are nested in it.
  func runs() throws -> [ForeignRunHeader]

  /// All of a run but its metrics and files.
  func run(_ header: ForeignRunHeader) throws -> ForeignRun

  /// Whether what is logged later comes after what was there before, for each metric.  Of several files that grow it needn't.
  var isAppendOnly: Bool { get }

  /// Every metric of a run, those of one key in the order in which they were logged.
  func metrics(of run: ForeignRun, _ body: (ForeignMetric) throws -> Void) throws

  /// Registered models with their versions and aliases.
  func models() throws -> [ForeignModel]

  /// The files of a run's artifacts.
  func files(of run: ForeignRun) throws -> ForeignFiles

  /// The files of a version.
  func files(of version: ForeignVersion) throws -> ForeignFiles

  /// What was left out of what has been read so far.
  var remarks: [ForeignRemark] { get }
}

extension ForeignSource {
  public var isAppendOnly: Bool { true }
}

/// What a list of runs needs of each: a hundred thousand of them stand in memory.
public struct ForeignRunHeader: Sendable {
  public let uuid: String
  /// What the source calls it.
  public let id: String
  /// The `uuid` of the run that it is nested in.
  public let parent: String?

  public init(uuid: String, id: String, parent: String? = nil) {
    self.uuid = uuid
    self.id = id
    self.parent = parent
  }
}

extension [ForeignRunHeader] {
  /// The same runs, a parent before those nested in it.  One whose parents form a circle loses its place in it.
  func parentsFirst() -> [ForeignRunHeader] {
    guard contains(where: { $0.parent != nil }) else { return self }
    let places = Dictionary(enumerated().map { (Name($1.uuid), $0) }) { first, _ in first }
    var isPlaced = [Bool](repeating: false, count: count)
    var sorted: [ForeignRunHeader] = []
    sorted.reserveCapacity(count)
    for start in indices {
      // Up to the first that is placed or has no parent here, then down again.
      var chain: [Int] = []
      var next: Int? = start
      while let place = next, !isPlaced[place] {
        isPlaced[place] = true
        chain.append(place)
        next = self[place].parent.flatMap { places[Name($0)] }
      }
      for place in chain.reversed() { sorted.append(self[place]) }
    }
    return sorted
  }
}
