import Datasets
import Foundation
import NeuralNets
import Tensors
import TestSupport
import Testing
import Training

/// Against PyTorch (Scripts/make_class_weight_references.py).
struct ClassWeightTrainingTests {
  struct Case: Decodable {
    let task: LearningTask
    let batchSize: Int?
    let classes: Int
    let x: [Double]
    let y: [Int64]
    let weights, losses: [Double]
    let final: [[Double]]
  }

  /// A dataset of just these training rows.
  private func dataset(_ sample: Case) throws -> Dataset {
    let columns = try Columns(
      features: [FeatureColumn(name: "a"), FeatureColumn(name: "b")],
      target: TargetColumn(name: "y", classes: (0..<sample.classes).map(String.init)))
    let x = try Tensor(sample.x, shape: [sample.y.count, 2])
    let source = CSVSource(file: "a.csv", delimiter: ",", split: .testFile("b.csv"), task: sample.task)
    let tensors = try StateDict([("x_train", x), ("y_train", Tensor(sample.y)), ("x_test", x), ("y_test", Tensor(sample.y))])
    return try Dataset(columns: columns, source: .csv(source), tensors: tensors)
  }

  @Test("balanced class weights train to PyTorch's losses and weights, all at once and in mini-batches")
  func matchesPyTorch() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let cases = try decoder.decode([Case].self, from: Fixtures.data("class_weight.json"))
    #expect(cases.count == 4)
    for sample in cases {
      let name = Comment(rawValue: "\(sample.task), batches of \(sample.batchSize ?? 0)")
      #expect(balancedClassWeights(sample.y.map { Int($0) }, classCount: sample.classes) == sample.weights.map { Float($0) }, name)
      var hyperparameters = Hyperparameters(task: sample.task, hiddenSizes: [6], epochs: 100, learningRate: 0.1)
      hyperparameters.batchSize = sample.batchSize
      hyperparameters.seed = 5
      hyperparameters.classWeight = .balanced
      let experiment = try Experiment(dataset: dataset(sample), hyperparameters: hyperparameters)
      var session = TrainingSession(experiment)
      for (epoch, loss) in sample.losses.enumerated() {
        let got = try #require(session.runEpoch()?.trainLoss)
        #expect(agree(got, loss, relative: 2e-5, absolute: 6e-8), "\(name) epoch \(epoch): \(got) for \(loss)")
      }
      let weights = try session.net.stateDict().entries.map { try $0.tensor.values(as: Float.self) }
      for (got, expected) in zip(weights.joined(), sample.final.joined()) {
        #expect(agree(Double(got), expected, relative: 4e-5, absolute: 1e-6), name)
      }
      let (train, test) = (experiment.train, experiment.test)
      #expect(train.targets.areWeighted && !test.targets.areWeighted, "the test loss is the plain one")
    }
  }

  @Test("a regression has no classes to weigh")
  func regression() {
    let hyperparameters = Hyperparameters(task: .regression, classWeight: .balanced)
    #expect(throws: HyperparameterError.self) { try hyperparameters.validate() }
  }
}
