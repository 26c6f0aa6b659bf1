internal import Datasets
public import RegistryStore
internal import Tensors
public import Training

/// What was found about the predictions of two versions.
public enum AgreementResult: Sendable, Equatable {
  /// On the test part of this dataset.
  case found(Agreement, dataset: String)
  case none(AgreementProblem)
}

extension Registry {
  /// Whether two versions predict the same on the test data that the first was measured on, or if it has none, the second.
  public func agreement(_ a: VersionRecord, _ b: VersionRecord) throws -> AgreementResult {
    guard let first = a.architecture else { return .none(.noArchitecture(version: a.title)) }
    guard let second = b.architecture else { return .none(.noArchitecture(version: b.title)) }
    if let problem = AgreementProblem(first, second) { return .none(problem) }
    for record in [a, b] {
      guard let dataset = try dataset(ofRun: record.run) else { continue }
      guard dataset.columns.features == first.features.columns else { return .none(.otherFeatures) }
      guard let predictorA = try knownPredictor(a) else { return .none(.noArchitecture(version: a.title)) }
      guard let predictorB = try knownPredictor(b) else { return .none(.noArchitecture(version: b.title)) }
      let agreement = try Agreement(predictorA, predictorB, on: dataset.x(.test))
      let name = try run(record.run).dataset ?? String(dataset.digest.hex.prefix(12))
      return .found(agreement, dataset: name)
    }
    return .none(.noDataset)
  }

  /// Nil where nobody knows what the net is.
  private func knownPredictor(_ record: VersionRecord) throws -> Predictor? {
    do { return try loadPredictor(record) } catch let error as StoreError where error.isOfNoNet { return nil }
  }
}
