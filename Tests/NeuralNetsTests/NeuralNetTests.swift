import NeuralNets
import Tensors
import Testing

@Suite("a net")
struct NeuralNetTests {
  private func net(_ sizes: [Int], _ activation: OutputActivation = .sigmoid, seed: UInt64 = 4) -> NeuralNet {
    var generator = MersenneTwister(seed: seed)
    return NeuralNet(
      inputSize: sizes[0], hiddenSizes: Array(sizes.dropFirst().dropLast()), outputSize: sizes[sizes.count - 1],
      outputActivation: activation, using: &generator)
  }

  struct Start: Sendable {
    let inFeatures, outFeatures: Int
    let seed: UInt64
    let weight, bias: [Float]
  }

  static let starts = [
    Start(inFeatures: 1, outFeatures: 1, seed: 123, weight: [-0x1.a1901p-2], bias: [0x1.0f5b4p-5]),
    Start(
      inFeatures: 3, outFeatures: 2, seed: 7,
      weight: [0x1.4a57dp-5, -0x1.64239ep-2, 0x1.78821p-3, 0x1.7304bp-3, -0x1.3bfc7ep-2, -0x1.626efep-4],
      bias: [-0x1.5a586cp-2, 0x1.32cdd4p-3]),
    Start(
      inFeatures: 13, outFeatures: 1, seed: 4_294_967_295,
      weight: [
        0x1.187c06p-2, 0x1.440602p-5, 0x1.3e1fb2p-5, -0x1.ffc684p-3, 0x1.180d3cp-2, 0x1.0ea9d2p-3, 0x1.9b0fd4p-4, -0x1.f9d16cp-4,
        0x1.a49742p-5, 0x1.a112eap-5, -0x1.5c2b76p-3, -0x1.ac768p-3, 0x1.90e42cp-3,
      ], bias: [-0x1.00e454p-2]),
  ]

  @Test("starts with the weights of torch.nn.Linear after torch.manual_seed, bit for bit", arguments: starts)
  func initialWeights(start: Start) {
    var generator = MersenneTwister(seed: start.seed)
    let layer = Linear(inFeatures: start.inFeatures, outFeatures: start.outFeatures, using: &generator)
    #expect(layer.weight == start.weight)
    #expect(layer.bias == start.bias)
  }

  @Test("answers one sample as it answers it among others, bit for bit", arguments: OutputActivation.allCases, [[], [5], [17, 3]])
  func oneSample(activation: OutputActivation, hidden: [Int]) {
    let net = net([3] + hidden + [activation == .softmax ? 4 : 1], activation)
    var numbers = Numbers(seed: 8)
    let rows = numbers.floats(3 * 37, in: -4...4)
    let outputs = net(Batch(rows: rows, features: 3))
    for sample in 0..<37 {
      let single = net(Array(rows[3 * sample..<3 * sample + 3]))
      #expect(single.map(\.bitPattern) == (0..<net.outputSize).map { outputs[$0, sample].bitPattern }, "sample \(sample)")
    }
  }

  @Test("comes back from its state_dict", arguments: [[2, 1], [2, 5, 1], [3, 7, 4, 2]])
  func roundTrip(sizes: [Int]) throws {
    let original = net(sizes)
    let stateDict = try original.stateDict()
    let hidden = Array(sizes.dropFirst().dropLast())
    let rebuilt = try NeuralNet(
      stateDict: stateDict, inputSize: sizes[0], hiddenSizes: hidden, outputSize: sizes[sizes.count - 1])
    #expect(rebuilt == original)
    #expect(rebuilt.hiddenSizes == hidden)
    var other = net(sizes, seed: 5)
    #expect(other != original)
    try other.loadStateDict(stateDict)
    #expect(other == original)
  }

  @Test("has the tutorial's names, and goes on to linear_n")
  func names() throws {
    let stateDict = try net([2, 5, 4, 3]).stateDict()
    #expect(
      stateDict.names == [
        "linear_1.weight", "linear_1.bias", "linear_2.weight", "linear_2.bias", "linear_3.weight", "linear_3.bias",
      ])
    #expect(stateDict.entries.map(\.tensor.shape) == [[5, 2], [5], [4, 5], [4], [3, 4], [3]])
    #expect(stateDict.parameterCount == 54)
  }

  @Test("loads nothing that does not fit, and keeps its weights")
  func misfits() throws {
    var target = net([2, 5, 1])
    let before = target
    let tensors = try target.stateDict().entries.map { (name: $0.name, tensor: $0.tensor) }
    let missing = try StateDict(Array(tensors.dropLast()))
    #expect(throws: StateDictError.keys(missing: ["linear_2.bias"], unexpected: [])) { try target.loadStateDict(missing) }
    let unexpected = try StateDict(tensors + [("linear_3.bias", Tensor([Float(1)]))])
    #expect(throws: StateDictError.keys(missing: [], unexpected: ["linear_3.bias"])) { try target.loadStateDict(unexpected) }
    let transposed = try StateDict([(tensors[0].name, tensors[0].tensor.reshaped([2, 5]))] + tensors.dropFirst())
    #expect(throws: StateDictError.shape(name: "linear_1.weight", needed: [5, 2], got: [2, 5])) { try target.loadStateDict(transposed) }
    let double = try StateDict(tensors.dropLast() + [("linear_2.bias", Tensor([1.0]))])
    #expect(throws: StateDictError.dtype(name: "linear_2.bias", needed: .float32, got: .float64)) { try target.loadStateDict(double) }
    #expect(target == before)
  }

  @Test("a batch gives its rows back, gathers others and pads with zeros")
  func batches() {
    var numbers = Numbers(seed: 3)
    let rows = numbers.floats(3 * 19)
    let batch = Batch(rows: rows, features: 3)
    #expect(batch.rows == rows)
    #expect((batch.samples, batch.stride) == (19, 32))
    var picked = Batch(features: 3, samples: 2)
    picked.gather([18, 0], from: batch)
    #expect(picked.rows == Array(rows.suffix(3)) + Array(rows.prefix(3)))
    var targets = Targets([0, 0])
    targets.gather([2, 1], from: Targets([5, 6, 7]))
    #expect([targets[0], targets[1]] == [7, 6])
  }
}
