import ForeignRuns
import ModelRegistry
import Tensors

// Invariants:
// 1. Runs that fit into one batch are stored with their metrics and their ends in one transaction; a larger one is shown as running or, once this
//    process has gone, as interrupted, and the next import goes on with it.
// 2. Of each metric the first n values are here, in the order that the source gives them: what is new are those after them.  Of files that
//    grow side by side, so it is at each step.
// 3. What is here already stays as it is.

/// Takes what a source holds into a registry.
final class ForeignImport {
  struct Settings {
    let source: String
    let path: String
    var model: String?
    var experiment: String?
    var name: String?
  }

  let source: any ForeignSource
  /// Nil in a dry run where there is no registry yet.
  let registry: Registry?
  let settings: Settings
  let isDryRun: Bool
  var report = ForeignReport()
  /// The names here of the source's experiments, by their ids there.
  var experiments: [Name: String] = [:]
  /// Numbers here of the source's runs, by their UUIDs.
  var runNumbers: [Name: Int] = [:]
  var headers: [Name: ForeignRunHeader] = [:]
  /// Runs that are deleted in the source, by their numbers here.
  var deletedRuns: [Int] = []
  /// Runs that are stored together: a commit takes longer than a run.
  var waiting: [Pending] = []
  var waitingMetrics = 0
  private var deletedExperiments: [String] = []
  private var progress = ProgressLine()

  init(_ source: any ForeignSource, into registry: Registry?, _ settings: Settings, isDryRun: Bool) {
    (self.source, self.registry, self.settings, self.isDryRun) = (source, registry, settings, isDryRun)
  }

  func run() throws {
    try takeExperiments()
    let runs = try source.runs()
    for (index, header) in runs.enumerated() {
      try expectNoSignal()
      progress.show("runs", index, of: runs.count)
      headers[Name(header.uuid)] = header
      try take(header)
    }
    try storeWaiting()
    report.noteMissingFolders()
    try takeModels()
    try deleteAsThere()
    report.remarks = source.remarks
  }

  /// What is written to; nil in a dry run.
  var target: Registry? { isDryRun ? nil : registry }

  func expectNoSignal() throws {
    guard let signal = Signals.stop else { return }
    throw ErrorReport(
      "stopped by \(Signals.name(signal)): \(counted(report.newRuns + report.grownRuns, "run")) of '\(settings.path)' came in.",
      hint: "the same import goes on from there", ErrorReport.Code(signal: signal))
  }

  private func takeExperiments() throws {
    for experiment in try source.experiments() {
      let name = Self.title(settings.experiment ?? settings.model ?? experiment.name) ?? Registry.defaultExperiment
      experiments[Name(experiment.id)] = name
      let isDeleted = try registry?.isExperimentDeleted(name)
      // Those of MLflow stand for themselves, the others for their runs.
      guard source.format == "mlflow" else { continue }
      if isDeleted == nil { report.newExperiments.append(name) }
      if experiment.isDeleted { deletedExperiments.append(name) }
      guard isDeleted != true else { continue }
      try target?.keepExperiment(
        name, note: experiment.note, createdAt: experiment.createdAt.flatMap { Timestamp(milliseconds: $0) },
        artifactLocation: nil, tags: Self.tags(experiment.tags))
    }
  }

  /// At the end, so that runs can be added to them before.
  private func deleteAsThere() throws {
    guard let target else { return }
    for run in deletedRuns {
      // A run stays while a version of it does.
      do { try target.delete(versions: [], runs: [run]) } catch let error as StoreError where error.code == .runHasVersions {
        report.keptRuns.append(run)
      }
    }
    for name in deletedExperiments { try target.deleteExperiment(named: name) }
  }

  /// Tags stay texts: a number would come back in another spelling.
  static func tags(_ pairs: [ForeignPair]) -> NamedValues<CellValue> {
    NamedValues(pairs.filter { !$0.key.isEmpty }.map { (name: $0.key, value: .text($0.value)) })
  }

  /// A name without control characters, at most 500 characters long; nil for one that is empty.
  static func title(_ text: String) -> String? {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(500) {
      scalars.append(scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) ? " " : scalar)
    }
    return scalars.isEmpty ? nil : String(scalars)
  }
}
