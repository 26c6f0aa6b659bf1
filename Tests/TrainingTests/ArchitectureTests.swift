import Datasets
import NeuralNets
import Tensors
import Testing
import Training

@Suite("an architecture's JSON")
struct ArchitectureTests {
  static let tutorial =
    #"{"classes":["0","1"],"features":[{"name":"x0","type":"number"},{"name":"x1","type":"number"}],"hidden_sizes":[5],"#
    + #""input_size":2,"kind":"NeuralNet","label_map":[0,0,1,1],"output_size":1,"target":"y","task":"binary"}"#
  static let regression =
    #"{"classes":[],"features":[{"name":"a","standardization":{"mean":1.5,"scale":0.25},"type":"number"},"#
    + #"{"categories":["blue","red","층/\"q\""],"name":"colour","type":"category"}],"hidden_sizes":[64,32],"#
    + #""input_size":4,"kind":"NeuralNet","output_size":1,"target":"price","target_standardization":{"mean":100,"scale":12.5},"task":"regression"}"#
  static let multiclass =
    #"{"classes":["a","b","c"],"features":[{"name":"x","type":"number"}],"hidden_sizes":[],"#
    + #""input_size":1,"kind":"NeuralNet","output_size":3,"target":"y","task":"multiclass"}"#

  @Test("comes back as it was, byte for byte", arguments: [tutorial, regression, multiclass])
  func roundTrip(json: String) throws {
    let architecture = try Architecture(json: json)
    #expect(architecture.json == json)
    #expect(try Architecture(json: architecture.json) == architecture)
  }

  @Test("says what it read")
  func content() throws {
    let architecture = try Architecture(json: Self.regression)
    #expect(architecture.task == .regression)
    #expect((architecture.inputSize, architecture.outputSize) == (4, 1))
    #expect(architecture.hiddenSizes == [64, 32])
    #expect(architecture.features.columns[1].categories?.last == "층/\"q\"")
    #expect(architecture.targetScaler?.standardization.scale == 12.5)
    #expect(architecture.outputActivation == .identity)
    #expect(try Architecture(json: Self.multiclass).outputActivation == .softmax)
  }

  struct Hostile: Sendable, CustomTestStringConvertible {
    let json: String
    var testDescription: String

    /// A part of a good one, replaced.
    init(_ old: String, _ new: String, in json: String = tutorial) {
      self.json = json.replacing(old, with: new)
      testDescription = "\(old) -> \(new.prefix(60))"
    }
  }

  static let hostile = [
    Hostile("[5]", "[-5]"), Hostile("[5]", "[0]"), Hostile("[5]", "[65537]"), Hostile("[5]", "[9223372036854775807]"),
    Hostile("[5]", "[92233720368547758080]"), Hostile("[5]", "[1.5]"), Hostile("[5]", "[1e300]"), Hostile("[5]", "5"),
    Hostile("[5]", "null"), Hostile("[5]", "[\(Array(repeating: "1", count: 65).joined(separator: ","))]"),
    Hostile(#""input_size":2"#, #""input_size":3"#), Hostile(#""input_size":2"#, #""input_size":-2"#),
    Hostile(#""output_size":1"#, #""output_size":2"#), Hostile(#""output_size":1,"#, ""),
    Hostile(#""output_size":1"#, #""output_size":9223372036854775807"#),
    Hostile("NeuralNet", "Transformer"), Hostile(#""kind":"NeuralNet","#, ""), Hostile("binary", "ranking"),
    Hostile("binary", "multiclass"), Hostile("binary", "regression"),
    Hostile("[0,0,1,1]", "[0,0,1,2]"), Hostile("[0,0,1,1]", "[0,-1,1,1]"), Hostile("[0,0,1,1]", "[9223372036854775807]"),
    Hostile("[0,0,1,1]", #"["a"]"#),
    Hostile(#"["0","1"]"#, #"["0"]"#), Hostile(#"["0","1"]"#, "[]"), Hostile(#"["0","1"]"#, #"["0","1","2"]"#),
    Hostile(#"{"name":"x0","type":"number"},{"name":"x1","type":"number"}"#, ""),
    Hostile(#""x1""#, #""x0""#), Hostile(#""type":"number"}]"#, #""type":"image"}]"#),
    Hostile(#""type":"number"}]"#, #""type":"category"}]"#),
    Hostile("0.25", "0", in: regression), Hostile("0.25", "-1", in: regression), Hostile("0.25", "NaN", in: regression),
    Hostile("0.25", "1e999", in: regression), Hostile("0.25", #""NaN""#, in: regression), Hostile("1.5", "null", in: regression),
    Hostile("12.5", "0", in: regression), Hostile("12.5", "-1e999", in: regression), Hostile(#""red""#, #""blue""#, in: regression),
    Hostile(#""classes":[]"#, #""classes":["a","b"]"#, in: regression), Hostile(#"["a","b","c"]"#, #"["a"]"#, in: multiclass),
    Hostile(tutorial, ""), Hostile(tutorial, "[]"), Hostile(tutorial, "null"), Hostile(tutorial, "\u{0}"), Hostile(tutorial, "{}"),
    Hostile(tutorial, String(repeating: "[", count: 100_000)),
    Hostile(tutorial, String(tutorial.dropLast())),
  ]

  @Test("that contradicts itself or is hostile is refused", arguments: hostile)
  func refused(hostile: Hostile) {
    #expect(throws: ArchitectureError.self) { try Architecture(json: hostile.json) }
  }

  @Test("takes only weights of its sizes")
  func weights() throws {
    let architecture = try Architecture(json: Self.tutorial)
    var generator = MersenneTwister(seed: 0)
    let net = architecture.net(using: &generator)
    #expect(try architecture.net(net.stateDict()) == net)
    let other = NeuralNet(inputSize: 2, hiddenSize: 4)
    #expect(throws: StateDictError.shape(name: "linear_1.weight", needed: [5, 2], got: [4, 2])) { try architecture.net(other.stateDict()) }
  }
}
