import Datasets
import NeuralNets
import Tensors
import TestSupport
import Testing
import Training

@Suite("an experiment")
struct ExperimentTests {
  struct Illegal: Sendable, CustomTestStringConvertible {
    let name: String
    let change: @Sendable (inout Hyperparameters) -> Void
    let value: String
    var testDescription: String { "\(name) \(value)" }

    init(_ name: String, _ value: String, _ change: @escaping @Sendable (inout Hyperparameters) -> Void) {
      (self.name, self.value, self.change) = (name, value, change)
    }
  }

  static let illegal = [
    Illegal("hidden", "0") { $0.hiddenSizes = [0] },
    Illegal("hidden", "-5") { $0.hiddenSizes = [4, -5] },
    Illegal("hidden", "65537") { $0.hiddenSizes = [65_537] },
    Illegal("hidden", "65 layers") { $0.hiddenSizes = Array(repeating: 1, count: 65) },
    Illegal("epochs", "-1") { $0.epochs = -1 },
    Illegal("epochs", "100000001") { $0.epochs = 100_000_001 },
    Illegal("learning-rate", "nan") { $0.learningRate = .nan },
    Illegal("learning-rate", "inf") { $0.learningRate = .infinity },
    Illegal("learning-rate", "-0.1") { $0.learningRate = -0.1 },
    Illegal("momentum", "nan") { $0.momentum = .nan },
    Illegal("momentum", "-1.0") { $0.momentum = -1 },
    Illegal("weight-decay", "-inf") { $0.weightDecay = -.infinity },
    Illegal("batch-size", "0") { $0.batchSize = 0 },
    Illegal("batch-size", "-3") { $0.batchSize = -3 },
    Illegal("momentum", "0.9") {
      $0.optimizer = .adam
      $0.momentum = 0.9
    },
  ]

  @Test("refuses a hyperparameter that no training can have, by name and value", arguments: illegal)
  func hyperparameters(illegal: Illegal) throws {
    var hyperparameters = Hyperparameters()
    illegal.change(&hyperparameters)
    let dataset = try Dataset(BlobsSource(trainSamples: 8, testSamples: 4))
    let error = #expect(throws: HyperparameterError.self) { try Experiment(dataset: dataset, hyperparameters: hyperparameters) }
    #expect(error?.name == illegal.name)
    #expect(error?.value == illegal.value)
  }

  @Test("takes hyperparameters at the ends of their ranges")
  func legal() throws {
    try Hyperparameters(hiddenSizes: [], epochs: 0, learningRate: 0, momentum: 0, batchSize: 1).validate()
    try Hyperparameters(hiddenSizes: Array(repeating: 65_536, count: 64), epochs: 100_000_000, batchSize: .max).validate()
    try Hyperparameters(optimizer: .adam, weightDecay: 0.1).validate()
  }

  @Test(
    "maps the first half of the blobs' labels to 0 and the second half to 1",
    arguments: [(2, nil), (3, [0, 1, 1]), (4, [0, 0, 1, 1]), (5, [0, 0, 1, 1, 1])] as [(Int, [Int]?)])
  func labelMap(centers: Int, labelMap: [Int]?) throws {
    let source = BlobsSource(trainSamples: 20, testSamples: 10, centers: (0..<centers).map { [Double($0), 1] })
    let dataset = try Dataset(source)
    let experiment = try Experiment(dataset: dataset, hyperparameters: Hyperparameters())
    #expect(experiment.architecture.labelMap == labelMap)
    #expect(experiment.architecture.classes == ["0", "1"])
    let mapped = dataset.labels(.train).map { Float(labelMap?[Int($0)] ?? Int($0)) }
    #expect((0..<20).map { experiment.train.targets[$0] } == mapped)

    let multiclass = try Experiment(dataset: dataset, hyperparameters: Hyperparameters(task: .multiclass))
    #expect(multiclass.architecture.labelMap == nil)
    #expect(multiclass.initialNet.outputSize == centers)
    #expect((0..<20).map { multiclass.train.targets[$0] } == dataset.labels(.train).map(Float.init))
  }

