internal import Datasets
internal import FoundationEssentials
internal import Training

extension Architecture {
  /// What goes in and comes out, in the manner of MLflow's signatures: names and types of the raw columns, and the output's shape.
  var signature: String {
    struct Field: Encodable {
      let name: String
      let type: String
    }
    struct Output: Encodable {
      let name: String
      let type: String
      let shape: [Int]
    }
    struct Signature: Encodable {
      let inputs: [Field]
      let outputs: [Output]
    }
    let inputs = features.columns.map { Field(name: $0.name, type: $0.categories == nil ? "F64" : "category") }
    let meaning =
      switch task {
      case .binary: "probability"
      case .multiclass: "probabilities"
      case .regression: "value"
      }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings and small integers: there is nothing here that can't be encoded.
    let signature = Signature(inputs: inputs, outputs: [Output(name: meaning, type: "F32", shape: [outputSize])])
    return (try? encoder.encode(signature)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
