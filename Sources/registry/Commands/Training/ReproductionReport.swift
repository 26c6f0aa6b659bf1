import ModelRegistry

/// What `reproduce` found, in words, as JSON and as one row.
struct ReproductionReport {
  private let found: Reproduction
  private let seconds: Double

  init(_ reproduction: Reproduction, seconds: Double) {
    found = reproduction
    self.seconds = seconds
  }

  private var title: String { "\(found.model)/\(found.version)" }
  private var storedProgram: String { found.storedProgramVersion ?? "unknown" }

  var summary: [(String, CellValue)] {
    [
      ("model", .text(found.model)), ("version", CellValue(found.version)), ("run", CellValue(found.run)),
      ("bit_identical", CellValue(found.isBitIdentical)), ("epochs", CellValue(found.epochs)), ("tensors", CellValue(found.tensorCount)),
      ("differing_tensors", CellValue(found.tensors.count)), ("metric_values", CellValue(found.metricValues)),
      ("differing_metric_values", CellValue(found.metrics.reduce(0) { $0 + $1.differing })), ("stored_digest", .text(found.storedDigest)),
      ("digest", .text(found.digest)), ("stored_program_version", CellValue(found.storedProgramVersion)),
      ("program_version", .text(programVersion)), ("seconds", .real((seconds * 1e6).rounded() / 1e6)),
    ]
  }

  var json: JSONValue {
    var pairs = summary.map { ($0.0, $0.0 == "bit_identical" ? .bool(found.isBitIdentical) : JSONValue($0.1)) }
    let tensors = found.tensors.map {
      JSONValue.object([
        ("name", .string($0.name)), ("max_abs", JSONValue($0.maxAbs)), ("changed", $0.changed.map { JSONValue($0) } ?? .null),
      ])
    }
    let metrics = found.metrics.map {
      JSONValue.object([
        ("key", .string($0.key)), ("differing", JSONValue($0.differing)), ("step", JSONValue($0.step)), ("stored", JSONValue($0.stored)),
        ("reproduced", JSONValue($0.reproduced)),
      ])
    }
    let results = found.results.map {
      JSONValue.object([("key", .string($0.key)), ("stored", JSONValue($0.stored)), ("reproduced", JSONValue($0.reproduced))])
    }
    pairs.append(("differences", .object([("tensors", .array(tensors)), ("metrics", .array(metrics)), ("results", .array(results))])))
    return .object(pairs)
  }

  func text(width: Int?) -> String {
    guard !found.isBitIdentical else {
      let line =
        "\(title.singleLine) is bit-identical: run \(found.run) again, \(found.epochs.counted("epoch")), \(found.tensorCount.counted("tensor")) and \(found.metricValues) losses equal"
      return line.wrapped(to: width) + "\n"
    }
    var text = "\(title.singleLine), run \(found.run) again: \(found.epochs.counted("epoch"))\n".wrapped(to: width)
    func add(_ columns: [String], _ rows: [[CellValue]]) {
      guard !rows.isEmpty else { return }
      let (table, omitted) = Table(columns: [.names(columns[0])] + columns.dropFirst().map { Table.Column(name: $0) }, rows: rows).render(
        width: width)
      text += table + (Table.note(omitted, hint: "--format json").map { $0.wrapped(to: width) + "\n" } ?? "")
    }
    add(
      ["tensor", "max_abs", "changed"],
      found.tensors.map { [.text($0.name), CellValue($0.maxAbs), $0.changed.map { CellValue($0) } ?? .null] })
    add(
      ["metric", "differing", "step", "stored", "reproduced"],
      found.metrics.map { [.text($0.key), CellValue($0.differing), CellValue($0.step), CellValue($0.stored), CellValue($0.reproduced)] })
    add(["result", "stored", "reproduced"], found.results.map { [.text($0.key), $0.stored, $0.reproduced] })
    return text
  }

  /// Nil where every bit is the same.
  var error: ErrorReport? {
    guard !found.isBitIdentical else { return nil }
    let values = found.metrics.reduce(0) { $0 + $1.differing }
    let parts = [
      found.tensors.isEmpty ? nil : "tensors that differ: \(found.tensors.map { "'\($0.name)'" }.joined(separator: ", "))",
      values == 0 ? nil : "\(values) of \(found.metricValues) losses differ",
      found.results.isEmpty ? nil : "\(found.results.map(\.key).joined(separator: ", ")) of the version differ",
    ].compactMap(\.self)
    return ErrorReport(
      "\(title) was trained by registry \(storedProgram); this one, \(programVersion), gives other bits: \(parts.joined(separator: "; ")).",
      .failed)
  }
}
