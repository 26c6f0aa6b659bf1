internal import Datasets
internal import Tensors
public import Training

/// Writes ONNX files (IR version 8, operator set 17) that take raw rows and give what `Predictor` gives, to 1e-6.
///
/// Inputs: where every feature is a number, one `x` of doubles (rows, columns); else one per column under the column's name,
/// (rows, 1), doubles or strings.  Outputs: `probability` and `label`; `probabilities` and `label`; or `value`.  Missing cells are
/// filled in where the version does.  A row that `Predictor` would refuse, an unseen category among them, gives NaN and an empty label.  The bytes depend on the arguments alone.
public enum ONNXWriter {
  /// The largest message that protobuf can count.
  public static let maximumBytes = Int(Int32.max)
  /// The key of the metadata that holds the architecture JSON: the columns in order, their categories and scaling, the classes.
  public static let architectureKey = "architecture"

  /// `name` becomes the graph's, `metadata` the model's (`metadata_props`), followed by the architecture.
  ///
  /// Throws `FormatError` when a key of the metadata occurs twice, the file would be above `maximumBytes`, or the sink fails.
  public static func write<Sink: ByteSink & ~Copyable>(
    _ predictor: Predictor, name: String = "NeuralNet", producerVersion: String = "", metadata: [(name: String, value: String)] = [],
    to sink: inout Sink, file: String
  ) throws(FormatError) {
    let metadata = metadata + [(architectureKey, predictor.architecture.json)]
    var seen = Set<Name>()
    for entry in metadata where !seen.insert(Name(entry.name)).inserted {
      throw FormatError(file: file, reason: .onnx(.duplicateMetadata(entry.name)))
    }
    for column in predictor.architecture.features.columns where column.categories?.isEmpty == true {
      throw FormatError(file: file, reason: .onnx(.noCategories(column: column.name)))
    }
    let graph = PredictorGraph.make(predictor, name: name)
    let message = ONNXModel(graph: graph, producerVersion: producerVersion, metadata: metadata).message
    guard message.byteCount <= maximumBytes else {
      throw FormatError(file: file, reason: .onnx(.tooLarge(bytes: message.byteCount, limit: maximumBytes)))
    }
    try message.write(to: &sink)
  }
}
