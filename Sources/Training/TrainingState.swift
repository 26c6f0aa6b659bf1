internal import FoundationEssentials
internal import NeuralNets

/// Where a training stands after an epoch: all that its next epochs depend on besides the experiment.
///
/// Numbers are little-endian and without lengths: the experiment says how many there have to be.
public struct TrainingState: Sendable, Hashable {
  /// Epochs done.
  public var epoch: Int
  /// The float32 weights and biases, layer by layer.
  public var weights: [UInt8]
  /// What the optimizer remembers; nil when that is nothing.
  public var optimizer: [UInt8]?
  /// Where the generator stands that shuffles the batches; nil without batches.
  public var generator: [UInt8]?
  /// The best weights so far, with early stopping.
  public var bestWeights: [UInt8]?
  /// The best test loss, its epoch, and whether it is time to stop, as JSON; nil without early stopping.
  public var earlyStopping: String?

  public init(
    epoch: Int, weights: [UInt8], optimizer: [UInt8]? = nil, generator: [UInt8]? = nil, bestWeights: [UInt8]? = nil,
    earlyStopping: String? = nil
  ) {
    self.epoch = epoch
    self.weights = weights
    self.optimizer = optimizer
    self.generator = generator
    self.bestWeights = bestWeights
    self.earlyStopping = earlyStopping
  }

  /// The bytes of all its parts together.
  public var byteCount: Int {
    [optimizer, generator, bestWeights].reduce(weights.count) { $0 + ($1?.count ?? 0) } + (earlyStopping?.utf8.count ?? 0)
  }
}

/// A state that the experiment can't have been in.
public enum TrainingStateError: Error, Equatable, CustomStringConvertible {
  case illegal(String)

  public var description: String {
    switch self {
    case .illegal(let problem): problem
    }
  }
}

extension EarlyStopping {
  var json: String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return (try? encoder.encode(state)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Early stopping as it stood in a training of this net.
  init(patience: Int, json: String, bestWeights: [UInt8]?, like net: NeuralNet) throws(TrainingStateError) {
    guard let state = try? JSONDecoder().decode(State.self, from: Data(json.utf8)) else {
      throw .illegal("early stopping '\(json.prefix(80))'")
    }
    guard (state.bestEpoch == nil) == (bestWeights == nil), (state.bestLoss == nil) == (bestWeights == nil), state.bestEpoch ?? 0 >= 0
    else {
      throw .illegal("a best epoch without its weights or loss")
    }
    var best: NeuralNet?
    if let bestWeights {
      var filled = net
      do { try filled.restore(weightBytes: bestWeights) } catch { throw .illegal("\(error)") }
      best = filled
    }
    self.init(patience: patience, state: state, bestNet: best)
  }
}
