import Datasets
import ModelRegistry
import NeuralNets
import Training

/// How good a version is on some rows, for `evaluate`.
struct EvaluationReport {
  private let version: String
  private let data: String
  private let rows: Int
  private let remarks: [(String, CellValue)]
  private let loss: Double
  private let classes: [String]
  private let guessed: [String]
  private var classification: ClassificationMetrics?
  private var scores: ClassScores?
  private var regression: RegressionMetrics?

  init(_ version: String, _ predictor: Predictor, _ labelled: LabelledRows) throws {
    self.version = version
    data = labelled.title
    remarks = labelled.remarks
    classes = predictor.architecture.classes
    guessed = predictor.architecture.guessed
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
      scores = classification.map { ClassScores($0, outputs: outputs, actual: labelled.classes) }
    }
  }

  /// Where every row got one class.
  var oneAnswer: OneAnswer? { OneAnswer(scores, classes: classes) }

  var summary: [(String, CellValue)] {
    let common = [("version", .text(version)), ("data", .text(data)), ("rows", CellValue(rows))] + remarks + [("loss", .real(loss))]
    if let c = classification, let scores {
      // As scikit-learn has it: of two classes those of the second, of more the means over the classes.
      let isBinary = classes.count == 2
      let macro: [(String, CellValue)] = [
        ("precision_macro", .real(scores.precision)), ("recall_macro", .real(scores.recall)), ("f1_macro", .real(scores.f1)),
      ]
      return common + [
        ("accuracy", .real(c.accuracy)), ("precision", .real(isBinary ? c.precision[1] : scores.precision)),
        ("recall", .real(isBinary ? c.recall[1] : scores.recall)), ("f1", .real(isBinary ? c.f1[1] : scores.f1)),
      ] + macro + [("roc_auc", CellValue(scores.rocAUC))]
    }
    return common + [
      ("mse", CellValue(regression?.meanSquaredError)), ("mae", CellValue(regression?.meanAbsoluteError)),
      ("r2", CellValue(regression?.r2)),
    ]
  }

  /// The summary as a record of CSV, with what of the net was guessed.
  var row: [(String, CellValue)] {
    summary + [("guessed", guessed.isEmpty ? .null : .text(guessed.joined(separator: ",")))]
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
    if !guessed.isEmpty { pairs.append(("guessed", .array(guessed.map { .string($0) }))) }
    return .object(pairs)
  }

  func text(width: Int?) -> String {
    // Of more than two classes they are the same numbers again.
    var text = RunReport.lines(summary.filter { classes.count == 2 || !$0.0.hasSuffix("_macro") }, width: width)
    guard let c = classification else { return text }
    text += "per class\n"
    let each = Table(
      columns: [.names("class")] + ["precision", "recall", "f1", "support"].map { Table.Column(name: $0) },
      rows: classes.indices.map {
        [.text(classes[$0]), .real(c.precision[$0]), .real(c.recall[$0]), .real(c.f1[$0]), CellValue(c.support[$0])]
      })
    text += each.section(width: width, hint: "--format json")
    text += "confusion matrix (row: true, column: predicted)\n".wrapped(to: width)
    let matrix = Table(
      columns: [.names("")] + classes.map { .names($0.singleLine) },
      rows: classes.indices.map { row in [.text(classes[row])] + c.confusionMatrix[row].map { CellValue($0) } })
    text += matrix.section(width: width, hint: "--format json")
    if c.undecided > 0 { text += "\(c.undecided.counted("row")) got no class: the probabilities are nan\n".wrapped(to: width) }
    return text
  }
}
