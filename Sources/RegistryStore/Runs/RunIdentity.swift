/// What tells a run and its writer from all others.
struct RunIdentity {
  let uuid: String
  let startedAt: String
  /// The token of the process that may write the run.
  let owner: String

  /// Of a new run.
  init() { self.init(uuid: makeUUID(), startedAt: Timestamp.now.text) }

  /// Of a run that this process has taken over.
  init(uuid: String, startedAt: String) {
    self.uuid = uuid
    self.startedAt = startedAt
    owner = makeUUID()
    // The row of a run has it, and is written under the lock.
    _ = Registry.currentUser()
  }
}

/// The rows of a run, its model and its dataset.
struct RunIDs {
  let run: Int64
  let model: Int64
  let dataset: Int64
}
