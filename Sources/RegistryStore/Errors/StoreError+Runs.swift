// Why a run can't be continued, logged to or done again, or isn't any longer.  And why a version is no net.

extension StoreError {
  private init(_ code: Code, run: Int, names: [String] = [], path: String, _ sentence: (String) -> String) {
    self.init(code, about: "run \(run)", path: path, name: "\(run)", names: names, sentence)
  }

  private static func process(_ pid: Int?, _ host: String?) -> String {
    "process \(pid.map(String.init) ?? "unknown") on '\(host ?? "an unknown host")'"
  }

  /// Another process resumed the run: this one may not write it any more.
  package static func takenOver(run: Int, pid: Int?, host: String?, path: String) -> StoreError {
    StoreError(.takenOver, run: run, path: path) { "run \(run)\($0) was taken over by \(process(pid, host)): this one stops" }
  }

  /// The result could not be stored because the file was locked all the time.
  package static func locked(run: Int?, seconds: Int, path: String) -> StoreError {
    let kept = run.map { "run \($0) keeps what was stored of it" } ?? "nothing was stored"
    return StoreError(.locked, about: run.map { "run \($0)" } ?? "'\(path)'", path: path, name: run.map(String.init) ?? "") { _ in
      "\(path) has been locked by another process for \(seconds) s: \(kept)"
    }
  }

  package static func stillRunning(run: Int, pid: Int?, host: String?, path: String) -> StoreError {
    StoreError(.stillRunning, run: run, path: path) { "run \(run)\($0) is still running: \(process(pid, host)) writes it" }
  }

  package static func alreadyFinished(run: Int, model: String, version: Int?, path: String) -> StoreError {
    let result = version.map { ["\(model)/\($0)"] } ?? []
    return StoreError(.alreadyFinished, run: run, names: result, path: path) {
      "run \(run)\($0) is finished\(result.map { " (\($0) came of it)" }.joined()): there is nothing to resume"
    }
  }

  package static func hasFailed(run: Int, reason: String?, path: String) -> StoreError {
    StoreError(.hasFailed, run: run, path: path) {
      "run \(run)\($0) has failed\(reason.map { " ('\($0)')" } ?? ""): there is nothing to resume"
    }
  }

  package static func deletedRun(_ run: Int, path: String) -> StoreError {
    StoreError(.deletedRun, run: run, path: path) { "run \(run)\($0) is deleted" }
  }

  package static func isImport(run: Int, path: String) -> StoreError {
    StoreError(.isImport, run: run, path: path) { "run \(run)\($0) is an import: there is no training to resume" }
  }

  /// The stored params aren't what this program trains by.
  package static func foreignParams(run: Int, problem: String, path: String) -> StoreError {
    StoreError(.foreignParams, run: run, path: path) { "run \(run)\($0) can't be trained by this program: \(problem)" }
  }

  /// An imported version: there is no training to repeat.
  package static func nothingToReproduce(version: String, path: String) -> StoreError {
    StoreError(.nothingToReproduce, about: "version \(version)", path: path, name: version) {
      "\(version)\($0) was imported: there is nothing to re-run"
    }
  }

  /// A run that another program logged can neither be resumed nor reproduced.
  package static func notTrainedHere(run: Int, path: String) -> StoreError {
    StoreError(.notTrainedHere, run: run, path: path) {
      "run \(run)\($0): another program logged it: it was not trained here, so nothing says how to train it again"
    }
  }

  /// A run that is finished and that nothing seals: plain SQL made it.
  package static func unsealedRun(id: Int, path: String) -> StoreError {
    StoreError(.unsealedRun, run: id, path: path) {
      "run \(id)\($0) wasn't finished by this program: nothing seals its params and metrics"
    }
  }

  static func runEnded(_ run: Int, path: String) -> StoreError {
    StoreError(.runEnded, run: run, path: path) { "run \(run)\($0): it has ended" }
  }

  // MARK: Versions that are no nets

  /// A version that was imported without an architecture.
  package static func noArchitecture(model: String, version: Int) -> StoreError {
    StoreError(.noArchitecture, version: version, of: model) {
      "\($0) is a state_dict without an architecture: there is no net to rebuild"
    }
  }

  /// A version that can't be run as a net, and why; what an import has to say for it to be one, where that is it.
  package static func noNet(model: String, version: Int, reason: String, missing: [NetFact] = []) -> StoreError {
    StoreError(.noNet, version: version, of: model, missing: missing) { "\($0) can't be run as a net: \(reason)" }
  }

  /// A version that could be a net, if one knew what stands between its layers.  `wasGuessed`: an earlier release took it for ReLU.
  package static func unknownActivation(
    model: String, version: Int, wasGuessed: Bool, missing: [NetFact] = [.activation]
  ) -> StoreError {
    StoreError(.unknownActivation, version: version, of: model, missing: missing) {
      "\($0) isn't run: the activation between its layers isn't in the file"
        + (wasGuessed ? " (an earlier release took it for ReLU)" : "")
    }
  }

  /// Whether it is about a version whose tensors are as they were stored, and no net that is known.
  package var isOfNoNet: Bool { code == .noNet || code == .unknownActivation }

  private init(_ code: Code, version: Int, of model: String, missing: [NetFact] = [], _ sentence: (_ title: String) -> String) {
    let title = "\(model)/\(version)"
    self.init(code, about: "version \(version) of '\(model)'", name: title, missing: missing) { _ in sentence(title) }
  }
}
