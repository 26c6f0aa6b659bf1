public import Datasets
public import NeuralNets

/// A net with what surrounds it: raw rows in, labels or values in the target's own units out.
public struct Predictor: Sendable {
  public let architecture: Architecture
  public let net: NeuralNet
  /// What becomes of a category that training didn't have.
  public var unseen = UnseenCategories.error

  public init(architecture: Architecture, net: NeuralNet) {
    self.architecture = architecture
    self.net = net
  }

  /// What the net says of one row.
  public enum Prediction: Sendable, Hashable {
    /// The probability of the second class, and the class that it makes likelier; no class when it is NaN.
    case binary(probability: Float, class: Int?)
    /// The probability of every class, and the likeliest; no class when they are NaN.
    case multiclass(probabilities: [Float], class: Int?)
    /// In the target's own units.
    case regression(value: Double)
  }

  /// Raw rows, row-major (rows, feature columns), a category as its index, a missing cell as NaN.  Throws when a row has another
  /// width, a category isn't known, a missing cell isn't filled in, or a number is beyond float32.
  public func callAsFunction(_ x: [Double]) throws(DatasetError) -> [Prediction] {
    predictions(try outputs(x))
  }

  /// What the net gives for raw rows: probabilities or values, (outputs, rows).
  public func outputs(_ x: [Double]) throws(DatasetError) -> Batch {
    net(Batch(rows: try architecture.features.encode(x, unseen: unseen), features: architecture.inputSize))
  }

  /// Raw rows with what is true of them, as training takes them: classes, or for regression numbers.
  public func samples(x: [Double], classes: [Int], numbers: [Double]) throws(DatasetError) -> Samples {
    let targets =
      architecture.task == .regression
      ? architecture.targetScaler?.encode(numbers) ?? numbers.map { Float($0) } : classes.map { Float($0) }
    return Samples(
      x: Batch(rows: try architecture.features.encode(x, unseen: unseen), features: architecture.inputSize), targets: Targets(targets))
  }

  /// The meaning of what the net gave.
  public func predictions(_ outputs: Batch) -> [Prediction] {
    (0..<outputs.samples).map { sample in
      switch architecture.task {
      case .binary:
        let p = outputs[0, sample]
        return .binary(probability: p, class: p.isNaN ? nil : p >= 0.5 ? 1 : 0)
      case .multiclass:
        let probabilities = (0..<outputs.features).map { outputs[$0, sample] }
        return .multiclass(probabilities: probabilities, class: likeliest(probabilities))
      case .regression:
        let value = outputs[0, sample]
        return .regression(value: architecture.targetScaler?.decode(value) ?? Double(value))
      }
    }
  }

  /// The first of the largest; nil when one is NaN.
  private func likeliest(_ probabilities: [Float]) -> Int? {
    guard !probabilities.contains(where: \.isNaN) else { return nil }
    return probabilities.indices.max { probabilities[$0] < probabilities[$1] || (probabilities[$0] == probabilities[$1] && $0 > $1) }
  }
}

extension Predictor.Prediction {
  /// The class's number, nil for regression and for NaN.
  public var classIndex: Int? {
    switch self {
    case .binary(_, let index), .multiclass(_, let index): index
    case .regression: nil
    }
  }
}
