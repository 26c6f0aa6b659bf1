public import RegistryStore
public import Training

extension ClassScores {
  /// As they are stored with a version: precision, recall and f1 are the means over the classes.
  public var metrics: [VersionMetric] {
    let values: [(String, Double?)] = [("precision", precision), ("recall", recall), ("f1", f1), ("roc_auc", rocAUC)]
    return values.compactMap { key, value in value.map { VersionMetric(key: key, value: $0) } }
  }
}
