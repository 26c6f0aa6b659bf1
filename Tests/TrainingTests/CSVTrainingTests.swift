import Datasets
import NeuralNets
import Tensors
import TestSupport
import Testing
import Training

/// Real tables from a CSV file to the final loss, as PyTorch 2.13 and scikit-learn 1.9 have them.
@Suite("training from a CSV file")
struct CSVTrainingTests {
  private func read(_ name: String) throws -> Dataset {
    try readDataset(csv: .path(Fixtures.path("data/\(name).csv")), options: CSVOptions(target: "target")).dataset
  }

  @Test("diabetes: the scaling, every loss, the weights and the predictions of a regression")
  func diabetes() throws {
    let reference = try Reference("regression_seed0")
    let expected = try #require(reference.float32)
    let experiment = try Experiment(
      dataset: read("diabetes"),
      hyperparameters: Hyperparameters(
        task: .regression, hiddenSizes: [reference.hiddenSize], epochs: reference.epochs,
        learningRate: try #require(reference.learningRate), standardize: true))
    let architecture = experiment.architecture

    // diabetes.csv holds the measured values, the reference scikit-learn's scaled copy: the scaling itself is in other units.
    // Standardised, they are the same table.
    let scaler = try #require(architecture.targetScaler)
    #expect(scaler.standardization.mean == reference.targetMean)
    #expect(scaler.standardization.scale == reference.targetScale)
    for entry in try experiment.initialNet.stateDict().entries {
      #expect(try entry.tensor.values(as: Float.self).map(Double.init) == expected.initial[entry.name]?.values)
    }

    let before = Evaluation(of: experiment.initialNet, architecture, on: experiment.test)
    #expect(agree(before.loss, expected.testLossBefore, relative: 5e-6))
    #expect(before.accuracy == nil)
    var trainer = experiment.makeTrainer()
    for epoch in 0..<reference.epochs {
      let loss = trainer.runEpoch()
      #expect(agree(loss, expected.trainLoss[epoch], relative: 5e-6, absolute: 6e-8), "epoch \(epoch)")
    }
    for entry in try trainer.net.stateDict().entries {
      for (got, wanted) in try zip(entry.tensor.values(as: Float.self), #require(expected.final[entry.name]).values) {
        #expect(agree(Double(got), wanted, relative: 1e-5, absolute: 1e-6), "\(entry.name)")
      }
    }
    let after = Evaluation(of: trainer.net, architecture, on: experiment.test)
    #expect(agree(after.loss, expected.testLossAfter, relative: 1e-5))

    let dataset = try read("diabetes")
    let predictions = try Predictor(architecture: architecture, net: trainer.net)(dataset.x(.test))
    for (prediction, output) in zip(predictions, expected.testOutputs.joined()) {
      guard case .regression(let value) = prediction else {
        Issue.record("\(prediction)")
        continue
      }
      let wanted = output * scaler.standardization.scale + scaler.standardization.mean
      #expect(agree(value, wanted, relative: 1e-5), "in the target's own units")
    }
  }

  struct Table: Sendable, CustomTestStringConvertible {
    let name: String
    let hyperparameters: Hyperparameters
    let firstLoss, lastLoss, testLoss, accuracy: Double
    var testDescription: String { name }
  }

  static let tables = [
    Table(
      name: "iris",
      hyperparameters: Hyperparameters(task: .multiclass, hiddenSizes: [16, 8], epochs: 200, learningRate: 0.2, standardize: true),
      firstLoss: 1.0991541147232056, lastLoss: 0.06267021596431732, testLoss: 0.037637416273355484, accuracy: 1),
    Table(
      name: "breast_cancer",
      hyperparameters: Hyperparameters(task: .binary, hiddenSizes: [16], epochs: 300, learningRate: 0.5, standardize: true),
      firstLoss: 0.6510007977485657, lastLoss: 0.0282407495124506, testLoss: 0.11053188145160675, accuracy: 111.0 / 114),
  ]

  @Test("reaches PyTorch's losses and accuracy", arguments: tables)
  func classes(table: Table) throws {
    let experiment = try Experiment(dataset: read(table.name), hyperparameters: table.hyperparameters)
    var trainer = experiment.makeTrainer()
    var losses: [Double] = []
    for _ in 0..<table.hyperparameters.epochs { losses.append(trainer.runEpoch()) }
    #expect(agree(try #require(losses.first), table.firstLoss, relative: 5e-6))
    #expect(agree(try #require(losses.last), table.lastLoss, relative: 5e-6))
    let test = Evaluation(of: trainer.net, experiment.architecture, on: experiment.test)
    #expect(agree(test.loss, table.testLoss, relative: 1e-5))
    #expect(test.accuracy == table.accuracy)
  }
}
