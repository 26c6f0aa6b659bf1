import ForeignRuns
import ModelRegistry
import Tensors

/// What came of a source.
struct ForeignReport {
  struct Run {
    /// Nil in a dry run.
    let run: Int?
    let uuid: String
    let name: String
    /// `new`, `grown` or `known`.
    let state: String
    let metrics: Int
  }

  struct Version {
    let theirs: String
    /// Nil in a dry run.
    let ours: String?
    let tensors: Int
    let files: Int
    /// What of its net is a guess.
    let guessed: [String]
  }

  /// What wasn't imported: so many things for the same reason.
  struct LeftOut {
    let what: String
    let reason: String
    var count: Int
  }

  var newExperiments: [String] = []
  private(set) var runs: [Run] = []
  private(set) var params = 0
  private(set) var metrics = 0
  private(set) var tags = 0
  private(set) var datasets = 0
  private(set) var files = 0
  private(set) var bytes = 0
  var newModels: [String] = []
  var versions: [Version] = []
  var knownVersions = 0
  /// What each was set to.
  var aliases: [(alias: String, version: String)] = []
  /// Runs that are deleted here.
  var deletedHere = 0
  /// Runs that are deleted there, and stay for their versions' sake.
  var keptRuns: [Int] = []
  private(set) var leftOut: [LeftOut] = []
  /// Runs whose folder of artifacts isn't there, as it isn't before the first; it is worth a word when no run has any.
  private var hasFolders = false
  private var withoutFolder: (count: Int, first: String)?
  var remarks: [ForeignRemark] = []

  var newRuns: Int { runs.count { $0.state == "new" } }
  var grownRuns: Int { runs.count { $0.state == "grown" } }
  var knownRuns: Int { runs.count { $0.state == "known" } }

  mutating func count(_ news: RunNews, run: Int?, of source: ForeignRun, isNew: Bool) {
    params += news.params.count
    metrics += news.metrics
    tags += news.tags.count
    datasets += news.datasets.count
    files += news.files.count
    bytes += news.files.reduce(0) { $0 + $1.size }
    let state = isNew ? "new" : news.isEmpty ? "known" : "grown"
    runs.append(Run(run: run, uuid: source.uuid, name: source.name ?? source.id, state: state, metrics: news.metrics))
  }

  mutating func leave(out what: String, because reason: String) {
    if let index = leftOut.firstIndex(where: { $0.reason.hasSameBytes(as: reason) }) {
      leftOut[index].count += 1
    } else {
      leftOut.append(LeftOut(what: what, reason: reason, count: 1))
    }
  }

  /// Takes note of a run's files, or why there are none.
  mutating func note(_ files: ForeignFiles, ofRun id: String) {
    if case .missing(let location)? = files.absence {
      withoutFolder = ((withoutFolder?.count ?? 0) + 1, withoutFolder?.first ?? location)
    } else {
      note(files, of: "run \(id)")
      hasFolders = hasFolders || !files.files.isEmpty
    }
  }

  /// After the last run.
  mutating func noteMissingFolders() {
    guard !hasFolders, let (count, first) = withoutFolder else { return }
    leave(out: "files of \(counted(count, "run"))", because: "no folder of theirs is here, such as \(first.singleLine) (--artifacts DIR)")
  }

  /// Why files aren't here: one reason for each place that they would be in, as a source may have thousands of runs.
  mutating func note(_ files: ForeignFiles, of owner: String) {
    if !files.skipped.isEmpty { leave(out: "\(owner): \(files.skipped[0].singleLine)", because: "a link or a device isn't read") }
    switch files.absence {
    case .remote(let location)?:
      let scheme = location.prefix { $0 != ":" }
      leave(out: "files of \(owner)", because: "\(scheme):// isn't on this machine (\(location.singleLine))")
    case .missing(let location)?: leave(out: "files of \(owner)", because: "there is nothing at \(location.singleLine)")
    case .outside(let path)?:
      let root = path.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
      leave(out: "files of \(owner)", because: "they are elsewhere (--artifacts \((root.isEmpty ? path : root).quotedForShell))")
    case nil: break
    }
  }
}
