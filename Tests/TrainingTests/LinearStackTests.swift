import Datasets
import NeuralNets
import Tensors
import Testing
import Training

struct LinearStackTests {
  typealias Description = (name: String, dtype: DType, shape: [Int])

  /// Layers of these sizes under these names.
  static func layers(_ stems: [String], _ sizes: [Int]) -> [Description] {
    stems.enumerated().flatMap { index, stem -> [Description] in
      [("\(stem).weight", .float32, [sizes[index + 1], sizes[index]]), ("\(stem).bias", .float32, [sizes[index + 1]])]
    }
  }

  static let known: [(stems: [String], sizes: [Int])] = [
    (["linear_1", "linear_2"], [2, 5, 1]), (["linear_1"], [3, 1]), (["linear_1", "linear_2", "linear_3"], [4, 8, 6, 3]),
    (["0", "2"], [2, 5, 1]), (["0"], [2, 4]), (["0", "2", "4", "6"], [2, 3, 4, 5, 6]), (["net.0", "net.2"], [2, 5, 1]),
    (["module.linear_1", "module.linear_2"], [2, 5, 1]), (["a.b.0", "a.b.2"], [2, 5, 1]), (["fc1", "fc2"], [2, 5, 1]),
    (["0", "3", "6"], [2, 5, 4, 1]), (["module._orig_mod.fc1", "module._orig_mod.fc2"], [2, 5, 1]), (["hidden", "output"], [2, 5, 1]),
    (["layers.0", "layers.1", "layers.2"], [2, 5, 4, 1]), (["fc1", "fc2", "out"], [2, 5, 5, 1]), (["dense_9", "dense_10"], [2, 3, 1]),
    (["hidden.0", "hidden.1", "out"], [2, 5, 4, 1]), (["linear_2", "linear_3"], [2, 5, 1]), (["1", "3"], [2, 5, 1]),
  ]

  @Test("layers in a row are told by their names and shapes, whatever their order in the file", arguments: known.indices)
  func recognised(index: Int) throws {
    let (stems, sizes) = Self.known[index]
    for rows in [Self.layers(stems, sizes), Self.layers(stems, sizes).reversed()] {
      let stack = try LinearStack(rows)
      #expect(stack.sizes == sizes)
      #expect(stack.layers.map(\.weight) == stems.map { "\($0).weight" })
      #expect(stack.inputSize == sizes.first && stack.outputSize == sizes.last && stack.hiddenSizes == Array(sizes.dropFirst().dropLast()))
    }
  }

  static let foreign: [(why: String, rows: [Description])] = [
    ("nothing", []), ("an order that nobody knows", layers(["hidden", "output"], [3, 3, 3])),
    ("a step of one among others", layers(["0", "2", "3"], [2, 5, 4, 1])),
    ("something between modules", layers(["encoder.0", "encoder.2", "decoder.0", "decoder.2"], [8, 4, 2, 4, 8])),
    ("an embedding", [("embedding.weight", .float32, [5, 2])]), ("two nets", layers(["a.0", "a.2", "b.0", "b.2"], [2, 5, 1, 5, 1])),
    ("a LayerNorm", layers(["0", "2"], [2, 5, 1]) + [("1.weight", .float32, [5]), ("1.bias", .float32, [5])]),
    ("a bias of another layer", [("0.weight", .float32, [1, 2]), ("0.bias", .float32, [2])]),
    (
      "shapes that don't chain",
      [("0.weight", .float32, [5, 2]), ("0.bias", .float32, [5]), ("2.weight", .float32, [1, 4]), ("2.bias", .float32, [1])]
    ),
    ("another type", [("0.weight", .float32, [1, 2]), ("0.bias", .int64, [1])]),
    ("more dimensions", [("0.weight", .float32, [1, 2, 3]), ("0.bias", .float32, [1])]),
    ("no inputs", [("0.weight", .float32, [1, 0]), ("0.bias", .float32, [1])]),
    ("no outputs", [("0.weight", .float32, [0, 2]), ("0.bias", .float32, [0])]),
    ("a layer of 70,000", layers(["0"], [2, 70_000])),
    ("a name twice", layers(["0", "0"], [2, 2, 2])),
    ("half a BatchNorm1d", layers(["0"], [2, 3]) + [("1.running_mean", .float32, [3])]),
  ]

