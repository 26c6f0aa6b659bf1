import Datasets
import Formats
import NeuralNets
import Tensors
import Testing
import Training

/// What the real onnxruntime makes of these files is `make interop`'s; here stands what can be seen without it.
@Suite("An ONNX file")
struct ONNXWriterTests {
  struct Kind: Sendable, CustomTestStringConvertible {
    let task: LearningTask
    let hiddenSizes: [Int]
    let isMixed: Bool
    let isStandardized: Bool
    var testDescription: String { "\(task.rawValue) \(hiddenSizes)\(isMixed ? " mixed" : "")\(isStandardized ? " standardized" : "")" }
  }

  static let kinds = LearningTask.allCases.flatMap { task in
    [[], [5], [4, 3, 2]].flatMap { hiddenSizes in
      [false, true].flatMap { isMixed in
        [false, true].map { Kind(task: task, hiddenSizes: hiddenSizes, isMixed: isMixed, isStandardized: $0) }
      }
    }
  }

  static func predictor(_ kind: Kind, columns: [FeatureColumn]? = nil) throws -> Predictor {
    let color = [FeatureColumn(name: "color", categories: ["blue", "red", "層"])]
    let columns =
      columns ?? [FeatureColumn(name: "a b"), FeatureColumn(name: "age")] + (kind.isMixed ? color : []) + [FeatureColumn(name: "label")]
    let x = (0..<columns.count * 4).map { [0, 1, 2, 1][$0 / columns.count] + (columns[$0 % columns.count].categories == nil ? 0.5 : 0) }
    let features = try kind.isStandardized ? FeatureEncoder(standardizing: columns, fitting: x) : FeatureEncoder(columns: columns)
    let classes = kind.task == .regression ? [] : Array(["no", "yes", "쉼"].prefix(kind.task == .binary ? 2 : 3))
    let isScaled = kind.task == .regression && kind.isStandardized
    let scaler = isScaled ? TargetScaler(try Standardization(mean: 100, scale: 8)) : nil
    let architecture = try Architecture(
      task: kind.task, hiddenSizes: kind.hiddenSizes, features: features, target: "y", classes: classes, targetScaler: scaler)
    var generator = MersenneTwister(seed: 7)
    return Predictor(architecture: architecture, net: architecture.net(using: &generator))
  }

  static func bytes(_ predictor: Predictor, metadata: [(name: String, value: String)] = []) throws -> [UInt8] {
    var sink = ByteArraySink()
    try ONNXWriter.write(predictor, name: "net", producerVersion: "0.1.0", metadata: metadata, to: &sink, file: "m.onnx")
    return sink.bytes
  }

  private func graph(_ predictor: Predictor) throws -> ProtobufReader {
    try #require(try ProtobufReader(Self.bytes(predictor)).messages(7).first)
  }

  @Test("says what it is and where it comes from")
  func model() throws {
    let predictor = try Self.predictor(Self.kinds[0])
    let metadata = [("model", "m"), ("version", "3"), ("층", "\"\n")]
    let model = try ProtobufReader(Self.bytes(predictor, metadata: metadata))
    #expect(model.int(1) == 8)
    #expect(model.string(2) == "registry")
    #expect(model.string(3) == "0.1.0")
    #expect(try model.messages(14).map { $0.string(1) } == ["model", "version", "층", "architecture"])
    #expect(try model.messages(14).map { $0.string(2) } == ["m", "3", "\"\n", predictor.architecture.json])
    #expect(try model.messages(7).first?.string(2) == "net")
  }

  @Test("asks for the operators of classic machine learning only where there are categories", arguments: kinds)
  func operatorSets(kind: Kind) throws {
    let sets = try ProtobufReader(Self.bytes(Self.predictor(kind))).messages(8)
    #expect(sets.map { $0.string(1) } == (kind.isMixed ? ["", "ai.onnx.ml"] : [""]))
    #expect(sets.map { $0.int(2) } == (kind.isMixed ? [17, 3] : [17]))
  }

