import Datasets
import FoundationEssentials
import NeuralNets
import Tensors
import Training

extension JSONValue {
  /// All that a net is rebuilt from: its kind and sizes, the names of its features and classes, and whatever else is stored of it;
  /// `columns` has for each feature its categories or its scaling.
  init(_ architecture: Architecture?, isActivationUnknown: Bool = false) {
    guard let architecture else {
      self = .null
      return
    }
    var pairs: [(String, JSONValue)] = [
      ("kind", .string("NeuralNet")), ("task", .string(architecture.task.rawValue)), ("input_size", JSONValue(architecture.inputSize)),
      ("hidden_sizes", .array(architecture.hiddenSizes.map { JSONValue($0) })), ("output_size", JSONValue(architecture.outputSize)),
      ("features", .array(architecture.features.columns.map { .string($0.name) })), ("target", .string(architecture.target)),
      ("classes", .array(architecture.classes.map { .string($0) })),
      ("activation", isActivationUnknown ? .null : architecture.activationJSON),
      ("batch_norm", architecture.batchNorm.map { .string($0.rawValue) } ?? .null),
      ("guessed", .array(architecture.guessed.map { .string($0) })),
    ]
    let imputation = Self.imputation(architecture.features)
    if !imputation.isEmpty { pairs.append(("imputation", .array(imputation))) }
    if case .object(let stored) = (try? JSONDecoder().decode(JSONValue.self, from: Data(architecture.json.utf8))) ?? .null {
      let known = pairs.map(\.0)
      pairs += stored.filter { $0.0 == "features" }.map { ("columns", $0.1) }
      pairs += stored.filter { !known.contains($0.0) }
    }
    self = .object(pairs)
  }

  /// What missing cells of each column are filled in with.
  private static func imputation(_ encoder: FeatureEncoder) -> [JSONValue] {
    encoder.columns.indices.compactMap { index in
      encoder.imputations[index].map { imputation in
        .object([
          ("column", .string(encoder.columns[index].name)), ("strategy", .string(imputation.strategy.rawValue)),
          ("value", JSONValue(encoder.filling(index))),
        ])
      }
    }
  }
}

extension Architecture {
  /// What stands between the layers; null where there is one alone.
  var activationJSON: JSONValue { hiddenSizes.isEmpty ? .null : .string((activation ?? .relu).rawValue) }

  /// What a file of weights alone doesn't say of the net, a line; nil where this program's own names say it all.
  var leftBehind: String? {
    var parts: [String] = []
    if let activation, !hiddenSizes.isEmpty { parts.append("the activation (\(activation.rawValue))") }
    if let batchNorm { parts.append("where its BatchNorm1d stand (\(batchNorm.rawValue))") }
    if task == .regression { parts.append("the task (regression)") }
    if !classes.hasSameNames(as: classes.indices.map(String.init)) { parts.append("the classes' names") }
    if features.standardizations.contains(where: { $0 != nil }) || targetScaler != nil { parts.append("the scaling") }
    if features.columns.contains(where: { $0.categories != nil }) { parts.append("the categories") }
    if features.imputations.contains(where: { $0 != nil }) { parts.append("what missing cells are filled in with") }
    guard !parts.isEmpty else { return nil }
    return "A .pt has the weights alone, without \(parts.joined(separator: ", ")); a .safetensors carries all of it"
  }
}

extension JSONValue: Decodable {
  /// Reads what this program wrote; the keys of an object are sorted.
  init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Key.self) {
      let keys = container.allKeys.sorted { $0.stringValue.precedesByBytes($1.stringValue) }
      self = .object(try keys.map { ($0.stringValue, try container.decode(JSONValue.self, forKey: $0)) })
    } else if var container = try? decoder.unkeyedContainer() {
      var values: [JSONValue] = []
      while !container.isAtEnd { values.append(try container.decode(JSONValue.self)) }
      self = .array(values)
    } else {
      self = try Self.leaf(decoder.singleValueContainer())
    }
  }

  private static func leaf(_ container: any SingleValueDecodingContainer) throws -> JSONValue {
    if container.decodeNil() { return .null }
    if let value = try? container.decode(Bool.self) { return .bool(value) }
    if let value = try? container.decode(Int64.self) { return .integer(value) }
    if let value = try? container.decode(Double.self) { return .real(value) }
    return .string(try container.decode(String.self))
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }
}
