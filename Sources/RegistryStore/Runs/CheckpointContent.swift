/// Where a run stands that may go on: blobs that mean something to whoever trains.
package struct CheckpointContent: Sendable {
  /// Epochs done.
  package let epoch: Int
  package let weights: [UInt8]
  package let optimizer: [UInt8]?
  package let generator: [UInt8]?
  package let bestWeights: [UInt8]?
  /// As JSON.
  package let earlyStopping: String?

  package init(
    epoch: Int, weights: [UInt8], optimizer: [UInt8]?, generator: [UInt8]?, bestWeights: [UInt8]?, earlyStopping: String?
  ) {
    self.epoch = epoch
    self.weights = weights
    self.optimizer = optimizer
    self.generator = generator
    self.bestWeights = bestWeights
    self.earlyStopping = earlyStopping
  }

  /// The bytes of all its parts together.
  package var byteCount: Int {
    [optimizer, generator, bestWeights].reduce(weights.count) { $0 + ($1?.count ?? 0) } + (earlyStopping?.utf8.count ?? 0)
  }
}