  @Test("makes every value once, before it is used, and gives every node a name", arguments: kinds)
  func order(kind: Kind) throws {
    let graph = try graph(Self.predictor(kind))
    let inputs = try graph.messages(11).compactMap { $0.string(1) }
    let constants = try graph.messages(5).compactMap { $0.string(8) }
    var known = Set<String>()
    for name in inputs + constants { #expect(known.insert(name).inserted, "\(name)") }
    for node in try graph.messages(1) {
      for input in node.strings(1) { #expect(known.contains(input), "\(input)") }
      let output = try #require(node.string(2))
      #expect(known.insert(output).inserted, "\(output)")
      #expect(node.string(3) == output)
    }
    for output in try graph.messages(12) { #expect(known.contains(try #require(output.string(1)))) }
    let used = Set(try graph.messages(1).flatMap { $0.strings(1) })
    #expect(used.isSuperset(of: inputs + constants), "nothing is idle")
  }

  /// The name, the type of the elements and the second dimension of inputs or outputs.
  private func signature(_ graph: ProtobufReader, _ field: UInt64) throws -> [String] {
    try graph.messages(field).map { value in
      let tensor = try #require(try value.messages(2).first?.messages(1).first)
      let dimensions = try #require(try tensor.messages(2).first).messages(1)
      let type = try #require([1: "float", 8: "string", 11: "double"][tensor.int(1)])
      #expect(dimensions.first?.string(2) == "rows")
      let columns = dimensions.dropFirst().compactMap { $0.int(1) }.map { ",\($0)" }.joined()
      return "\(value.string(1) ?? "") \(type) [rows\(columns)]"
    }
  }

  @Test("takes one matrix where all columns are numbers, else each column under its name", arguments: kinds)
  func signatures(kind: Kind) throws {
    let graph = try graph(Self.predictor(kind))
    #expect(
      try signature(graph, 11)
        == (kind.isMixed
          ? ["a b double [rows,1]", "age double [rows,1]", "color string [rows,1]", "label double [rows,1]"] : ["x double [rows,3]"]))
    // A column has the name of an output: the column keeps it.
    let label = kind.isMixed ? "label_ string [rows]" : "label string [rows]"
    let expected: [LearningTask: [String]] = [
      .binary: ["probability float [rows]", label], .multiclass: ["probabilities float [rows,3]", label],
      .regression: ["value double [rows]"],
    ]
    #expect(try signature(graph, 12) == expected[kind.task])
  }

  @Test("holds the weights under their names, bit for bit", arguments: kinds)
  func weights(kind: Kind) throws {
    let predictor = try Self.predictor(kind)
    let constants = try graph(predictor).messages(5)
    for entry in try predictor.net.stateDict().entries {
      let constant = try #require(constants.first { $0.string(8) == entry.name })
      #expect(constant.int(2) == 1)
      #expect(constant.ints(1) == entry.tensor.shape.map { Int64($0) })
      #expect(constant.bytes(9) == [entry.tensor.data])
    }
  }

  @Test("scales in float64 where columns are standardised, and only there", arguments: kinds)
  func scaling(kind: Kind) throws {
    let predictor = try Self.predictor(kind)
    let constants = try graph(predictor).messages(5).filter { $0.int(2) == 11 }
    let expected = kind.isStandardized ? (kind.isMixed ? ["mean", "scale", "mean_", "scale_"] : ["mean", "scale"]) : []
    let target = kind.isStandardized && kind.task == .regression ? ["target.scale", "target.mean"] : []
    #expect(constants.compactMap { $0.string(8) } == expected + target)
    guard kind.isStandardized else { return }
    let means = predictor.architecture.features.standardizations.compactMap { $0?.mean }
    #expect(
      constants.filter { $0.string(8)?.hasPrefix("mean") == true }.flatMap { $0.bytes(9).joined() } == means.flatMap { le($0.bitPattern) })
  }

  @Test("names the categories and the classes, an empty one last")
  func texts() throws {
    let graph = try graph(Self.predictor(Kind(task: .multiclass, hiddenSizes: [2], isMixed: true, isStandardized: true)))
    let encoder = try #require(try graph.messages(1).first { $0.string(4) == "LabelEncoder" })
    #expect(encoder.string(7) == "ai.onnx.ml")
    let keys = try #require(try encoder.messages(5).first { $0.string(1) == "keys_strings" })
    #expect(keys.strings(9) == ["blue", "red", "層"])
    let classes = try #require(try graph.messages(5).first { $0.string(8) == "classes" })
    #expect(classes.strings(6) == ["no", "yes", "쉼", ""])
    #expect(classes.ints(1) == [4])
  }

  @Test("has the same bytes each time, and those of the release before")
  func bytes() throws {
    var builder = DigestBuilder()
    for kind in Self.kinds {
      let predictor = try Self.predictor(kind)
      let bytes = try Self.bytes(predictor, metadata: [("model", "m")])
      #expect(try Self.bytes(predictor, metadata: [("model", "m")]) == bytes)
      builder.update(bytes)
    }
    #expect(builder.finalize().hex == "3f9d53836ce4a4382587326e0a523477d9814dec029c90647ccd34820b7aca05")
  }

  @Test("is refused when a key of the metadata is there twice or the writer's own", arguments: [["a", "b", "a"], ["architecture"]])
  func metadata(keys: [String]) throws {
    let predictor = try Self.predictor(Self.kinds[0])
    let refused = FormatError(file: "m.onnx", reason: .onnx(.duplicateMetadata(try #require(keys.last))))
    #expect(refused.description == "'m.onnx': the metadata have '\(keys[keys.count - 1])' twice")
    #expect(throws: refused) { try Self.bytes(predictor, metadata: keys.map { ($0, "") }) }
  }

  @Test("is refused when a column has no category")
  func noCategories() throws {
    let columns = [FeatureColumn(name: "x"), FeatureColumn(name: "c", categories: [])]
    let predictor = try Self.predictor(Kind(task: .binary, hiddenSizes: [], isMixed: true, isStandardized: false), columns: columns)
    #expect(throws: FormatError(file: "m.onnx", reason: .onnx(.noCategories(column: "c")))) { try Self.bytes(predictor) }
  }
}
