extension Registry {
  /// Begins a run of any program, which has its number at once.
  ///
  ///     let run = try registry.startRun(model: "xor", params: ["lr": 0.03, "optimizer": "sgd"])
  ///
  /// - Parameters:
  ///   - model: the model that its versions belong to; it may have none until there is one.
  ///   - experiment: a name that groups runs; nil is that of the model's name, and `Default` without a model.
  ///   - params: what the run was told.  A number is a number to SQL.
  public func startRun(
    model: String? = nil, experiment: String? = nil, name: String? = nil, params: NamedValues<ParamValue> = [:],
    tags: NamedValues<CellValue> = [:]
  ) throws -> LoggedRun {
    try startRun(RunInfo(model: model, experiment: experiment, name: name), params: params, tags: tags)
  }

  /// Begins a run of any program.
  public func startRun(
    _ info: RunInfo, params: NamedValues<ParamValue> = [:], tags: NamedValues<CellValue> = [:]
  ) throws -> LoggedRun {
    // It has a registry of its own, which other threads may use: nothing in it is shared with this one.
    let own = try Registry(path: path, access: .create, interpreter: nil)
    own.recordingPace = recordingPace
    own.pieceSizes = pieceSizes
    let run = LoggedRun(try RunWriter(own, info, params: params, tags: tags))
    try openIfMade()
    return run
  }

  /// Goes on with a logged run, ended or not: it is sealed again at its next end.
  ///
  /// Throws `StoreError` for one that a process writes, and for a training or an import of this program.
  public func continueRun(_ run: Int) throws -> LoggedRun {
    let own = try Registry(path: path, access: .write, interpreter: nil)
    own.recordingPace = recordingPace
    own.pieceSizes = pieceSizes
    return LoggedRun(try RunWriter(own, continuing: run))
  }
}
