import Datasets
import ModelRegistry
import Training

/// Text for a million rows: written straight away, without a value for each cell.
extension PredictionPrinter {
  func csv(_ batch: Batch) -> [UInt8] {
    var writer = CSVWriter()
    if count == 0 {
      for name in columns + (guessed.isEmpty ? [] : ["guessed"]) { writer.append(Streams.outputIsTerminal ? name.singleLine : name) }
      writer.endRecord()
    }
    let guess = guessed.joined(separator: " ")
    // On a terminal no text of a stranger's file steers it.
    let isForTerminal = Streams.outputIsTerminal
    func append(_ text: String) { writer.append(isForTerminal ? text.singleLine : text) }
    func append(_ value: Float) { value.isFinite ? writer.append(Double(value)) : writer.append(Double(value).shortText) }
    for (row, prediction) in batch.predictions.enumerated() {
      if showsRow { writer.append(String(position(batch, row))) }
      for text in batch.extras.kept[row * kept.count..<(row + 1) * kept.count] { append(text) }
      for index in shown {
        let place = row * features.count + index
        let value = batch.x[place]
        if value.isNaN {
          writer.append("")
        } else if let categories = features[index].categories {
          append(batch.extras.unseen[place] ?? categories[Int(value)])
        } else if features[index].isDate {
          writer.append(features[index].dateText(value))
        } else {
          writer.append(value)
        }
      }
      if hasActual {
        switch batch.actual[row] {
        case .real(let number): writer.append(number)
        case .text(let name): append(name)
        default: writer.append("")
        }
      }
      switch prediction {
      case .binary(let probability, _): append(probability)
      case .multiclass(let probabilities, _): for probability in probabilities { append(probability) }
      case .regression(let value): value.isFinite ? writer.append(value) : writer.append(value.shortText)
      }
      if predictor.architecture.task != .regression { writer.append(prediction.classIndex.map { classes[$0] } ?? "") }
      if !guessed.isEmpty { writer.append(guess) }
      writer.endRecord()
    }
    return writer.take()
  }

  func json(_ batch: Batch) -> [UInt8] {
    let labels = classes.map { Array(JSONValue.string($0).text.utf8) }
    let categories = features.map { $0.categories.map { $0.map { Array(JSONValue.string($0).text.utf8) } } }
    let names = features.map { Array(JSONValue.string($0.name).text.utf8) }
    let keptNames = kept.map { Array(JSONValue.string($0).text.utf8) }
    let imputes = predictor.architecture.features.imputationStrategy != nil
    let guess = guessed.isEmpty ? [] : Array(", \"guessed\": \(JSONValue.array(guessed.map { .string($0) }).text)".utf8)
    let order = Array((isByOrder ? ", \"columns_by_order\": true" : "").utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(batch.predictions.count * (24 * features.count + 64))
    func append(_ text: StaticString) {
      unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
    func append(_ number: Double) {
      if number.isFinite { bytes += number.description.utf8 } else { bytes += JSONValue.real(number).text.utf8 }
    }
    func append(label: Int?) {
      append(", \"label\": ")
      if let label { bytes += labels[label] } else { append("null") }
    }
    func append(_ title: StaticString, _ columns: [Int]) {
      guard !columns.isEmpty else { return }
      append(title)
      for (index, column) in columns.enumerated() {
        if index > 0 { append(", ") }
        bytes += names[column]
      }
      append("]")
    }
    for (row, prediction) in batch.predictions.enumerated() {
      append(count + row == 0 ? "[\n  {" : ",\n  {")
      if showsRow {
        append("\"row\": ")
        bytes += String(position(batch, row)).utf8
        append(", ")
      }
      for (index, name) in keptNames.enumerated() {
        bytes += name
        append(": ")
        bytes += JSONValue.string(batch.extras.kept[row * kept.count + index]).text.utf8
        append(", ")
      }
      append("\"x\": [")
      let start = row * features.count
      for index in features.indices {
        if index > 0 { append(", ") }
        let value = batch.x[start + index]
        if value.isNaN {
          append("null")
        } else if let names = categories[index] {
          if let text = batch.extras.unseen[start + index] {
            bytes += JSONValue.string(text).text.utf8
          } else {
            bytes += names[Int(value)]
          }
        } else {
          append(value)
        }
      }
      append("]")
      if imputes { append(", \"imputed\": [", features.indices.filter { batch.x[start + $0].isNaN }) }
      if !batch.extras.unseen.isEmpty {
        append(", \"unseen\": [", features.indices.filter { batch.extras.unseen[start + $0] != nil })
      }
      switch prediction {
      case .binary(let probability, let index):
        append(", \"probability\": ")
        append(Double(probability))
        append(label: index)
      case .multiclass(let probabilities, let index):
        append(", \"probabilities\": [")
        for (position, probability) in probabilities.enumerated() {
          if position > 0 { append(", ") }
          append(Double(probability))
        }
        append("], \"class\": ")
        if let index { bytes += String(index).utf8 } else { append("null") }
        append(label: index)
      case .regression(let value):
        append(", \"value\": ")
        append(value)
      }
      if hasActual {
        append(", \"y\": ")
        bytes += JSONValue(batch.actual[row]).text.utf8
      }
      bytes += guess + order
      append("}")
    }
    return bytes
  }
}