  static func numbersDataset() throws -> Dataset {
    let columns = try Columns(features: [FeatureColumn(name: "a"), FeatureColumn(name: "b")], target: TargetColumn(name: "price"))
    let source = CSVSource(file: "p.csv", delimiter: ",", split: .fraction(0.5, seed: 0), task: .regression)
    return try Dataset(
      columns: columns, source: .csv(source),
      tensors: StateDict([
        ("x_train", Tensor([1.0, 2, 3, 4, 5, 7], shape: [3, 2])), ("y_train", Tensor([10.0, 20, 40])),
        ("x_test", Tensor([2.0, 3], shape: [1, 2])), ("y_test", Tensor([15.0])),
      ]))
  }

  static func threeClasses() throws -> Dataset {
    let columns = try Columns(features: [FeatureColumn(name: "a")], target: TargetColumn(name: "kind", classes: ["x", "y", "z"]))
    let source = CSVSource(file: "k.csv", delimiter: ",", split: .fraction(0.5, seed: 0), task: .multiclass)
    return try Dataset(
      columns: columns, source: .csv(source),
      tensors: StateDict([
        ("x_train", Tensor([1.0, 2, 3], shape: [3, 1])), ("y_train", Tensor([Int64](arrayLiteral: 0, 1, 2))),
        ("x_test", Tensor([2.0], shape: [1, 1])), ("y_test", Tensor([Int64(1)])),
      ]))
  }

  @Test("refuses a task that the target can't serve and says what it holds")
  func wrongTask() throws {
    func error(_ dataset: Dataset, _ task: LearningTask) -> String? {
      #expect(throws: TaskError.self) { try Experiment(dataset: dataset, hyperparameters: Hyperparameters(task: task)) }?.description
    }
    #expect(try error(Self.numbersDataset(), .binary) == "column 'price' holds numbers, binary needs two classes")
    #expect(try error(Self.numbersDataset(), .multiclass) == "column 'price' holds numbers, multiclass needs two or more classes")
    #expect(try error(Self.threeClasses(), .regression) == "column 'kind' holds 3 classes, regression needs numbers")
    #expect(try error(Self.threeClasses(), .binary) == "column 'kind' holds 3 classes, binary needs two classes")
  }

  @Test("refuses targets beyond float32")
  func hugeTargets() throws {
    let columns = try Columns(features: [FeatureColumn(name: "a")], target: TargetColumn(name: "y"))
    let source = CSVSource(file: "h.csv", delimiter: ",", split: .fraction(0.5, seed: 0), task: .regression)
    let dataset = try Dataset(
      columns: columns, source: .csv(source),
      tensors: StateDict([
        ("x_train", Tensor([1.0, 2], shape: [2, 1])), ("y_train", Tensor([1e300, 1])), ("x_test", Tensor([2.0], shape: [1, 1])),
        ("y_test", Tensor([1.0])),
      ]))
    #expect(throws: DatasetError.beyondFloat32(column: "y", value: 1e300)) {
      try Experiment(dataset: dataset, hyperparameters: Hyperparameters(task: .regression))
    }
  }

  @Test("samples of a dataset that an architecture was not made for are refused, never read beyond their ends")
  func foreignArchitecture() throws {
    let numbers = try Self.numbersDataset()
    let classes = try Self.threeClasses()
    let blobs = try Dataset(BlobsSource(trainSamples: 8, testSamples: 4))
    let features = [FeatureColumn(name: "x0"), FeatureColumn(name: "x1")]
    func architecture(_ task: LearningTask, _ classes: [String], _ labelMap: [Int]? = nil, _ columns: [FeatureColumn]) throws
      -> Architecture
    {
      try Architecture(
        task: task, hiddenSizes: [2], features: FeatureEncoder(columns: columns), target: "y", classes: classes, labelMap: labelMap)
    }
    let cases: [(Dataset, Architecture)] = try [
      (blobs, architecture(.binary, ["0", "1"], [0], features)),
      (blobs, architecture(.binary, ["0", "1"], nil, features)),
      (blobs, architecture(.regression, [], nil, features)),
      (numbers, architecture(.binary, ["0", "1"], nil, numbers.columns.features)),
      (classes, architecture(.multiclass, ["x", "y"], nil, classes.columns.features)),
      (blobs, architecture(.multiclass, ["0", "1", "2", "3"], nil, [FeatureColumn(name: "x0")])),
    ]
    for (dataset, architecture) in cases {
      #expect(throws: (any Error).self, "\(architecture.json)") { try Experiment.samples(dataset, .test, architecture) }
    }
  }
}
