import ModelRegistry

extension ErrorReport {
  /// Why a run can't be continued or done again, or isn't any longer.
  init(_ error: RunError) {
    func resume(_ run: Int, _ path: String) -> String { "registry train --resume \(run) --db \(path.quotedForShell)" }
    func show(_ run: Int, _ path: String) -> String { "registry show --run \(run) --db \(path.quotedForShell)" }
    switch error {
    case .interrupted: self.init(error, by: "a request", .failed)
    case .takenOver(let run, let pid, let host, let path):
      self.init("run \(run) in \(path) was taken over by \(Self.process(pid, host)): this one stops.", hint: show(run, path), .failed)
    case .locked(let run, let seconds, let path):
      let kept = run.map { ": run \($0) keeps what was stored of it" } ?? ": nothing was stored"
      self.init(
        "\(path) has been locked by another process for \(seconds) s\(kept).",
        hint: run.map { resume($0, path) } ?? "fuser \(path.quotedForShell)", .busy)
    case .stillRunning(let run, let pid, let host, let path):
      self.init("run \(run) in \(path) is still running: \(Self.process(pid, host)) writes it.", hint: show(run, path), .busy)
    case .alreadyFinished(let run, let model, let version, let path):
      let result = version.map { " (\(model)/\($0) came of it)" } ?? ""
      let hint = version.map { "registry train --from \("\(model)/\($0)".quotedForShell) --db \(path.quotedForShell)" }
      self.init("run \(run) in \(path) is finished\(result): there is nothing to resume.", hint: hint ?? show(run, path), .failed)
    case .hasFailed(let run, let reason, let path):
      let why = reason.map { " ('\($0)')" } ?? ""
      self.init("run \(run) in \(path) has failed\(why): there is nothing to resume.", hint: show(run, path), .failed)
    case .isDeleted(let run, let path):
      self.init("run \(run) in \(path) is deleted.", hint: "registry restore --run \(run) --db \(path.quotedForShell)", .notFound)
    case .isImport(let run, let path):
      self.init("run \(run) in \(path) is an import: there is no training to resume.", hint: show(run, path), .failed)
    case .foreignParams(let run, let problem, let path):
      self.init("run \(run) in \(path) can't be trained by this program: \(problem).", hint: show(run, path), .badData)
    case .nothingToReproduce(let version, let path):
      self.init(
        "\(version) in \(path) was imported: there is nothing to re-run.",
        hint: "registry show \(version.quotedForShell) --db \(path.quotedForShell)", .badData)
    }
  }

  /// What became of a run that was told to stop; nil for another error.
  init(_ error: RunError, by cause: String, _ code: Code) {
    guard case .interrupted(let run, let epoch, let epochs, let path, let problem, let keepsState) = error else {
      self.init(error)
      return
    }
    let stopped = "stopped by \(cause) after \(epoch) of \(epochs) epochs"
    let hint = run.map { "registry train --resume \($0) --db \(path.quotedForShell)" }
    switch (run, problem) {
    case (let run?, nil) where !keepsState:
      self.init(
        "\(stopped): run \(run) in \(path) keeps its losses; its state is too large for a checkpoint, so it begins anew.", hint: hint, code)
    case (let run?, nil): self.init("\(stopped): run \(run) in \(path) can go on from there.", hint: hint, code)
    case (let run?, let problem?):
      self.init("\(stopped): run \(run) keeps its last checkpoint, since \(Self.reason(problem))", hint: hint, code)
    case (nil, let problem):
      self.init("\(stopped): nothing was stored\(problem.map { ", since \(Self.reason($0))" } ?? ".")", code)
    }
  }

  /// Why the end of a run couldn't be written: it doesn't wait as long for a locked file as others do.
  private static func reason(_ problem: RegistryError) -> String {
    if case .busy = problem { return "another process keeps the file locked." }
    return ErrorReport(problem).message
  }

  private static func process(_ pid: Int?, _ host: String?) -> String {
    "process \(pid.map(String.init) ?? "unknown") on '\(host ?? "an unknown host")'"
  }
}
