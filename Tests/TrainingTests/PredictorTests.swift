import Datasets
import NeuralNets
import Tensors
import TestSupport
import Testing
import Training

@Suite("a predictor")
struct PredictorTests {
  /// One Linear without a hidden layer, of the given weights.
  private func predictor(_ json: String, weight: [Float], bias: [Float]) throws -> Predictor {
    let architecture = try Architecture(json: json)
    let stateDict = try StateDict([
      ("linear_1.weight", Tensor(weight, shape: [architecture.outputSize, architecture.inputSize])), ("linear_1.bias", Tensor(bias)),
    ])
    return try Predictor(architecture: architecture, net: architecture.net(stateDict))
  }

  private static let binary =
    #"{"classes":["no","yes"],"features":[{"name":"x","standardization":{"mean":10,"scale":4},"type":"number"}],"hidden_sizes":[],"#
    + #""input_size":1,"kind":"NeuralNet","output_size":1,"target":"y","task":"binary"}"#
  private static let multiclass =
    #"{"classes":["a","b","c"],"features":[{"name":"x","type":"number"}],"hidden_sizes":[],"#
    + #""input_size":1,"kind":"NeuralNet","output_size":3,"target":"y","task":"multiclass"}"#
  private static let regression =
    #"{"classes":[],"features":[{"name":"x","standardization":{"mean":10,"scale":4},"type":"number"},"#
    + #"{"categories":["blue","red"],"name":"c","type":"category"}],"hidden_sizes":[],"#
    + #""input_size":3,"kind":"NeuralNet","output_size":1,"target":"y","target_standardization":{"mean":100,"scale":8},"task":"regression"}"#

  @Test("scales raw rows before the net sees them")
  func scaling() throws {
    let predictor = try predictor(Self.binary, weight: [1], bias: [0])
    #expect(try predictor([10]) == [.binary(probability: 0.5, class: 1)])
    #expect(try predictor.outputs([14, 6]).rows == predictor.net(Batch(rows: [1, -1], features: 1)).rows)
    #expect(try predictor([6])[0].classIndex == 0)
  }

  @Test("gives a regression in the target's own units, categories as their indices")
  func units() throws {
    let predictor = try predictor(Self.regression, weight: [0.5, 2, 3], bias: [1])
    // (14 - 10) / 4 = 1: 0.5 + 2 + 1 = 3.5 for blue, 0.5 + 3 + 1 = 4.5 for red.
    #expect(try predictor([14, 0, 14, 1]) == [.regression(value: 128), .regression(value: 136)])
    #expect(try predictor([14, 0])[0].classIndex == nil)
  }

  @Test(
    "refuses rows that aren't the columns'",
    arguments: [[1], [1, 2], [1, -1], [1, 0.5], [1, .nan], [.nan, 0], [.infinity, 0], [1e300, 0]])
  func badRows(row: [Double]) throws {
    let predictor = try predictor(Self.regression, weight: [0.5, 2, 3], bias: [1])
    #expect(throws: DatasetError.self) { try predictor(row) }
  }

  @Test("the likeliest class is the first of the largest")
  func ties() throws {
    #expect(try predictor(Self.multiclass, weight: [0, 0, 0], bias: [0, 0, 0])([1])[0].classIndex == 0)
    #expect(try predictor(Self.multiclass, weight: [0, 0, 0], bias: [-1, 2, 2])([1])[0].classIndex == 1)
    #expect(try predictor(Self.multiclass, weight: [0, 0, 5], bias: [0, 0, 0])([1])[0].classIndex == 2)
  }

  @Test("has no class for NaN", arguments: [Float.nan, -.nan])
  func nan(weight: Float) throws {
    let binary = try predictor(Self.binary, weight: [weight], bias: [0])([10, 14])
    for prediction in binary {
      guard case .binary(let probability, nil) = prediction else {
        Issue.record("\(prediction)")
        continue
      }
      #expect(probability.isNaN)
    }
    #expect(try predictor(Self.multiclass, weight: [1, weight, 1], bias: [0, 0, 0])([1])[0].classIndex == nil)
    guard case .regression(let value) = try predictor(Self.regression, weight: [weight, 0, 0], bias: [0])([10, 0])[0] else {
      Issue.record("no regression")
      return
    }
    #expect(value.isNaN)
  }

  @Test("accuracy counts NaN as wrong")
  func accuracy() throws {
    let dataset = try Dataset(BlobsSource(trainSamples: 8, testSamples: 4))
    let experiment = try Experiment(dataset: dataset, hyperparameters: Hyperparameters(hiddenSizes: []))
    let stateDict = try StateDict([("linear_1.weight", Tensor([Float.nan, 1], shape: [1, 2])), ("linear_1.bias", Tensor([Float(0)]))])
    let evaluation = Evaluation(of: try experiment.architecture.net(stateDict), experiment.architecture, on: experiment.test)
    #expect(evaluation.accuracy == 0)
    #expect(evaluation.loss.isNaN)
  }
}
