import Datasets
import ModelRegistry
import NeuralNets
import Training

/// How good a version is on some rows, for `evaluate`.
struct EvaluationReport {
  private let version: String
  private let data: String
  private let rows: Int
  private let remarks: [(String, Scalar)]
  private let loss: Double
  private let classes: [String]
  private var classification: ClassificationMetrics?
  private var rocAUC: Double?
  private var regression: RegressionMetrics?

  init(_ version: String, _ predictor: Predictor, _ labelled: LabelledRows) throws {
    self.version = version
    data = labelled.title
    remarks = labelled.remarks
    classes = predictor.architecture.classes
    rows = max(labelled.classes.count, labelled.numbers.count)
    guard rows > 0 else { throw ErrorReport("'\(data)' has no rows.", .badData) }
    let samples = try predictor.samples(x: labelled.x, classes: labelled.classes, numbers: labelled.numbers)
    let (loss, outputs) = predictor.net.lossAndOutputs(
      Loss(for: predictor.net.outputActivation), x: samples.x, targets: samples.targets)
    self.loss = Double(loss)
    let predictions = predictor.predictions(outputs)
    if predictor.architecture.task == .regression {
      let values = predictions.map { if case .regression(let value) = $0 { value } else { Double.nan } }
      regression = RegressionMetrics(actual: labelled.numbers, predicted: values)
    } else {
      classification = ClassificationMetrics(
        actual: labelled.classes, predicted: predictions.map(\.classIndex), classCount: classes.count)
      rocAUC = Self.areaUnderCurve(outputs, labelled.classes, classCount: classes.count)
    }
  }

  /// Of two classes, that of the second; of more, the mean of each against the rest.  Nil where a class is missing.
  private static func areaUnderCurve(_ outputs: Batch, _ actual: [Int], classCount: Int) -> Double? {
    func area(_ positive: Int, _ row: Int) -> Double? {
      ClassificationMetrics.rocAUC(isPositive: actual.map { $0 == positive }, scores: actual.indices.map { outputs[row, $0] })
    }
    if outputs.features == 1 { return area(1, 0) }
    let areas = (0..<classCount).map { area($0, $0) }
    return areas.contains(nil) ? nil : areas.compactMap(\.self).reduce(0, +) / Double(classCount)
  }

  var summary: [(String, Scalar)] {
    let common = [("version", .text(version)), ("data", .text(data)), ("rows", Scalar(rows))] + remarks + [("loss", .real(loss))]
    if let c = classification {
      // Of two classes those of the second, as scikit-learn has it; of more the means over the classes.
      func one(_ values: [Double]) -> Scalar { .real(classes.count == 2 ? values[1] : values.reduce(0, +) / Double(values.count)) }
      return common + [
        ("accuracy", .real(c.accuracy)), ("precision", one(c.precision)), ("recall", one(c.recall)), ("f1", one(c.f1)),
        ("roc_auc", Scalar(rocAUC)),
      ]
    }
    return common + [
      ("mse", Scalar(regression?.meanSquaredError)), ("mae", Scalar(regression?.meanAbsoluteError)), ("r2", Scalar(regression?.r2)),
    ]
  }

  var json: JSONValue {
    var pairs = summary.map { ($0.0, JSONValue($0.1)) }
    if let c = classification {
      pairs.append(("classes", .array(classes.map { .string($0) })))
      pairs.append(("confusion_matrix", .array(c.confusionMatrix.map { .array($0.map { JSONValue($0) }) })))
      let each = classes.indices.map { index in
        JSONValue.object([
          ("class", .string(classes[index])), ("precision", .real(c.precision[index])), ("recall", .real(c.recall[index])),
          ("f1", .real(c.f1[index])), ("support", JSONValue(c.support[index])),
        ])
      }
      pairs.append(("per_class", .array(each)))
    }
    return .object(pairs)
  }

  func text(width: Int?) -> String {
    var text = RunReport.lines(summary, width: width)
    guard let c = classification else { return text }
    text += "per class\n"
    let each = Table(
      columns: [.names("class")] + ["precision", "recall", "f1", "support"].map { Table.Column(name: $0) },
      rows: classes.indices.map {
        [.text(classes[$0]), .real(c.precision[$0]), .real(c.recall[$0]), .real(c.f1[$0]), Scalar(c.support[$0])]
      })
    text += each.section(width: width, hint: "--format json")
    text += "confusion matrix (row: true, column: predicted)\n".wrapped(to: width)
    let matrix = Table(
      columns: [.names("")] + classes.map { .names($0.singleLine) },
      rows: classes.indices.map { row in [.text(classes[row])] + c.confusionMatrix[row].map { Scalar($0) } })
    text += matrix.section(width: width, hint: "--format json")
    if c.undecided > 0 { text += "\(c.undecided.counted("row")) got no class: the probabilities are nan\n".wrapped(to: width) }
    return text
  }
}