  @Test("any other state_dict has no architecture", arguments: foreign.indices)
  func refused(index: Int) {
    #expect(throws: NetProblem.self, "\(Self.foreign[index].why)") { try LinearStack(Self.foreign[index].rows) }
  }

  @Test("the task follows the outputs unless it is said")
  func tasks() throws {
    let one = try LinearStack(Self.layers(["linear_1", "linear_2"], [2, 5, 1]))
    let three = try LinearStack(Self.layers(["linear_1", "linear_2"], [2, 5, 3]))
    #expect(try Architecture(one).task == .binary && Architecture(one).classes == ["0", "1"])
    #expect(try Architecture(one, task: .regression).classes == [])
    #expect(try Architecture(three).task == .multiclass && Architecture(three).classes == ["0", "1", "2"])
    #expect(try Architecture(one).features.columns.map(\.name) == ["x0", "x1"])
    #expect(throws: ArchitectureError.wrongOutputs(task: .binary, count: 3)) { try Architecture(three, task: .binary) }
    #expect(throws: ArchitectureError.wrongOutputs(task: .regression, count: 3)) { try Architecture(three, task: .regression) }
    #expect(throws: ArchitectureError.wrongClasses(given: 1, needed: 0, task: .regression)) {
      try Architecture(one, task: .regression, classes: ["a"])
    }
    #expect(throws: DatasetError.self) { try Architecture(one, features: ["a", "a"]) }
    #expect(throws: DatasetError.self) { try Architecture(one, features: ["a", "y"]) }
    #expect(throws: DatasetError.self) { try Architecture(one, classes: ["a", "a"]) }
  }

  @Test(
    "the net of such a state_dict is the one under the tutorial's names",
    arguments: [["0", "2"], ["module.net.0", "module.net.2"], ["m.linear_1", "m.linear_2"]])
  func sameNet(stems: [String]) throws {
    let net = NeuralNet(inputSize: 2, hiddenSize: 5, seed: 7)
    let own = try net.stateDict()
    let stack = try LinearStack(Self.layers(stems, [2, 5, 1]))
    let names = stems.flatMap { ["\($0).weight", "\($0).bias"] }
    let renamed = try StateDict(zip(names, own.entries).map { ($0, $1.tensor) })
    #expect(try Architecture(stack, activation: .relu).net(renamed) == net)
    #expect(throws: NetProblem("the activation between its layers isn't in the file")) { try Architecture(stack) }
  }

  @Test(
    "the numbers tell on which side of the activation a BatchNorm1d stands, where they can",
    arguments: [
      (["0", "3"], "1", BatchNormPlace?.some(.before)), (["0", "3"], "2", .some(.after)), (["0", "4"], "2", nil),
      (["fc1", "fc2"], "bn1", nil), (["hidden", "out"], "bn", nil), (["0", "2"], "3", .some(.before)),
    ])
  func batchNorm(stems: [String], norm: String, place: BatchNormPlace?) throws {
    let size = norm == "3" ? 1 : 5
    let rows = Self.layers(stems, [2, 5, 1]) + ["running_mean", "running_var"].map { ("\(norm).\($0)", .float32, [size]) }
    let stack = try LinearStack(rows)
    #expect(stack.batchNorm == place && stack.hasBatchNorm)
    if place == nil {
      #expect(throws: NetProblem.self) { try Architecture(stack, activation: .tanh) }
      #expect(try Architecture(stack, activation: .tanh, batchNorm: .after).batchNorm == .after)
    } else {
      #expect(try Architecture(stack, activation: .tanh).batchNorm == place)
    }
  }
}
