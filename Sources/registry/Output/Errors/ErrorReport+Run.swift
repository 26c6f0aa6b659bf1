import ModelRegistry

extension ErrorReport {
  /// What became of a run that was told to stop.
  init(_ stop: RunInterruption, by cause: String, _ code: Code) {
    let stopped = "stopped by \(cause) after \(stop.epoch) of \(stop.epochs) epochs"
    let path = stop.path
    let hint = stop.run.map { "registry train --resume \($0) --db \(path.quotedForShell)" }
    switch (stop.run, stop.problem) {
    case (let run?, nil) where !stop.keepsState:
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
  private static func reason(_ problem: StoreError) -> String {
    problem.code == .busy ? "another process keeps the file locked." : ErrorReport(problem).message
  }
}
