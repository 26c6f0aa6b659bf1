internal import Tensors

extension ForeignRun {
  /// Takes what MLflow keeps in tags of its own.  The tags stay as they are.
  mutating func readMLflowTags() {
    func tag(_ key: String) -> String? { tags.first { $0.key.hasSameBytes(as: key) }.flatMap { $0.value.isEmpty ? nil : $0.value } }
    name = name ?? tag("mlflow.runName")
    user = user ?? tag("mlflow.user")
    source = source ?? tag("mlflow.source.name")
    gitCommit = gitCommit ?? tag("mlflow.source.git.commit")
    note = note ?? tag("mlflow.note.content")
    parent = parent ?? tag("mlflow.parentRunId").map(SourceUUID.ofMLflow)
  }
}

extension ForeignExperiment {
  mutating func readMLflowTags() {
    note = tags.first { $0.key.hasSameBytes(as: "mlflow.note.content") }.flatMap { $0.value.isEmpty ? nil : $0.value }
  }
}

extension ForeignStatus {
  /// By the name that MLflow's databases have for it, or the number that its files have.
  init?(mlflow name: String) {
    switch name {
    case "RUNNING", "1": self = .running
    case "SCHEDULED", "2": self = .scheduled
    case "FINISHED", "3": self = .finished
    case "FAILED", "4": self = .failed
    case "KILLED", "5": self = .killed
    default: return nil
    }
  }
}

extension ForeignVersion {
  /// MLflow's word for no stage is None.
  static func stage(_ name: String?) -> String? { name.flatMap { $0.isEmpty || $0 == "None" ? nil : $0 } }
}
