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
    ("a LayerNorm by itself", [("weight", .float32, [5]), ("bias", .float32, [5])]),
    ("a bare Linear beside another", layers(["0"], [2, 3]) + [("weight", .float32, [1, 3]), ("bias", .float32, [1])]),
    ("a bias alone", [("bias", .float32, [1])]), ("a bare Conv1d", [("weight", .float32, [1, 2, 3]), ("bias", .float32, [1])]),
    ("a bare bias of another size", [("weight", .float32, [1, 2]), ("bias", .float32, [2])]),
    ("half a BatchNorm1d", layers(["0"], [2, 3]) + [("1.running_mean", .float32, [3])]),
  ]

  @Test("any other state_dict has no architecture", arguments: foreign.indices)
  func refused(index: Int) {
    #expect(throws: NetProblem.self, "\(Self.foreign[index].why)") { try LinearStack(Self.foreign[index].rows) }
  }

  @Test("one Linear that was saved by itself is a net, and a weight alone is one when its activation is said", arguments: [true, false])
  func bare(hasBias: Bool) throws {
    let rows: [Description] = [("weight", .float32, [2, 3])] + (hasBias ? [("bias", .float32, [2])] : [])
    let stack = try LinearStack(rows)
    #expect(stack.sizes == [3, 2] && stack.layers.map(\.weight) == ["weight"] && stack.layers[0].bias == (hasBias ? "bias" : nil))
    let architecture = try Architecture(stack, activation: hasBias ? nil : HiddenActivation.none)
    #expect(architecture.guessed == ["task", "classes"] && architecture.activation == nil)
    let stateDict = try StateDict(
      rows.map { ($0.name, try Tensor([1, 2, 3, 4, 5, 6].prefix($0.shape.reduce(1, *)).map { Float($0) }, shape: $0.shape)) })
    let net = try architecture.net(stateDict)
    #expect(net.layers[0].weight == [1, 2, 3, 4, 5, 6] && net.layers[0].bias == (hasBias ? [1, 2] : [0, 0]))
  }

  static func norm(_ stem: String, _ size: Int) -> [Description] {
    ["running_mean", "running_var"].map { ("\(stem).\($0)", .float32, [size]) }
  }

  @Test(
    "a weight that may be an nn.Embedding's is no net unless its activation is said",
    arguments: [
      ("wte", true), ("lookup", true), ("table", true), ("0", true), ("net.0", true), ("fc", false), ("fc1", false), ("linear", false),
      ("output_layer", false), ("model.Dense_1", false), ("lm_head", false), ("encoder.proj", false),
    ])
  func loneWeight(stem: String, isOpen: Bool) throws {
    let stack = try LinearStack([("\(stem).weight", .float32, [50, 8])])
    #expect(stack.unsureWeight == (isOpen ? "\(stem).weight" : nil))
    let problem = NetProblem("whether '\(stem).weight' is a Linear's or an nn.Embedding's isn't in the file")
    if isOpen { #expect(throws: problem) { try Architecture(stack) } } else { #expect(try Architecture(stack).guessed.count == 2) }
    #expect(try Architecture(stack, activation: HiddenActivation.none).guessed == ["task", "classes"])
  }

  @Test(
    "an order that the sizes alone give is called a guess, one that the names give isn't",
    arguments: [
      (["mean", "logvar"], true), (["pi", "v"], true), (["fc1", "fc2", "out"], false), (["hidden", "output"], false),
      (["fc1", "norm", "fc2"], true), (["layers.0", "layers.2", "layers.4"], false), (["classifier"], false),
      (["fc1", "fc2", "fc31", "fc32"], true), (["fc1", "fc3", "out"], true), (["fc9", "fc10", "fc11"], false),
    ])
  func orderBySizes(names: [String], isGuess: Bool) throws {
    let stack = try LinearStack(Self.layers(names, [4, 6, 5, 3].prefix(names.count) + [2]))
    #expect(stack.layers.map(\.weight) == names.map { "\($0).weight" })
    #expect(stack.isOrderedBySizes == isGuess)
    #expect(try Architecture(stack, activation: .relu).guessed.contains("layer_order") == isGuess)
  }

  @Test(
    "square layers that are called as what stands beside each other are a guess, and so is an order against the file's",
    arguments: [
      (["experts.0", "experts.1"], true), (["heads.0", "heads.1"], true), (["head1", "head2"], true), (["fold0", "fold1"], true),
      (["q1", "q2"], true), (["0", "2"], false), (["net.0", "net.2"], false), (["fc1", "fc2"], false), (["up2", "up1"], true),
      (["fc10", "fc9"], false),
    ])
  func square(names: [String], isGuess: Bool) throws {
    #expect(try LinearStack(Self.layers(names, [4, 4, 4])).isOrderedBySizes == isGuess)
  }

  @Test("LLaMA's w1, w2, w3 are no row of layers for sure")
  func gated() throws {
    let rows: [Description] = [("w1.weight", .float32, [6, 4]), ("w2.weight", .float32, [4, 6]), ("w3.weight", .float32, [6, 4])]
    #expect(try LinearStack(rows).isOrderedBySizes)
  }

  @Test(
    "an embedding is known by a word of its name, and by its lack of a bias",
    arguments: [
      ("embed", false, true), ("token_embedding", false, true), ("tokenEmbedding", false, true), ("userEmb", false, true),
      ("embeddings.word", false, true), ("EMB", false, true), ("embed", true, false), ("ensemble.0", false, false),
      ("member", false, false),
      ("assembly.0", false, false),
    ])
  func embeddings(stem: String, hasBias: Bool, isEmbedding: Bool) throws {
    var rows: [Description] = [("\(stem).weight", .float32, [3, 4]), ("out.weight", .float32, [1, 3]), ("out.bias", .float32, [1])]
    if hasBias { rows.append(("\(stem).bias", .float32, [3])) }
    let problem = NetProblem("'\(stem).weight' is an embedding's, by its name")
    if isEmbedding { #expect(throws: problem) { try LinearStack(rows) } } else { #expect(try LinearStack(rows).sizes == [4, 3, 1]) }
  }

  @Test("a layer that is no tensor is missed by its name")
  func missingLayer() throws {
    let gap = try LinearStack(Self.layers(["0", "4"], [4, 4, 2]))
    #expect(gap.parameter(among: ["optimizer", "2.bias"]) == "2.bias")
    let numbered = try LinearStack(Self.layers(["fc1", "fc2"], [4, 4, 2]))
    #expect(numbered.parameter(among: ["fc3.weight"]) == "fc3.weight")
    #expect(numbered.parameter(among: ["ema.weight", "step", "fc1.extra"]) == nil)
  }

  @Test("among layers with a bias a weight without one, under no layer's name, is called a guess")
  func unsureAmongLayers() throws {
    func guessed(_ rows: [Description]) throws -> [String] {
      try Architecture(LinearStack(rows), activation: HiddenActivation.none, task: .regression).guessed
    }
    let fc = Self.layers(["fc"], [4, 3])
    #expect(try guessed(fc + [("wpe.weight", .float32, [1, 3])]) == ["layer", "layer_order"])
    #expect(try guessed(fc + [("out.weight", .float32, [1, 3])]) == [])
    #expect(try guessed([("a.weight", .float32, [3, 4]), ("b.weight", .float32, [1, 3])]) == ["layer_order"])
    let last = Self.layers(["2"], [3, 1])
    #expect(try guessed([("0.weight", .float32, [3, 4])] + last) == [])
    #expect(try guessed([("0.weight", .float32, [3, 3])] + last) == ["layer"])
    // A BatchNorm1d of its outputs follows it.
    let normed = try LinearStack([("0.weight", .float32, [3, 3])] + Self.norm("1", 3) + Self.layers(["3"], [3, 1]))
    #expect(try !Architecture(normed, activation: .relu).guessed.contains("layer"))
  }

  @Test(
    "what stands before the first Linear of an nn.Sequential is called a guess",
    arguments: [
      (["0", "2"], false), (["1", "3"], true), (["net.1", "net.3"], true), (["blocks.1.fc", "blocks.2.fc"], true), (["0.1", "0.3"], true),
      (["fc1", "fc2"], false), (["layers.0", "layers.1"], false), (["1"], true), (["linear_2", "linear_3"], false),
    ])
  func notFirst(stems: [String], isGuess: Bool) throws {
    let stack = try LinearStack(Self.layers(stems, stems.count == 1 ? [2, 1] : [2, 5, 1]))
    #expect(stack.notFirst == (isGuess ? stems[0] : nil))
    #expect(try Architecture(stack, activation: .relu, task: .regression).guessed == (isGuess ? ["before"] : []))
  }

  @Test(
    "a BatchNorm1d that other layers would fit too follows the Linear of its number where it is said on which side",
    arguments: [([4, 4, 4, 1], true), ([5, 4, 3, 1], false), ([4, 4, 3, 1], true), ([5, 4, 4, 1], true)])
  func placedByNumber(sizes: [Int], isOpen: Bool) throws {
    let stack = try LinearStack(Self.layers(["fc1", "fc2", "fc3"], sizes) + Self.norm("bn1", 4))
    let architecture = try Architecture(stack, activation: .relu, batchNorm: .before, batchNormEpsilon: 1e-3, task: .regression)
    #expect(stack.batchNormPlacedByNumber == (isOpen ? "bn1" : nil))
    #expect(architecture.guessed == (isOpen ? ["batch_norm_layer"] : []) && stack.layers[0].norm != nil)
    // Without an activation there is one side, but not one layer.
    let problem = NetProblem("which Linear 'bn1' (BatchNorm1d) follows isn't in the names, and its size fits more than one place")
    if isOpen {
      #expect(throws: problem) { try Architecture(stack, activation: HiddenActivation.none) }
    } else {
      #expect(try Architecture(stack, activation: HiddenActivation.none).batchNorm == .before)
    }
    // Elements of an nn.Sequential stand in its order.
    #expect(try LinearStack(Self.layers(["0", "3"], [4, 4, 4]) + Self.norm("1", 4)).batchNormPlacedByNumber == nil)
  }

  @Test("the eps of a BatchNorm1d is PyTorch's by a guess, or what is said")
  func epsilon() throws {
    let rows = Self.layers(["0"], [1, 1]) + Self.norm("1", 1)
    let stack = try LinearStack(rows)
    let stateDict = try StateDict(rows.map { ($0.name, try Tensor([1 as Float], shape: $0.shape)) })
    let plain = try Architecture(stack, task: .regression)
    #expect(plain.guessed == ["batch_norm_eps"] && plain.batchNorm == .last && plain.batchNormEpsilon == nil)
    #expect(try plain.net(stateDict).layers[0].weight == [Float(1 / (1 + 1e-5).squareRoot())])
    let given = try Architecture(stack, batchNormEpsilon: 3, task: .regression)
    #expect(given.guessed == [] && given.batchNormEpsilon == 3)
    #expect(try given.net(stateDict).layers[0].weight == [0.5])
    #expect(try Architecture(json: given.json) == given)
    #expect(throws: ArchitectureError.self) { try Architecture(stack, batchNormEpsilon: -1) }
    let bare = try LinearStack(Self.layers(["0"], [1, 1]))
    #expect(throws: NetProblem.self) { try Architecture(bare, batchNormEpsilon: 1e-3) }
    for place in [BatchNormPlace.before, .after] { #expect(throws: NetProblem.self) { try Architecture(stack, batchNorm: place) } }
  }

  @Test("an architecture that says otherwise than the names and shapes is refused with the reason")
  func contradictions() throws {
    let rows = Self.layers(["0", "3"], [2, 5, 1]) + Self.norm("1", 5)
    let stack = try LinearStack(rows)
    let stateDict = try StateDict(rows.map { ($0.name, try Tensor([Float](repeating: 1, count: $0.shape.reduce(1, *)), shape: $0.shape)) })
    let right = try Architecture(stack, activation: .tanh)
    #expect(right.fits(stack))
    _ = try right.net(stateDict)
    let columns = right.features
    for place in [BatchNormPlace?.none, .after, .last] {
      let other = try Architecture(
        task: .binary, hiddenSizes: [5], features: columns, target: "y", classes: ["0", "1"], activation: .tanh, batchNorm: place)
      #expect(!other.fits(stack))
      #expect(throws: StateDictError.noNet("its BatchNorm1d don't stand where the architecture says")) { try other.net(stateDict) }
    }
    let larger = try Architecture(
      task: .binary, hiddenSizes: [6], features: columns, target: "y", classes: ["0", "1"], activation: .tanh, batchNorm: .before)
    #expect(throws: StateDictError.noNet("its layers have the sizes [2, 5, 1], the architecture says [2, 6, 1]")) {
      try larger.net(stateDict)
    }
    let foreign = try StateDict([("conv.weight", try Tensor([1, 2] as [Float], shape: [1, 1, 2]))])
    #expect(throws: StateDictError.noNet("'conv.weight' has 3 dimensions")) { try right.net(foreign) }
  }

  @Test(
    "an nn.Sequential without a gap has no room for an activation, also in a wrapper; an nn.ModuleList may have it elsewhere",
    arguments: [
      ("", true), ("module.", true), ("module._orig_mod.", true), ("_orig_mod.", true), ("layers.", false), ("module.layers.", false),
    ])
  func noRoom(prefix: String, hasNoRoom: Bool) throws {
    let stack = try LinearStack(Self.layers(["\(prefix)0", "\(prefix)1"], [2, 5, 1]))
    #expect(stack.hasNoRoom == hasNoRoom)
    #expect((try? Architecture(stack, activation: .relu)) == nil ? hasNoRoom : !hasNoRoom)
    #expect(try Architecture(stack, activation: HiddenActivation.none).activation == HiddenActivation.none)
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
    arguments: [
      ["0", "2"], ["module.net.0", "module.net.2"], ["m.linear_1", "m.linear_2"], ["linear_1", "linear_3"],
      ["linear_1", "output"], ["linear_0", "linear_1"],
    ])
  func sameNet(stems: [String]) throws {
    let net = NeuralNet(inputSize: 2, hiddenSize: 5, seed: 7)
    let own = try net.stateDict()
    let stack = try LinearStack(Self.layers(stems, [2, 5, 1]))
    let names = stems.flatMap { ["\($0).weight", "\($0).bias"] }
    let renamed = try StateDict(zip(names, own.entries).map { ($0, $1.tensor) })
    #expect(try Architecture(stack, activation: .relu).net(renamed) == net)
    #expect(throws: NetProblem("the activation between its layers isn't in the file")) { try Architecture(stack) }
  }

  @Test("names like the program's own without a bias are a net too, as any other", arguments: [0, 1])
  func ownNamesWithoutBias(missing: Int) throws {
    let own = try NeuralNet(inputSize: 2, hiddenSize: 5, seed: 7).stateDict()
    let kept = own.entries.filter { $0.name != "linear_\(missing + 1).bias" && (missing == 1 || $0.name != "linear_2.bias") }
    let stateDict = try StateDict(kept.map { ($0.name, $0.tensor) })
    let stack = try LinearStack(stateDict.entries.map { ($0.name, $0.tensor.dtype, $0.tensor.shape) })
    let net = try Architecture(stack, activation: .relu).net(stateDict)
    #expect(net.layers[missing].bias.allSatisfy { $0 == 0 })
    #expect(net.layers.map(\.weight) == NeuralNet(inputSize: 2, hiddenSize: 5, seed: 7).layers.map(\.weight))
  }

  @Test("what is named like a parameter of a layer and is no tensor is found")
  func missingParameter() throws {
    let stack = try LinearStack(Self.layers(["net.0", "net.2"], [2, 5, 1]))
    #expect(stack.parameter(among: ["epoch", "net.1.bias", "net.0.bias.x", "net.2.bias"]) == "net.1.bias")
    #expect(stack.parameter(among: ["optimizer", "net", "bias"]) == nil)
  }

  @Test(
    "the numbers tell on which side of the activation a BatchNorm1d stands, where they can",
    arguments: [
      (["0", "3"], "1", BatchNormPlace?.some(.before)), (["0", "3"], "2", .some(.after)), (["0", "4"], "2", nil),
      (["fc1", "fc2"], "bn1", nil), (["hidden", "out"], "bn", nil), (["0", "2"], "3", .some(.last)),
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
