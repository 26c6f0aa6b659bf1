public import Tensors

/// A version that a run leaves: weights, files, or both.
public struct LoggedVersion {
  /// The weights; nil for a version of files alone.
  public var weights: StateDictImport?
  /// The model that gets the version; nil is the run's.
  public var model: String?
  /// The step of the run that the weights are of.
  public var step: Int?
  /// What was measured of these very weights.
  public var metrics = NamedValues<Double>()
  /// Files of the disk, and what they are called in the version; a folder stands for all that is in it.
  public var files: [(file: String, name: String)] = []
  /// Tags of the version.
  public var tags = NamedValues<CellValue>()
  /// Aliases that point to it from now on.
  public var aliases: [String] = []
  public var source: String?
  public var description: String?
  /// The same in every registry that it comes to; nil is a new one.
  package var uuid: String?
  /// Nil is now.
  package var createdAt: Timestamp?

  public init(weights: StateDictImport? = nil) { self.weights = weights }

  /// Of weights that are in memory.
  public init(_ stateDict: StateDict) {
    let entries = stateDict.entries
    weights = StateDictImport(
      file: "state_dict", tensors: entries.map { (name: $0.name, dtype: $0.tensor.dtype, shape: $0.tensor.shape) },
      load: { entries[$0].tensor })
  }
}
