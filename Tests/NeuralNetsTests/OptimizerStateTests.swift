import NeuralNets
import Testing

@Suite("an optimizer's state")
struct OptimizerStateTests {
  struct Kind: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable () -> any Optimizer
    /// Bytes after the first step, in weights of the net.
    let bytes: @Sendable (Int) -> Int
  }

  static let kinds = [
    Kind(testDescription: "SGD", make: { SGD(learningRate: 0.1) }, bytes: { _ in 0 }),
    Kind(testDescription: "momentum", make: { SGD(learningRate: 0.1, momentum: 0.9) }, bytes: { 4 * $0 }),
    Kind(testDescription: "Adam", make: { Adam(learningRate: 0.1, weightDecay: 0.01) }, bytes: { 8 + 8 * $0 }),
  ]

  private static let net = NeuralNet(inputSize: 3, hiddenSize: 4, seed: 1)
  private static let gradients = NeuralNet(inputSize: 3, hiddenSize: 4, seed: 2).layers

  @Test("given back to another one leads to the same bits", arguments: kinds, [0, 1, 5])
  func roundTrip(kind: Kind, steps: Int) throws {
    var (net, optimizer) = (Self.net, kind.make())
    for _ in 0..<steps { net.update(by: &optimizer, gradients: Self.gradients) }
    #expect(optimizer.state.count == (steps == 0 ? 0 : kind.bytes(net.weightByteCount / 4)))
    var (otherNet, other) = (Self.net, kind.make())
    try other.restore(optimizer.state, for: net.layers)
    try otherNet.restore(weightBytes: net.weightBytes)
    #expect(otherNet == net)
    for _ in 0..<3 {
      net.update(by: &optimizer, gradients: Self.gradients)
      otherNet.update(by: &other, gradients: Self.gradients)
    }
    #expect(otherNet == net)
    #expect(other.state == optimizer.state)
  }

  @Test("of another size is refused, and changes nothing", arguments: kinds)
  func wrongSize(kind: Kind) throws {
    var (net, optimizer) = (Self.net, kind.make())
    net.update(by: &optimizer, gradients: Self.gradients)
    let state = optimizer.state
    for wrong in [state + [0], Array(state.dropLast()), Array(state.prefix(7)), [1]] where wrong != state && !wrong.isEmpty {
      #expect(throws: RestoreError.self) { try optimizer.restore(wrong, for: net.layers) }
      #expect(optimizer.state == state)
    }
    for wrong in [net.weightBytes + [0], Array(net.weightBytes.dropLast()), []] {
      let before = net
      #expect(throws: RestoreError.self) { try net.restore(weightBytes: wrong) }
      #expect(net == before)
    }
  }
}
