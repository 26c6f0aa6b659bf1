internal import Foundation

/// A file of Tests/Fixtures that PyTorch wrote: what it got for one experiment, in float32 and float64.
public struct Reference: Decodable, Sendable {
  public let seed: Int
  public let hiddenSize: Int
  public let epochs: Int
  public let learningRate: Double?
  public let batchSize: Int?
  public let xTrain, xTest: [[Double]]?
  public let yTrain, yTest: [Int]?
  public let featureMean, featureScale: [Double]?
  public let targetMean, targetScale: Double?
  public let float32, float64, sgdMomentum, adam: Fit?

  public struct Fit: Decodable, Sendable {
    public let initial, final: [String: Nested]
    public let testLossBefore, testLossAfter: Double
    public let trainLoss: [Double]
    public let testOutputs: [[Double]]
    public let predict: Double?

    enum CodingKeys: String, CodingKey {
      case initial, final
      case testLossBefore = "test_loss_before"
      case testLossAfter = "test_loss_after"
      case trainLoss = "train_loss"
      case testOutputs = "test_outputs"
      case predict = "predict[-1,1]"
    }
  }

  enum CodingKeys: String, CodingKey {
    case seed, epochs, float32, float64, adam
    case hiddenSize = "hidden_size"
    case learningRate = "learning_rate"
    case batchSize = "batch_size"
    case xTrain = "x_train"
    case xTest = "x_test"
    case yTrain = "y_train"
    case yTest = "y_test"
    case featureMean = "feature_mean"
    case featureScale = "feature_scale"
    case targetMean = "target_mean"
    case targetScale = "target_scale"
    case sgdMomentum = "sgd_momentum"
  }

  public init(_ name: String) throws {
    self = try JSONDecoder().decode(Reference.self, from: Fixtures.data("\(name).json"))
  }
}

/// A tensor in JSON: nested arrays, kept flat in row-major order.
public struct Nested: Decodable, Sendable {
  public let values: [Double]

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Double.self) {
      values = [value]
    } else {
      values = try container.decode([Nested].self).flatMap(\.values)
    }
  }
}

/// Whether two numbers agree to a relative or an absolute tolerance, whichever is larger.
public func agree(_ a: Double, _ b: Double, relative: Double, absolute: Double = 0) -> Bool {
  a == b || abs(a - b) <= max(relative * max(abs(a), abs(b)), absolute)
}
